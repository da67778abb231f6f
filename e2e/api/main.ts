/** npm run e2e:api: applies environments to a real Kubernetes control plane. `--help` says more, e2e/README.md the rest. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { versions } from '../cluster/build/kubernetes';
import { buildParts, type Parts } from '../cluster/build/parts';
import { buildExternalSecrets } from '../cluster/build/tools';
import { Checks } from '../cluster/checks';
import {
  type Environment,
  exampleEnvironment,
  ownEnvironment,
  released,
  startingEnvironment,
} from '../cluster/environments';
import { inNamespaces } from '../cluster/linux-namespaces';
import { requireCommands, requireLinuxAndRoot, runProgram } from '../cluster/program';
import { Repository } from '../cluster/repository';
import { checkDeployment } from './deploy-checks';
import { checkEnvironment } from './environment-checks';
import { isolate } from './isolation';
import { buildPrerequisites, type Prerequisites } from './prerequisites';
import { checkUpgrade } from './upgrade-checks';
import { checkVault } from './vault-checks';

interface Options {
  readonly kubernetes: string;
  readonly environment?: readonly string[];
  readonly inside?: true;
}

/** The environment of examples/ with models of teams. */
const TEAMS = 'teams';

/** The starting environment once more, applied by `ml-platform deploy`. */
const DEPLOYED = 'deployed';

/** The starting environment once more, deployed over what earlier releases rendered. */
const UPGRADED = 'upgraded';

/** The starting environment with Secrets of the External Secrets Operator, which takes long to build. */
const VAULT = 'vault';

/** All others are in dist/, and have what they need for real. */
const NAMED = ['starting', 'examples', TEAMS, DEPLOYED, UPGRADED, VAULT];

const RELEASES = versions(process.cwd());

const program = new Command('npm run e2e:api --')
  .description(
    'Applies the starting environment and the one of examples/ to a real Kubernetes control plane (etcd, API server, ' +
      'controllers, scheduler, and nodes without containers), and checks what it makes of them.',
  )
  .addOption(
    new Option('--kubernetes <version>', 'the release').choices(RELEASES).default(RELEASES.at(-1), 'the newest'),
  )
  .option(
    '--environment <name...>',
    'apply these in place of the first five: "starting", "examples", ' +
      `"${TEAMS}" (of examples/), "${DEPLOYED}" (by ml-platform deploy), "${UPGRADED}" (over earlier releases); or "${VAULT}" (with Secrets of the ` +
      'External Secrets Operator), or a folder of dist/',
  )
  .addOption(new Option('--inside').hideHelp())
  .addHelpText(
    'after',
    `
Needs Linux, root, Go and the commands ip, unshare, setpriv and mount; it installs nothing. Everything is built once, into
.cache/e2e, and runs in namespaces of its own: two runs do not meet, and nothing is left when one ends or is killed.`,
  );

const COMMANDS = {
  go: 'Go 1.26 or later',
  ip: 'iproute2',
  unshare: 'util-linux',
  setpriv: 'util-linux',
  mount: 'mount',
};

async function main({
  kubernetes,
  environment = ['starting', 'examples', TEAMS, UPGRADED, DEPLOYED],
  inside,
}: Options): Promise<number> {
  requireLinuxAndRoot();
  requireCommands(COMMANDS);
  const project = process.cwd();
  const work = join(project, '.cache/e2e/run');
  mkdirSync(work, { recursive: true });
  const parts = await buildParts(project, kubernetes);
  // What comes after has no network to fetch anything by.
  if (environment.includes(VAULT)) await buildExternalSecrets(project);
  for (const name of environment) await prerequisitesOf(project, name);
  if (!inside) return inNamespaces('e2e/api/main.ts');
  isolate(work, parts);
  return applyAll(project, work, parts, environment);
}

/** @returns the exit code */
async function applyAll(project: string, work: string, parts: Parts, names: readonly string[]): Promise<number> {
  const checks = new Checks();
  for (const name of names) {
    if (name === DEPLOYED) await checkDeployment(checks, project, work, parts);
    else if (name === VAULT) await checkVault(checks, project, work, parts);
    else if (name === UPGRADED)
      for (const release of released(project)) await checkUpgrade(checks, release, project, work, parts);
    else {
      const built = await prerequisitesOf(project, name);
      await checkEnvironment(checks, environmentOf(project, work, name), project, work, parts, built);
    }
  }
  process.stdout.write(`Kubernetes ${parts.version}\n\n${checks}`);
  return checks.failed ? 1 : 0;
}

const prerequisitesOf = async (project: string, name: string): Promise<Prerequisites> =>
  NAMED.includes(name) ? {} : buildPrerequisites(project, ownEnvironment(project, name).folder);

function environmentOf(project: string, work: string, name: string): Environment {
  if (name === 'starting') return startingEnvironment(Repository.init(project, join(work, 'repository')));
  if (name === 'examples') return exampleEnvironment(project);
  return name === TEAMS ? exampleEnvironment(project, name) : ownEnvironment(project, name);
}

void runProgram<Options>(program, main);
