/** SeaweedFS: what its users may do, and what any one server that is away costs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Checks, same } from '../cluster/checks';
import { Client, permissionsOf, probe } from './client';
import { LOGGED_MODEL, type Store, type StoreKind, type Tools } from './host';
import { mirrorChecks } from './mirror';
import { environmentOutside } from './outside';
import { keyChecks, receiverChecks, retentionChecks } from './request-log';

const BUCKET = 'models';
const BACKUPS = 'safe';

export const SEAWEEDFS = {
  network: '10.0.3',
  certificate: 'seaweedfs-certificate',
  workloads: ['seaweedfs-etcd', 'seaweedfs-master', 'seaweedfs-volume', 'seaweedfs-gateway'],
  services: {
    seaweedfs: 'seaweedfs-gateway',
    'seaweedfs-filer': 'seaweedfs-gateway',
    'seaweedfs-etcd-client': 'seaweedfs-etcd',
  },
  settings: `certificates: {kind: own}
objectStore:
  kind: seaweedfs
  tls: true
  versioning: {enabled: true}
  backups: {enabled: true, bucket: ${BACKUPS}}
requestLog: {enabled: true, flush: {seconds: 2}}
frontend: {enabled: false}
`,
  models: { 'asked.yaml': LOGGED_MODEL },
} as const satisfies StoreKind;

/** The users of the file that the gateways read. */
function keysOf(store: Store): Record<string, string> {
  const { identities } = JSON.parse(store.secret('seaweedfs-users')['s3.json'] ?? '{}') as {
    identities: { name: string; credentials: { secretKey: string }[] }[];
  };
  return Object.fromEntries(identities.map(({ name, credentials }) => [name, credentials[0]?.secretKey ?? '']));
}

/** A client with the keys of all users. */
export function seaweedfsClient(store: Store, tools: Tools): Client {
  const origin = 'https://seaweedfs.minio-system.svc:8333';
  return new Client({ ...tools, origin, keys: keysOf(store), authority: store.authority });
}

export async function seaweedfsChecks(checks: Checks, store: Store, tools: Tools): Promise<void> {
  const { work, project } = tools;
  const client = seaweedfsClient(store, tools);
  const file = join(work, 'object');
  writeFileSync(file, 'what was there before\n'.repeat(100_000));
  const written: string[] = [];
  const write = (prefix: string, count: number) => {
    const names = Array.from({ length: count }, (_, index) => `${prefix}/${index}`);
    const done = names.filter((name) => client.put(`mlflow/${BUCKET}/${name}`, file));
    written.push(...done);
    return count - done.length;
  };
  const lost = () => written.filter((name) => client.read(`seldon/${BUCKET}/${name}`) === undefined);

  await checks.check('seaweedfs: etcd, masters, servers and gateways with TLS find each other', () => store.start());
  await checks.check('seaweedfs: the set-up makes the buckets', () => store.complete('seaweedfs-setup'));
  await checks.check('seaweedfs: the set-up can run again', () => store.complete('seaweedfs-setup'));
  client.put(`mlflow/${BUCKET}/seen`, file);
  client.put(`mlflow/${BUCKET}/by-root`, file);
  client.mc('put', '--disable-multipart', file, `archive/${BACKUPS}/seen`);
  await checks.check('seaweedfs: each user may do what its policy says, and nothing else', () =>
    probe(client, permissionsOf(BUCKET, BACKUPS, file)),
  );
  await mirrorChecks(checks, 'seaweedfs', client, tools);
  const logged = { name: 'seaweedfs', store, client, manifests: store.manifests, work };
  await receiverChecks(checks, logged, 'request-log');
  await keyChecks(checks, logged, ['mlflow', 'seldon', 'backup', 'restore', 'archive']);
  await retentionChecks(checks, logged);
  const outside = { ...logged, name: 'seaweedfs, outside', manifests: environmentOutside(project, work, client) };
  await receiverChecks(checks, outside, 'request-log');
  await retentionChecks(checks, outside);
  for (const victim of ['seaweedfs-volume-1', 'seaweedfs-master-0', 'seaweedfs-etcd-0', 'seaweedfs-gateway-0']) {
    await checks.check(`seaweedfs: with ${victim} killed, writes and reads go on, and it comes back`, async () => {
      write(`before-${victim}`, 3);
      await store.kill(victim);
      const start = Date.now();
      while (!client.put(`mlflow/${BUCKET}/probe`, file)) {
        if (Date.now() - start > 60_000) throw new Error('no write for a minute');
      }
      const seconds = Math.round((Date.now() - start) / 1000);
      same([write(`after-${victim}`, 10), lost()], [0, []]);
      await store.start(victim);
      same(lost(), []);
      return `writes go on after ${seconds} s; ${written.length} objects, 0 lost`;
    });
  }
}
