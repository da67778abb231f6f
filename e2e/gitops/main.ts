/**
 * npm run e2e:gitops: Flux deploys the starting environment from a Git repository. The API server, Flux's controllers and
 * the Seldon operator are real; kwok says that pods run.
 */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { isolate } from '../api/isolation';
import { startKwok } from '../api/kwok-node';
import { buildFlux, buildParts, versions } from '../cluster/build';
import { Checks } from '../cluster/checks';
import { Cluster } from '../cluster/cluster';
import { inNamespaces } from '../cluster/linux-namespaces';
import { requireCommands, requireLinuxAndRoot, runProgram } from '../cluster/program';
import { diagnosis } from '../cluster/workloads';
import { fluxSteps } from './flux-steps';
import { GitServer } from './git-server';

interface Options {
  readonly inside?: true;
}

const program = new Command('npm run e2e:gitops --')
  .description(
    'Deploys the starting environment by pushing to a Git repository that Flux reads, changes and breaks it, and counts ' +
      'what Flux had to try again.',
  )
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

async function main({ inside }: Options): Promise<number> {
  requireLinuxAndRoot();
  requireCommands(COMMANDS);
  const project = process.cwd();
  const work = join(project, '.cache/e2e/run');
  mkdirSync(work, { recursive: true });
  const parts = await buildParts(project, versions(project).at(-1) ?? '');
  const flux = await buildFlux(project);
  if (!inside) return inNamespaces('e2e/gitops/main.ts');
  isolate(work, parts);
  const checks = new Checks();
  const git = await GitServer.start(join(work, 'git'));
  const cluster = await Cluster.start(parts, mkdtempSync(join(work, 'cluster-')), (started) =>
    startKwok(started, parts),
  );
  const { steps, stop } = fluxSteps({ cluster, git, project, work, parts, flux });
  try {
    for (const [name, look] of steps) {
      if (await checks.check(`Flux: ${name}`, look)) continue;
      console.error(await diagnosis(cluster));
      break;
    }
  } finally {
    await stop();
    await cluster.stop();
    git.stop();
  }
  process.stdout.write(`Kubernetes ${parts.version}\n\n${checks}`);
  return checks.failed ? 1 : 0;
}

void runProgram<Options>(program, main);
