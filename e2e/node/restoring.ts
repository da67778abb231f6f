/** Backups, restoring and growing volumes, as docs/operations.md has them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { same } from '../cluster/checks';
import type { KubernetesObject, Pod } from '../cluster/objects';
import { addSettings, blocksOf, follow, followBlock, renderAndApply } from './follow';
import type { RunningPlatform } from './running-platform';
import { runIsKept } from './services';

const runsOf = async (platform: RunningPlatform) => Number(await platform.sql('select count(*) from mlflow.runs'));

/** A copy of the bucket on this machine, which brings it back when it is lost. */
export async function bucketBackedUp(platform: RunningPlatform): Promise<string> {
  await follow(platform, 'The bucket');
  const files = readdirSync(join(platform.props.repository.root, 'models-backup'), { recursive: true });
  if (files.length === 0) throw new Error('models-backup has no files');
  return `${files.length} files and folders`;
}

/** What was written after the dump is gone, and what was written before is there. */
async function restored(platform: RunningPlatform, dumped: number, restore: () => Promise<void>): Promise<string> {
  await runIsKept(platform);
  same(await runsOf(platform), dumped + 1);
  await restore();
  same(await runsOf(platform), dumped);
  return `${dumped} runs, as when the dump was made`;
}

export async function restoredFromFile(platform: RunningPlatform): Promise<string> {
  await runIsKept(platform);
  const dumped = await runsOf(platform);
  await follow(platform, 'The database, to a file');
  return restored(platform, dumped, () => follow(platform, 'Restore the database from a file'));
}

/** What is dumped on a schedule passes its test, and is restored by a Job. */
export async function restoredFromSchedule(platform: RunningPlatform): Promise<string> {
  const [settings, dumpNow] = blocksOf(platform, 'The database, on a schedule');
  const [restore] = blocksOf(platform, 'Restore the database from a scheduled dump');
  if (!settings || !dumpNow || !restore) throw new Error('the blocks of backups are not those that they were');
  await followBlock(platform, settings);
  await renderAndApply(platform, '10-setup', '30-data');
  const dumped = await runsOf(platform);
  await followBlock(platform, dumpNow);
  const [test] = blocksOf(platform, 'Know that the last backup is good');
  if (!test) throw new Error('nothing says how a backup is tested');
  await followBlock(platform, test);
  const kept = await restored(platform, dumped, async () => {
    await followBlock(platform, restore);
    await dropOldTables(platform);
  });
  const tested = await platform.kubectl('logs', '-n', 'postgres', 'job/test-now');
  return `${kept}; its test: ${tested.trim().split('\n').at(-1)}`;
}

async function dropOldTables(platform: RunningPlatform): Promise<void> {
  const [, drop] = blocksOf(platform, 'Restore the database from a file');
  if (!drop) throw new Error('nothing says how old tables are dropped');
  await followBlock(platform, drop);
}

/** The database on an empty volume has what it had. */
export async function databaseMoved(platform: RunningPlatform): Promise<string> {
  const before = await runsOf(platform);
  await follow(platform, 'Move the database');
  same(await runsOf(platform), before);
  const log = await platform.kubectl('logs', '-n', 'postgres', 'job/restore-moved');
  return log.trim().split('\n').at(-1) ?? '';
}

export async function backupsRemoved(platform: RunningPlatform): Promise<string> {
  const { repository } = platform.props;
  await follow(platform, 'Remove backups');
  addSettings(join(repository.environment(), 'platform.yaml'), {
    postgresql: { backup: { enabled: false } },
    removed: ['PersistentVolumeClaim postgres/postgresql-backup'],
  });
  await renderAndApply(platform, '10-setup');
  const left = await platform.kubectl('get', '-n', 'postgres', 'cronjobs,pvc', '-o', 'name');
  same(left.trim().split('\n').sort(), [
    'persistentvolumeclaim/data-postgresql-0',
    'persistentvolumeclaim/postgresql-backup',
  ]);
  return 'the claim with the dumps is left';
}

interface Claim extends KubernetesObject {
  readonly spec: { readonly resources: { readonly requests: { readonly storage: string } } };
}

/** The claim has the new size, and the pod runs on. */
export async function volumeGrown(platform: RunningPlatform): Promise<string> {
  const { cluster } = platform.props;
  const pod = async () => (await cluster.get<Pod>('-n', 'postgres', 'pod', 'postgresql-0')).metadata.uid;
  const before = await pod();
  await follow(platform, 'Grow a volume');
  await platform.kubectl('rollout', 'status', '-n', 'postgres', 'statefulset/postgresql', '--timeout=5m');
  same(await pod(), before);
  const { spec } = await cluster.get<Claim>('-n', 'postgres', 'pvc', 'data-postgresql-0');
  same(spec.resources.requests.storage, '20Gi');
  return 'the claim asks for 20Gi; the same pod runs under a new StatefulSet';
}
