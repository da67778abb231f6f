/** MLflow with users of its own, over the same database: what each may do. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { same } from '../../cluster/checks';
import { finished } from '../../cluster/commands';
import { STARTING } from '../../cluster/repository';
import { TRACKING } from '../../software/wine-models';
import type { Loop } from '../loop';
import { Manifests } from '../manifests';
import { Pod } from '../pod';

const PASSWORD = 'a-password-for-tests';

export async function users(loop: Loop): Promise<void> {
  const repository = loop.changed('users', () => {});
  repository.change({ mlflow: { auth: 'basic', gc: { enabled: true } } });
  finished(repository.command('synth'));
  const values = join(loop.work, 'users.env');
  writeFileSync(values, knownTo(loop.host.manifests));
  const secrets = finished(repository.command('secrets', STARTING, '--values', values));
  const manifests = new Manifests(repository.dist(), secrets);
  const host = { ...loop.host, manifests };
  const passwords = manifests.data('Secret', 'mlflow', 'mlflow-users');
  const status = (user: string | undefined, path: string, body?: object) =>
    statusOf(user === undefined ? undefined : `${user}:${passwords[user] ?? PASSWORD}`, path, body);

  await loop.pod('mlflow').stop();
  const server = new Pod(host, manifests.pod('mlflow', 'mlflow'));
  await loop.checks.check('MLflow is ready with users, whose tables lie beside the others', async () => {
    await server.start();
    same(loop.sql('select count(*) from mlflow.users'), '2');
    return 'ready';
  });
  await loop.checks.check('it refuses who has no password, and shows its health to anybody', async () => {
    const found = [
      await status(undefined, API.first),
      await status('nobody', API.first),
      await status(undefined, '/health'),
    ];
    same(found, [401, 401, 200]);
    return found.join(', ');
  });
  await loop.checks.check('a user may read what another has made, and not change it', async () => {
    for (const username of ['ann', 'bob']) {
      same(await status('admin', API.users, { username, password: PASSWORD }), 200);
    }
    const made = await status('ann', API.make, { name: 'of-ann' });
    const read = await status('bob', `${API.find}of-ann`);
    const remove = await status('bob', API.delete, { experiment_id: loop.sql(OF_ANN) });
    same([made, read, remove], [200, 200, 403]);
    return `${made}, ${read}, ${remove}`;
  });
  await loop.checks.check('the clean-up deletes in the experiment of another', async () => {
    same(await status('ann', API.delete, { experiment_id: loop.sql(OF_ANN) }), 200);
    const pod = manifests.scheduledPod('mlflow', 'mlflow-gc');
    const containers = pod.spec.containers.map(({ args = [], ...rest }) => ({ ...rest, args: args.map(atOnce) }));
    const { code, log } = await new Pod(host, { ...pod, spec: { ...pod.spec, containers } }).complete();
    if (code !== 0) throw new Error(log);
    same(loop.sql(OF_ANN), '');
    return 'gone';
  });
  await server.stop();
  await loop.start('mlflow', 'mlflow');
}

/** What the database and the object store know of MLflow. */
export function knownTo(manifests: Manifests): string {
  const login = manifests.data('Secret', 'mlflow', 'mlflow-database')['pg_service.conf'] ?? '';
  const [, password] = /^password=(.+)$/m.exec(login) ?? [];
  const { mlflow: key } = manifests.data('Secret', 'minio-system', 'minio-users');
  return `MLFLOW_DB_PASSWORD=${password}\nMLFLOW_S3_SECRET_KEY=${key}\n`;
}

const OF_ANN = "select experiment_id from mlflow.experiments where name = 'of-ann'";
const API = {
  first: '/api/2.0/mlflow/experiments/get?experiment_id=0',
  find: '/api/2.0/mlflow/experiments/get-by-name?experiment_name=',
  make: '/api/2.0/mlflow/experiments/create',
  delete: '/api/2.0/mlflow/experiments/delete',
  users: '/api/2.0/mlflow/users/create',
};

const atOnce = (option: string) => option.replace(/^--older-than=.*$/, '--older-than=0s');

export async function statusOf(login: string | undefined, path: string, body?: object): Promise<number> {
  const headers = {
    'content-type': 'application/json',
    ...(login !== undefined && { authorization: `Basic ${Buffer.from(login).toString('base64')}` }),
  };
  const request = body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) };
  return (await fetch(`${TRACKING}${path}`, request)).status;
}
