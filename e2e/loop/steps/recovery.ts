/** Backups: dumps in the bucket, the test of the newest, and a platform that comes back from buckets and repository alone. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { same } from '../../cluster/checks';
import { finished } from '../../cluster/commands';
import { WINE_MODELS } from '../../software/wine-models';
import type { Loop } from '../loop';
import { Pod } from '../pod';

const last = (log: string) => log.trim().split('\n').at(-1) ?? '';
const runs = (loop: Loop) => Number(loop.sql('select count(*) from mlflow.runs'));

async function succeeds(loop: Loop, name: string): Promise<string> {
  const { code, log } = await loop.run('postgres', name);
  if (code !== 0) throw new Error(log);
  return last(log);
}

export async function recovery(loop: Loop): Promise<void> {
  const kept = join(loop.work, 'kept');
  /** The name of the newest dump in the bucket. */
  const dump = () =>
    finished(loop.mc('find', 'root/backups/dumps', '--name', '*.dump.enc'))
      .split('\n')
      .sort()
      .at(-1) ?? '';

  await loop.checks.check('the database is dumped, and the dump is in the bucket, encrypted', async () => {
    await succeeds(loop, 'postgresql-backup');
    const copy = loop.mc('cat', dump());
    if (!copy.stdout.startsWith('Salted__')) throw new Error(`${dump()} is not encrypted`);
    return dump();
  });
  await loop.checks.check('the key that adds dumps can neither read nor delete them', () => {
    const mine = dump().replace('root/', 'backup/');
    const tries = [
      ['cat', mine],
      ['rm', mine],
      ['ls', 'backup/backups/dumps/'],
      ['ls', 'backup/models/'],
    ];
    same(
      tries.map((args) => loop.mc(...args).status === 0),
      [false, false, false, false],
    );
    return tries.map((args) => args.join(' ')).join(', ');
  });
  await loop.checks.check('the restore test restores it into a server of its own', () =>
    succeeds(loop, 'postgresql-restore-test'),
  );
  await loop.checks.check('the restore test fails on a dump that was cut off', async () => {
    const [whole, part] = [join(loop.work, 'whole'), join(loop.work, 'part')];
    finished(loop.mc('cp', dump(), whole));
    const content = readFileSync(whole);
    writeFileSync(part, content.subarray(0, content.length - 16 * 100));
    finished(loop.mc('cp', part, dump()));
    const { code, log } = await loop.run('postgres', 'postgresql-restore-test');
    finished(loop.mc('cp', whole, dump()));
    same(code, 1);
    return last(log);
  });
  await loop.checks.check(
    'the cluster is gone: the platform comes back from the buckets and the repository',
    async () => {
      const before = runs(loop);
      for (const bucket of ['models', 'backups']) finished(loop.mc('mirror', `root/${bucket}`, join(kept, bucket)));
      const { key = '' } = loop.host.manifests.data('Secret', 'postgres', 'postgresql-backup-encryption');
      writeFileSync(join(loop.repository.environment(), 'secrets.env'), `BACKUP_ENCRYPTION_KEY=${key}\n`);
      await loop.loseAll();

      await loop.start('postgres', 'postgresql');
      await loop.start('minio-system', 'minio');
      const { code, log } = await new Pod(loop.host, loop.host.manifests.pod('minio-system', 'minio-setup')).complete();
      if (code !== 0) throw new Error(log);
      for (const bucket of ['models', 'backups']) finished(loop.mc('mirror', join(kept, bucket), `root/${bucket}`));
      const said = await succeeds(loop, 'postgresql-restore');
      await loop.start('mlflow', 'mlflow');
      same(runs(loop), before);
      return `${said}; ${before} runs`;
    },
  );
  for (const name of WINE_MODELS) {
    await loop.checks.check(`${name} is served again, and answers as it did`, async () => {
      await loop.serve(name, loop.host.manifests);
      return loop.agrees(name, 'wine');
    });
  }
  await loop.checks.check('nothing is restored while MLflow is connected', async () => {
    const { code, log } = await loop.run('postgres', 'postgresql-restore');
    same(code, 1);
    return last(log);
  });
}
