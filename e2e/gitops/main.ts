/**
 * npm run e2e:gitops: Flux and Argo CD deploy the starting environment from a Git repository. The API server, their
 * controllers and the Seldon operator are real; kwok says that pods run.
 */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { isolate } from '../api/isolation';
import { startKwok } from '../api/kwok-node';
import { buildArgoCd, buildFlux } from '../cluster/build/delivery';
import { versions } from '../cluster/build/kubernetes';
import { buildParts, type Parts } from '../cluster/build/parts';
import { Checks } from '../cluster/checks';
import { Cluster } from '../cluster/cluster';
import { inNamespaces } from '../cluster/linux-namespaces';
import { requireCommands, requireLinuxAndRoot, runProgram } from '../cluster/program';
import { diagnosis } from '../cluster/workloads';
import { debianPackages } from '../software/install';
import { argoCd } from './argo-cd';
import { flux } from './flux';
import { GitServer } from './git-server';
import { stepsOf } from './steps';
import type { GitOpsTool } from './tool';

/** The tools, and how each is built. */
const TOOLS = {
  flux: async (project: string) => {
    const built = await buildFlux(project);
    return (cluster: Cluster) => flux(cluster, built);
  },
  'argo-cd': async (project: string) => {
    debianPackages({ 'redis-server': 'redis-server' });
    const built = await buildArgoCd(project);
    return (cluster: Cluster) => argoCd(cluster, built);
  },
} satisfies Record<string, (project: string) => Promise<(cluster: Cluster) => GitOpsTool>>;
type Tool = keyof typeof TOOLS;
const NAMES = Object.keys(TOOLS) as Tool[];

interface Options {
  readonly tool?: readonly Tool[];
  readonly inside?: true;
}

const program = new Command('npm run e2e:gitops --')
  .description(
    'Deploys the starting environment by pushing to a Git repository that Flux, and then Argo CD, reads; changes and breaks ' +
      'it, and counts what had to be tried again.',
  )
  .addOption(new Option('--tool <name...>', 'this one alone').choices(NAMES))
  .addOption(new Option('--inside').hideHelp())
  .addHelpText(
    'after',
    `
Needs Linux, root, Go and the commands git, ip, unshare, setpriv and mount. Everything is built once, into .cache/e2e, and
runs in namespaces of its own: nothing is left when it ends or is killed.`,
  );

const COMMANDS = {
  go: 'Go 1.26 or later',
  git: 'git',
  ip: 'iproute2',
  unshare: 'util-linux',
  setpriv: 'util-linux',
  mount: 'mount',
};

async function main({ tool: names = NAMES, inside }: Options): Promise<number> {
  requireLinuxAndRoot();
  requireCommands(COMMANDS);
  const project = process.cwd();
  const work = join(project, '.cache/e2e/run');
  mkdirSync(work, { recursive: true });
  const parts = await buildParts(project, versions(project).at(-1) ?? '');
  const checks = new Checks();
  const tools: ((cluster: Cluster) => GitOpsTool)[] = [];
  for (const name of names) tools.push(await TOOLS[name](project));
  if (!inside) return inNamespaces('e2e/gitops/main.ts');
  isolate(work, parts);
  for (const tool of tools) await check(checks, project, work, parts, tool);
  process.stdout.write(`Kubernetes ${parts.version}\n\n${checks}`);
  return checks.failed ? 1 : 0;
}

/** Has a tool deploy to a cluster of its own; the first check that fails ends it. */
async function check(
  checks: Checks,
  project: string,
  work: string,
  parts: Parts,
  toolIn: (cluster: Cluster) => GitOpsTool,
): Promise<void> {
  const git = await GitServer.start(mkdtempSync(join(work, 'git-')));
  const cluster = await Cluster.start(parts, mkdtempSync(join(work, 'cluster-')), (started) =>
    startKwok(started, parts),
  );
  const tool = toolIn(cluster);
  const { steps, stop } = stepsOf({ cluster, git, project, work, parts, tool });
  try {
    for (const [name, look] of steps) {
      if (await checks.check(`${tool.name}: ${name}`, look)) continue;
      console.error(await diagnosis(cluster));
      break;
    }
  } finally {
    await stop();
    await cluster.stop();
    git.stop();
  }
}

void runProgram<Options>(program, main);
