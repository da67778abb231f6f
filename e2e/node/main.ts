/** npm run e2e: the quick start on a real node. `--help` says more, e2e/README.md the rest. */
import { Command, Option } from 'commander';
import { UsageError } from '../../cli/command';
import { buildCertManager } from '../cluster/build/cert-manager';
import { buildBarmanPlugin, buildCloudNativePg } from '../cluster/build/cloudnativepg';
import { versions } from '../cluster/build/kubernetes';
import { buildParts } from '../cluster/build/parts';
import { buildTraefik } from '../cluster/build/traefik';
import { requireLinuxAndRoot, runProgram } from '../cluster/program';
import { checkExposed } from '../exposed/checks';
import { EXPOSED_GROUPS, type ExposedGroup } from '../exposed/props';
import { checkProduction } from '../production/checks';
import { PRODUCTION_GROUPS, type ProductionGroup } from '../production/props';
import {
  debianPackages,
  installBarman,
  installDebianPostgresql,
  installOtherMlflow,
  installSignIn,
  installSoftware,
} from '../software/install';
import { SEVERAL_CGROUP } from './nodes';
import { debianStatus } from './oci-images';
import { NODE_PACKAGES, onNode } from './own-node';
import { checkPlatform, GROUPS, type Group } from './platform-checks';

interface Options {
  readonly inside?: string;
  readonly environment: keyof typeof ENVIRONMENTS;
  /** commander's name for what "--no-results" turns off. */
  readonly results: boolean;
  readonly only?: Group | ProductionGroup | ExposedGroup;
}

const program = new Command('npm run e2e --')
  .description(
    "Follows README.md's quick start and the operations of docs/operations.md with the starting environment on a real " +
      'Kubernetes node (containerd, kubelet, kube-proxy, CoreDNS, kube-router), and breaks the platform to see that it ' +
      'comes back. Writes e2e/RESULTS.md. With --environment production, the environment of that name is deployed to ' +
      'several nodes, and parts of it are taken away from a client that writes. Writes e2e/production/RESULTS.md. With ' +
      '--environment exposed, people and programs come to the starting environment from outside, by Traefik and a sign-in, ' +
      'and two teams try to reach each other. Writes e2e/exposed/RESULTS.md.',
  )
  .addOption(
    new Option('--environment <name>', 'what is applied')
      .choices(['starting', 'production', 'exposed'])
      .default('starting', '"starting"'),
  )
  .option('--no-results', 'leave the table of results as it is')
  .addOption(
    new Option(
      '--only <what>',
      'do that alone once the platform works, and leave the table of results as it is',
    ).choices([...new Set<string>([...GROUPS, ...PRODUCTION_GROUPS, ...EXPOSED_GROUPS])]),
  )
  .addOption(new Option('--inside <work>').hideHelp())
  .addHelpText(
    'after',
    `
Needs Linux, root and Go; what is missing of Debian's packages it installs by apt-get. What it builds is kept in .cache;
what it starts is in namespaces of its own, and gone when it ends or is interrupted. One that was killed leaves empty
control groups and a folder, which the next removes.`,
  );

async function main({ environment, ...options }: Options): Promise<number> {
  requireLinuxAndRoot();
  const project = process.cwd();
  return ENVIRONMENTS[environment](project, options);
}

type Given = Omit<Options, 'environment'>;

async function starting(project: string, { inside, results, only }: Given): Promise<number> {
  if (!isOneOf(GROUPS, only)) throw notOf(only, GROUPS);
  debianPackages(NODE_PACKAGES);
  const software = installSoftware(project);
  const parts = await buildParts(project, versions(project).at(-1) ?? '', ['network', 'argo']);
  if (inside === undefined) return onNode(project, SCRIPT);
  return checkPlatform({ project, work: inside, parts, software, record: results, only });
}

async function production(project: string, { inside, results, only }: Given): Promise<number> {
  if (!isOneOf(PRODUCTION_GROUPS, only)) throw notOf(only, PRODUCTION_GROUPS);
  debianPackages(NODE_PACKAGES);
  const software = installSoftware(project);
  const parts = await buildParts(project, versions(project).at(-1) ?? '', ['network']);
  const database = {
    operator: await buildCloudNativePg(project),
    plugin: await buildBarmanPlugin(project),
    barman: installBarman(project),
    postgresql: installDebianPostgresql(project, await debianStatus(project)),
    certManager: await buildCertManager(project),
    mlflow: installOtherMlflow(project),
  };
  if (inside === undefined) return onNode(project, SCRIPT, SEVERAL_CGROUP);
  return checkProduction({ project, work: inside, parts, software, ...database, record: results, only });
}

async function exposed(project: string, { inside, results, only }: Given): Promise<number> {
  if (!isOneOf(EXPOSED_GROUPS, only)) throw notOf(only, EXPOSED_GROUPS);
  debianPackages(NODE_PACKAGES);
  const software = installSoftware(project);
  const parts = await buildParts(project, versions(project).at(-1) ?? '', ['network']);
  const access = {
    signIn: installSignIn(project),
    traefik: await buildTraefik(project),
    certManager: await buildCertManager(project),
  };
  if (inside === undefined) return onNode(project, SCRIPT, SEVERAL_CGROUP);
  return checkExposed({ project, work: inside, parts, software, ...access, record: results, only });
}

const ENVIRONMENTS = { starting, production, exposed };

const SCRIPT = 'e2e/node/main.ts';

const isOneOf = <T extends string>(groups: readonly T[], only: string | undefined): only is T | undefined =>
  only === undefined || groups.some((group) => group === only);

const notOf = (only: string | undefined, groups: readonly string[]) =>
  new UsageError(`--only ${only} is of another environment; this one has ${groups.join(', ')}`);

void runProgram(program, main);
