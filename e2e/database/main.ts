/** npm run e2e:database: PostgreSQL under the real CloudNativePG operator. `--help` says more, e2e/README.md the rest. */
import { Command, Option } from 'commander';
import { buildBarmanPlugin, buildCloudNativePg } from '../cluster/build/cloudnativepg';
import { versions } from '../cluster/build/kubernetes';
import { buildParts } from '../cluster/build/parts';
import { requireLinuxAndRoot, runProgram } from '../cluster/program';
import { debianStatus } from '../node/oci-images';
import { NODE_PACKAGES, onNode } from '../node/own-node';
import { debianPackages, installBarman, installDebianPostgresql, installSoftware } from '../software/install';
import { checkDatabase } from './checks';

const program = new Command('npm run e2e:database --')
  .description(
    'Moves the database of MLflow from the embedded server to three instances under the real CloudNativePG operator, on a ' +
      'real Kubernetes node, and takes the primary away from a client that writes: its pod, its volume, and a roll. The ' +
      'Barman Cloud plugin puts backups into a bucket, which the cluster is recovered from; then the database moves out.',
  )
  .addOption(new Option('--inside <work>').hideHelp())
  .addHelpText(
    'after',
    '\nNeeds Linux, root and Go; what is missing of Debian’s packages it installs by apt-get. What it builds is kept in .cache.',
  );

async function main({ inside }: { readonly inside?: string }): Promise<number> {
  requireLinuxAndRoot();
  const project = process.cwd();
  debianPackages({ ...NODE_PACKAGES, openssl: 'openssl', psql: 'postgresql-client' });
  const software = installSoftware(project);
  const parts = await buildParts(project, versions(project).at(-1) ?? '', ['network']);
  const operator = await buildCloudNativePg(project);
  const plugin = await buildBarmanPlugin(project);
  const barman = installBarman(project);
  const postgresql = installDebianPostgresql(project, await debianStatus(project));
  if (inside === undefined) return onNode(project, 'e2e/database/main.ts');
  return checkDatabase({ project, work: inside, parts, software, operator, plugin, barman, postgresql });
}

void runProgram(program, main);
