/** npm run e2e: the quick start on a real node. `--help` says more, e2e/README.md the rest. */
import { Command, Option } from 'commander';
import { buildParts, versions } from '../cluster/build';
import { requireLinuxAndRoot, runProgram } from '../cluster/program';
import { debianPackages, installSoftware } from '../software/install';
import { NODE_PACKAGES, onNode } from './own-node';
import { checkPlatform, GROUPS, type Group } from './platform-checks';

interface Options {
  readonly inside?: string;
  /** commander's name for what "--no-results" turns off. */
  readonly results: boolean;
  readonly only?: Group;
}

const program = new Command('npm run e2e --')
  .description(
    "Follows README.md's quick start and the operations of docs/operations.md with the starting environment on a real " +
      'Kubernetes node (containerd, kubelet, kube-proxy, CoreDNS, kube-router), and breaks the platform to see that it ' +
      'comes back. Writes e2e/RESULTS.md.',
  )
  .option('--no-results', 'leave e2e/RESULTS.md as it is')
  .addOption(
    new Option('--only <what>', 'do that alone after the quick start, and leave e2e/RESULTS.md as it is').choices(
      GROUPS,
    ),
  )
  .addOption(new Option('--inside <work>').hideHelp())
  .addHelpText(
    'after',
    `
Needs Linux, root and Go; what is missing of Debian's packages it installs by apt-get. What it builds is kept in .cache;
what it starts is in namespaces of its own, and gone when it ends or is interrupted. One that was killed leaves empty
control groups and a folder, which the next removes.`,
  );

async function main({ inside, results, only }: Options): Promise<number> {
  requireLinuxAndRoot();
  const project = process.cwd();
  debianPackages(NODE_PACKAGES);
  const software = installSoftware(project);
  const parts = await buildParts(project, versions(project).at(-1) ?? '', ['network', 'argo']);
  if (inside !== undefined) return checkPlatform({ project, work: inside, parts, software, record: results, only });

  return onNode(project, 'e2e/node/main.ts');
}

void runProgram(program, main);
