/** A data scientist trains: from a checkout, and in the cluster. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { same } from '../../cluster/checks';
import { finished } from '../../cluster/commands';
import type { Context } from '../context';
import { Manifests } from '../manifests';
import { Pod } from '../pod';

/** What a data scientist does first. */
export async function train(context: Context): Promise<void> {
  await context.checks.check('train.py trains, publishes and registers', () => {
    const { stdout } = context.trainWith('--seed', '7');
    return stdout.match(/registered {2}.*/g)?.join('; ') ?? '';
  });
  await context.checks.check('each key to the object store can do its part and no more', () => keys(context));
}

/** The same as a Job, for those who have no Python. */
export async function trainInCluster(context: Context): Promise<void> {
  await context.checks.check(
    'the training Job does the same in the cluster, and registers a further version',
    async () => {
      const server = createServer((_, response) => response.end(readFileSync(context.data)));
      server.listen(8099, '127.0.0.1');
      const root = context.checkout('training', (environment) => {
        const settings = 'training: {enabled: true, verify: false, data: "http://127.0.0.1:8099/wine.csv"}\n';
        writeFileSync(join(environment, 'platform.yaml'), settings);
      });
      finished(context.commandIn(root, 'node', 'cli/run.mjs', 'cli/main.ts', 'synth'));
      const template = new Manifests(join(root, 'dist/minikube'), '').pod('training', 'wine-training');
      try {
        const { code, log } = await new Pod(context.node, template).complete();
        if (code !== 0) throw new Error(log);
        // What it published has replaced what was served. Asked now, while MLflow is there to ask.
        context.answers.clear();
        context.expected('mlflow-wine', 'wine');
        return log.match(/registered {2}.*/g)?.join('; ') ?? Promise.reject(new Error(log));
      } finally {
        server.close();
      }
    },
  );
}

async function keys(context: Context): Promise<string> {
  const users = context.node.manifests.data('Secret', 'minio-system', 'minio-users');
  const tries = (user: string) => {
    writeFileSync(join(context.work, 'file'), 'x');
    const as = (...args: string[]) => context.mc(...args).status === 0;
    return [
      as('cat', `${user}/models/wine/mlflow-wine/1/MLmodel`),
      as('cp', join(context.work, 'file'), `${user}/models/try-${user}`),
      as('mb', `${user}/other`),
      as('admin', 'user', 'list', user),
    ];
  };
  same(Object.keys(users).sort(), ['mlflow', 'seldon']);
  same(
    { mlflow: tries('mlflow'), seldon: tries('seldon') },
    {
      mlflow: [true, true, false, false],
      seldon: [true, false, false, false],
    },
  );
  return 'read, write, make a bucket, list users: mlflow the first two, seldon the first';
}
