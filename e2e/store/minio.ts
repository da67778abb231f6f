/** A store of four MinIO-compatible servers: what its users may do, and what a lost server or volume costs. */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { teamPrefix } from '../../charts/teams/config';
import { type Checks, same } from '../cluster/checks';
import { finished } from '../cluster/commands';
import { Client, type Permission, permissionsOf, probe } from './client';
import { LOGGED_MODEL, type Store, type StoreKind, type Tools } from './host';
import { mirrorChecks } from './mirror';
import { keyChecks, receiverChecks, retentionChecks } from './request-log';

const BUCKET = 'models';
const BACKUPS = 'safe';
const LATE_MILLISECONDS = 3000;

export const MINIO = {
  network: '10.0.2',
  services: { minio: 'minio' },
  certificate: 'minio-certificate',
  workloads: ['minio'],
  settings: `certificates: {kind: own}
objectStore:
  kind: distributed
  console: false
  tls: true
  versioning: {enabled: true, days: 3}
  backups: {enabled: true, bucket: ${BACKUPS}, lock: compliance, lockedDays: 1, keptDays: 2}
requestLog: {enabled: true, flush: {seconds: 2}}
frontend: {enabled: false}
teams: [{name: north, group: people-of-north}, {name: south, group: people-of-south}]
`,
  models: {
    'asked.yaml': LOGGED_MODEL,
    'north/price.yaml': `server: SKLEARN_SERVER
uri: s3://${BUCKET}/${teamPrefix('north')}/price/1
logger: {mode: all}
batch: {input: s3://${BUCKET}/${teamPrefix('north')}/rows, output: s3://${BUCKET}/${teamPrefix('north')}/answers}
`,
  },
} as const satisfies StoreKind;

/** A client with the keys of all users, and that of root. */
export function minioClient(store: Store, tools: Tools): Client {
  const root = store.secret('minio');
  const keys = { ...store.secret('minio-users'), [root['root-user'] ?? '']: root['root-password'] ?? '' };
  return new Client({ ...tools, keys, authority: store.authority, origin: 'https://minio.minio-system.svc:9000' });
}

const ROOT = 'minio-root';

export async function minioChecks(checks: Checks, store: Store, tools: Tools): Promise<void> {
  const client = minioClient(store, tools);
  const file = join(tools.work, 'object');
  writeFileSync(file, 'what was there before\n'.repeat(100_000));
  const written: string[] = [];
  /** @returns how many of the writes were not acknowledged */
  const write = (from: number, count: number) => {
    const names = Array.from({ length: count }, (_, index) => `run/${from + index}`);
    const done = names.filter((name) => client.put(`mlflow/${BUCKET}/${name}`, file));
    written.push(...done);
    return count - done.length;
  };
  const lost = () => written.filter((name) => client.read(`seldon/${BUCKET}/${name}`) === undefined);

  // As on a cluster, where all is applied at once: the set-up meets servers that have not found each other yet.
  const starting = checks.check('minio: four servers with TLS find each other, the last one late', async () => {
    await Promise.all(['minio-0', 'minio-1', 'minio-2'].map((name) => store.start(name)));
    await sleep(LATE_MILLISECONDS);
    return store.start('minio-3');
  });
  await checks.check('minio: the set-up meanwhile makes buckets, users, versions and locks', () =>
    store.complete('minio-setup'),
  );
  await starting;
  await checks.check('minio: the set-up can run again', () => store.complete('minio-setup'));
  for (const bucket of [BUCKET, BACKUPS]) finished(client.mc('cp', file, `${ROOT}/${bucket}/seen`));
  finished(client.mc('cp', file, `${ROOT}/${BUCKET}/by-root`));
  await checks.check('minio: each user may do what its policy says, and nothing else', () =>
    probe(client, permissionsOf(BUCKET, BACKUPS, file)),
  );
  for (const team of ['north', 'south']) finished(client.mc('cp', file, `${ROOT}/${BUCKET}/${teamPrefix(team)}/seen`));
  await checks.check('minio: the keys of a team open its folder, and nothing of another team', () =>
    probe(client, permissionsOfTeam(file)),
  );
  await checks.check('minio: what is deleted in the bucket is kept as a version', () => {
    const versions = finished(client.mc('ls', '--versions', `${ROOT}/${BUCKET}/by-mlflow`)).split('\n').length;
    if (versions < 2) throw new Error(`by-mlflow has ${versions} versions`);
    return `${versions} versions`;
  });
  await checks.check('minio: nobody deletes a backup before its time, root included', () => {
    const versions = finished(client.mc('ls', '--versions', '--json', `${ROOT}/${BACKUPS}/seen`));
    const { versionId = '' } = JSON.parse(versions.split('\n')[0] ?? '{}') as { versionId?: string };
    const args = ['rm', '--force', '--bypass', '--version-id', versionId, `${ROOT}/${BACKUPS}/seen`];
    const { status, stdout, stderr } = client.mc(...args);
    if (status === 0) throw new Error(`deleted: ${stdout}`);
    return stderr.trim().split('\n')[0] ?? '';
  });
  await mirrorChecks(checks, 'minio', client, tools);
  const logged = { name: 'minio', store, client, manifests: store.manifests, work: tools.work };
  await receiverChecks(checks, logged, 'request-log');
  await receiverChecks(checks, logged, 'request-log-north');
  await keyChecks(checks, logged, ['mlflow', 'seldon', 'team-north', 'batch-north', 'auditor-south']);
  await retentionChecks(checks, logged);

  await checks.check('minio: the lifecycle says when old versions and backups go', () => {
    const rules = [BUCKET, BACKUPS].map((bucket) => {
      const { config } = JSON.parse(finished(client.mc('ilm', 'rule', 'ls', '--json', `${ROOT}/${bucket}`))) as {
        config: {
          Rules: { Expiration?: { Days?: number }; NoncurrentVersionExpiration: { NoncurrentDays: number } }[];
        };
      };
      return config.Rules.map((rule) => [rule.Expiration?.Days ?? 0, rule.NoncurrentVersionExpiration.NoncurrentDays]);
    });
    same(rules, [[[0, 3]], [[2, 1]]]);
    return JSON.stringify(rules);
  });

  await checks.check('minio: with one server killed, writes and reads go on', async () => {
    write(0, 10);
    await store.kill('minio-3');
    const refused = write(10, 20);
    same([refused, lost()], [0, []]);
    return `${written.length} objects, 0 refused, 0 lost`;
  });
  await checks.check('minio: with two killed, everything can be read and nothing written', async () => {
    await store.kill('minio-2');
    const refused = write(100, 2);
    same([refused, lost()], [2, []]);
    return `${written.length} objects read, 2 writes refused`;
  });
  await checks.check('minio: both come back, and what they missed is written to them', async () => {
    await store.start('minio-2');
    await store.start('minio-3');
    await writes(() => write(200, 1));
    same(write(201, 4), 0);
    await healed(store, client, 'minio-3', written);
    return `${written.length} objects on minio-3`;
  });
  await checks.check('minio: a server that has lost its volume gets all of it again', async () => {
    await store.kill('minio-1');
    rmSync(store.claim('minio-1'), { recursive: true });
    await store.start('minio-1');
    await healed(store, client, 'minio-1', written);
    same(lost(), []);
    return `${written.length} objects on the new volume of minio-1`;
  });
}

/** What the keys of north may do, by objects that are there. */
function permissionsOfTeam(file: string): Permission[] {
  const [own, other] = ['north', 'south'].map((team) => `${BUCKET}/${teamPrefix(team)}`);
  return ['team-north', 'batch-north'].flatMap((user): Permission[] => {
    const isBatch = user.startsWith('batch');
    return [
      [`${user} lists its folder`, ['ls', `${user}/${own}/`], true],
      [`${user} reads there`, ['cat', `${user}/${own}/seen`], true],
      [`${user} writes there`, ['cp', file, `${user}/${own}/by-${user}`], isBatch],
      [`${user} deletes there`, ['rm', `${user}/${own}/by-${user}`], isBatch],
      [`${user} lists the bucket`, ['ls', `${user}/${BUCKET}/`], false],
      [`${user} lists all folders`, ['ls', `${user}/${BUCKET}/workspaces/`], false],
      [`${user} reads beside them`, ['cat', `${user}/${BUCKET}/seen`], false],
      [`${user} lists the folder of south`, ['ls', `${user}/${other}/`], false],
      [`${user} reads in it`, ['cat', `${user}/${other}/seen`], false],
      [`${user} writes in it`, ['cp', file, `${user}/${other}/by-${user}`], false],
      [`${user} writes where a name starts like its own`, ['cp', file, `${user}/${own}-2/by-${user}`], false],
      [`${user} deletes in it`, ['rm', `${user}/${other}/seen`], false],
      [`${user} copies from it`, ['cp', `${user}/${other}/seen`, `${user}/${own}/taken`], false],
      [`${user} makes a bucket`, ['mb', `${user}/of-north`], false],
      [`${user} opens the bucket to everybody`, ['anonymous', 'set', 'public', `${user}/${BUCKET}`], false],
      [`${user} makes itself a key`, ['admin', 'user', 'svcacct', 'add', user, user], false],
    ];
  });
}

/**
 * Waits until an object can be written again. A server that is ready may still be unknown to another one, which tries the
 * connection anew only now and then and refuses writes until then.
 */
async function writes(refused: () => number): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (refused() > 0) {
    if (Date.now() > deadline) throw new Error('no object could be written for 60 s');
    await sleep(1000);
  }
}

/** Waits until a server has its part of each object. */
async function healed(store: Store, client: Client, server: string, names: readonly string[]): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    client.mc('admin', 'heal', '--recursive', `${ROOT}/${BUCKET}`);
    const missing = names.filter((name) => !hasPart(join(store.claim(server), BUCKET, name)));
    if (missing.length === 0) return;
    if (Date.now() > deadline)
      throw new Error(`${server} has no part of ${missing.length} objects: ${missing.join(' ')}`);
    await sleep(2000);
  }
}

/** An object is a folder, with a file that says what it is. */
function hasPart(folder: string): boolean {
  try {
    return readdirSync(folder).includes('xl.meta');
  } catch {
    return false;
  }
}
