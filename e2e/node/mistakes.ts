/** Mistakes that users make, and whether the troubleshooting of docs/operations.md says what they see. */
import { until } from '../cluster/cluster';
import { finished } from '../cluster/commands';
import { ofKind } from '../cluster/environments';
import type { KubernetesObject } from '../cluster/objects';
import { follow } from './follow';
import type { RunningPlatform } from './running-platform';
import { noticed } from './troubleshooting';

/** Replaces a Secret by another version of it while something happens, and puts it back. */
async function withSecret(
  platform: RunningPlatform,
  namespace: string,
  name: string,
  change: (data: Record<string, string>) => Record<string, string> | undefined,
  body: () => Promise<string>,
): Promise<string> {
  const { cluster } = platform.props;
  const secret = await cluster.get<KubernetesObject & { data: Record<string, string> }>(
    '-n',
    namespace,
    'secret',
    name,
  );
  const put = (data: Record<string, string>) => {
    const { labels } = secret.metadata;
    const object = { ...secret, metadata: { name, namespace, labels }, data };
    return cluster.run(['create', '-f', '-'], JSON.stringify(object));
  };
  const remove = () => platform.kubectl('delete', 'secret', '-n', namespace, name, '--ignore-not-found');
  const changed = change(secret.data);
  await remove();
  if (changed) await put(changed);
  try {
    return await body();
  } finally {
    await remove();
    await put(secret.data);
  }
}

/** A wrong password of the database. */
export async function wrongPassword(platform: RunningPlatform): Promise<string> {
  const wrong = (data: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(data).map(([key, value]) => {
        const text = Buffer.from(value, 'base64').toString();
        return [key, Buffer.from(text.replace(/^password=.*$/m, 'password=wrong')).toString('base64')];
      }),
    );
  const row = await withSecret(platform, 'mlflow', 'mlflow-database', wrong, async () => {
    await platform.kubectl('rollout', 'restart', '-n', 'mlflow', 'deployment/mlflow');
    return noticed(platform, 'mlflow', 'app.kubernetes.io/component=server', /waiting for the database/);
  });
  await platform.kubectl('rollout', 'status', '-n', 'mlflow', 'deployment/mlflow', '--timeout=5m');
  return `the old pod serves on; the new one: ${row}`;
}

/** A Secret that is not there, as variables and as a volume. */
export async function missingSecret(platform: RunningPlatform): Promise<string> {
  const cases = [
    ['ml-models', 'seldon-init-container-secret', 'seldon-deployment-id=mlflow-wine', /CreateContainerConfigError/],
    ['mlflow', 'mlflow-object-store', 'app.kubernetes.io/component=server', /FailedMount/],
  ] as const;
  const rows: string[] = [];
  for (const [namespace, name, selector, sign] of cases) {
    const absent = () => undefined;
    const row = await withSecret(platform, namespace, name, absent, async () => {
      await platform.kubectl('delete', 'pod', '-n', namespace, '-l', selector, '--wait=false');
      return noticed(platform, namespace, selector, sign);
    });
    rows.push(row);
    await until(`${namespace} goes on by itself`, 400, async () => {
      const table = await platform.kubectl('get', 'pods', '-n', namespace, '-l', selector, '--no-headers');
      const waiting = table.split('\n').filter((line) => line !== '' && !/\b1\/1\b.*Running/.test(line));
      return table === '' ? 'no pods' : waiting[0];
    });
  }
  return `${rows.join('; ')}; pods went on by themselves`;
}

/** A model that points at nothing. */
export async function nowhere(platform: RunningPlatform): Promise<string> {
  const models = ofKind(platform.props.env, 'SeldonDeployment');
  const model = models.find(({ metadata }) => metadata.name === 'mlflow-wine');
  if (!model) throw new Error('there is no mlflow-wine');
  const text = JSON.stringify({ ...model, metadata: { ...model.metadata, name: 'nowhere' } });
  await platform.apply(
    JSON.parse(text.replaceAll('s3://models/wine/mlflow-wine/1', 's3://models/nowhere/1')) as object,
  );
  try {
    return await noticed(platform, 'ml-models', 'seldon-deployment-id=nowhere', /\bCrashLoopBackOff\b/);
  } finally {
    await platform.kubectl('delete', 'sdep', '-n', 'ml-models', 'nowhere');
  }
}

/** The bucket is gone: what users see, and the way back that docs/operations.md gives. */
export async function missingBucket(platform: RunningPlatform): Promise<string> {
  const selector = 'seldon-deployment-id=xgb-wine-k8s';
  await platform.forward('minio-system', 'svc/minio', '9000', async () => {
    finished(await platform.mc('rb', '--force', 'root/models'));
  });
  await platform.kubectl('delete', 'pod', '-n', 'ml-models', '-l', selector, '--wait=false');
  const row = await noticed(platform, 'ml-models', selector, /\bInit:CrashLoopBackOff\b/);
  await follow(platform, 'A bucket that is lost');
  await follow(platform, 'Restore the bucket');
  return row;
}
