/** npm run e2e:store: object stores of several servers, with the real software. `--help` says more, README.md the rest. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { Checks } from '../cluster/checks';
import { finished, run } from '../cluster/commands';
import { inNamespaces, sweep } from '../cluster/linux-namespaces';
import { requireLinuxAndRoot, runProgram } from '../cluster/program';
import { CGROUP } from '../loop/host';
import { installStores, type StoreSoftware } from '../software/install';
import { storeStandIns } from '../software/stand-ins';
import { Store } from './host';
import { MINIO, minioChecks, minioClient } from './minio';
import { moved } from './moving';
import { makeBridge } from './networks';
import { SEAWEEDFS, seaweedfsChecks, seaweedfsClient } from './seaweedfs';

const program = new Command('npm run e2e:store --')
  .description(
    'Proves object stores of several servers: MinIO and SeaweedFS run in containers made from the manifests, by runc; ' +
      'users are probed, servers killed, volumes lost, and everything moved from one store to the other.',
  )
  .addOption(new Option('--only <store>', 'one of them alone').choices(['minio', 'seaweedfs']))
  .addOption(new Option('--inside').hideHelp())
  .addHelpText('after', '\nNeeds Linux, root, Go and Node. What it installs is kept in .cache/software.');

const KINDS = { minio: MINIO, seaweedfs: SEAWEEDFS };
const CHECKS = { minio: minioChecks, seaweedfs: seaweedfsChecks };
type Name = keyof typeof KINDS;

async function main({ inside, only }: { readonly inside?: true; readonly only?: Name }): Promise<number> {
  requireLinuxAndRoot();
  const project = process.cwd();
  const names: readonly Name[] = only ? [only] : ['minio', 'seaweedfs'];
  const software = installStores(project, names.includes('seaweedfs'));
  const work = join(project, '.cache/stores');
  mkdirSync(work, { recursive: true });
  if (inside) return check(project, software, work, names);
  try {
    return await inNamespaces('e2e/store/main.ts');
  } finally {
    await sweep(CGROUP);
  }
}

/** @returns the exit code */
async function check(project: string, software: StoreSoftware, work: string, names: readonly Name[]): Promise<number> {
  finished(run('mount', ['-t', 'tmpfs', 'tmpfs', work], project));
  makeBridge();
  const checks = new Checks();
  const common = { project, software: software.root, images: storeStandIns(project, software, work) };
  const stores = names.map((name) => new Store({ ...common, ...KINDS[name], work: join(work, name) }));
  const lines = ['127.0.0.1 localhost', ...stores.flatMap((store) => store.hosts())];
  const hosts = join(work, 'hosts');
  writeFileSync(hosts, lines.map((line) => `${line}\n`).join(''));
  for (const name of names) copyFileSync(hosts, join(work, name, 'hosts'));
  finished(run('mount', ['--bind', hosts, '/etc/hosts'], work));
  const tools = { project, mc: join(software.minio, 'mc'), rclone: software.rclone, work };
  try {
    for (const [index, store] of stores.entries()) await CHECKS[names[index] ?? 'minio'](checks, store, tools);
    const [minio, seaweedfs] = stores;
    if (minio && seaweedfs) {
      const [from, to] = [minioClient(minio, tools), seaweedfsClient(seaweedfs, tools)];
      const move = { project, work, rclone: software.rclone, bucket: 'models', file: join(work, 'object'), from, to };
      await checks.check('everything in the bucket moves from MinIO to SeaweedFS', () => moved(move));
    }
  } finally {
    for (const store of stores) await store.end();
  }
  process.stdout.write(checks.toString());
  return checks.failed ? 1 : 0;
}

void runProgram(program, main);
