/** A data scientist trains: from a checkout, and in the cluster. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { same } from '../../cluster/checks';
import { finished } from '../../cluster/commands';
import type { Loop } from '../loop';
import { Manifests } from '../manifests';
import { Pod } from '../pod';

/** What a data scientist does first. */
export async function train(loop: Loop): Promise<void> {
  await loop.checks.check('train.py trains, publishes and registers', () => {
    const { stdout } = loop.trainWith('--seed', '7');
    return stdout.match(/registered {2}.*/g)?.join('; ') ?? '';
  });
  await loop.checks.check('each key to the object store can do its part and no more', () => keys(loop));
}

/** The same as a Job, for those who have no Python. */
export async function trainInCluster(loop: Loop): Promise<void> {
  await loop.checks.check(
    'the training Job does the same in the cluster, and registers a further version',
    async () => {
      const server = createServer((_, response) => response.end(readFileSync(loop.data)));
      server.listen(8099, '127.0.0.1');
      const repository = loop.changed('training', (environment) => {
        const settings = 'training: {enabled: true, verify: false, data: "http://127.0.0.1:8099/wine.csv"}\n';
        appendFileSync(join(environment, 'platform.yaml'), settings);
      });
      finished(repository.command('synth'));
      const template = new Manifests(repository.dist(), '').pod('training', 'wine-training');
      try {
        const { code, log } = await new Pod(loop.host, template).complete();
        if (code !== 0) throw new Error(log);
        // What it published has replaced what was served. Asked now, while MLflow is there to ask.
        loop.answers.clear();
        loop.expected('mlflow-wine', 'wine');
        return log.match(/registered {2}.*/g)?.join('; ') ?? Promise.reject(new Error(log));
      } finally {
        server.close();
      }
    },
  );
}

async function keys(loop: Loop): Promise<string> {
  const users = loop.host.manifests.data('Secret', 'minio-system', 'minio-users');
  const tries = (user: string) => {
    writeFileSync(join(loop.work, 'file'), 'x');
    const as = (...args: string[]) => loop.mc(...args).status === 0;
    return [
      as('cat', `${user}/models/wine/mlflow-wine/1/MLmodel`),
      as('cp', join(loop.work, 'file'), `${user}/models/try-${user}`),
      as('mb', `${user}/other`),
      as('admin', 'user', 'list', user),
    ];
  };
  const allowed: Readonly<Record<string, readonly boolean[]>> = {
    batch: [true, true, false, false],
    mlflow: [true, true, false, false],
    seldon: [true, false, false, false],
  };
  // Those of the bucket of backups have no business in this one.
  const names = Object.keys(users).sort();
  same(
    names.map((user) => [user, tries(user)]),
    names.map((user) => [user, allowed[user] ?? [false, false, false, false]]),
  );
  return `read, write, make a bucket, list users: mlflow and batch the first two, seldon the first, ${names.length - 3} others none`;
}
