/** Mistakes that users make, and whether README.md's table of troubles says what they see. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../cluster/cluster';
import { finished } from '../cluster/commands';
import { ofKind } from '../cluster/environments';
import type { KubernetesObject } from '../cluster/objects';
import type { Context } from './context';

/** @throws Error where README.md has no line that says this */
function documented(context: Context, ...words: string[]): void {
  const readme = readFileSync(join(context.props.project, 'README.md'), 'utf8');
  const table = /^## Troubleshooting\n([\s\S]*?)^## /m.exec(readme)?.[1] ?? '';
  const found = table.split('\n').some((line) => words.every((word) => line.includes(word)));
  if (!found) throw new Error(`README.md's troubleshooting does not say ${words.join(' and ')}`);
}

/** Replaces a Secret by another version of it while something happens, and puts it back. */
async function withSecret(
  context: Context,
  namespace: string,
  name: string,
  change: (data: Record<string, string>) => Record<string, string> | undefined,
  body: () => Promise<string>,
): Promise<string> {
  const { cluster } = context.props;
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
  const remove = () => context.kubectl('delete', 'secret', '-n', namespace, name, '--ignore-not-found');
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

const pods = (context: Context, namespace: string, selector: string) =>
  context.kubectl('get', 'pods', '-n', namespace, '-l', selector, '--no-headers');

/** A wrong password of the database. */
export async function wrongPassword(context: Context): Promise<string> {
  const selector = 'app.kubernetes.io/component=server';
  const wrong = (data: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(data).map(([key, value]) => {
        const text = Buffer.from(value, 'base64')
          .toString()
          .replace(/^password=.*$/m, 'password=wrong');
        return [key, Buffer.from(text).toString('base64')];
      }),
    );
  const seen = await withSecret(context, 'mlflow', 'mlflow-database', wrong, async () => {
    await context.kubectl('rollout', 'restart', '-n', 'mlflow', 'deployment/mlflow');
    let said = '';
    await until('the new pod waits for the database', 120, async () => {
      const lines = (await pods(context, 'mlflow', selector)).split('\n');
      const waiting = lines.find((line) => line.includes('Init:0/1'))?.split(/\s+/)[0];
      if (waiting === undefined) return lines.join('\n');
      const { stdout, stderr } = await context.props.cluster.kubectl([
        'logs',
        '-n',
        'mlflow',
        waiting,
        '--all-containers',
      ]);
      said = stdout.split('\n').find((line) => line.includes('waiting for the database')) ?? '';
      return said === '' ? stdout + stderr : undefined;
    });
    return said;
  });
  documented(context, 'Init:0/1', 'waiting for the database');
  await context.kubectl('rollout', 'status', '-n', 'mlflow', 'deployment/mlflow', '--timeout=5m');
  return `the old pod serves on; the new one says: ${seen}`;
}

/** A Secret that is not there, as variables and as a volume. */
export async function missingSecret(context: Context): Promise<string> {
  const cases = [
    ['ml-models', 'seldon-init-container-secret', 'seldon-deployment-id=mlflow-wine', 'CreateContainerConfigError'],
    ['mlflow', 'mlflow-object-store', 'app.kubernetes.io/component=server', 'FailedMount'],
  ] as const;
  for (const [namespace, name, selector, sign] of cases) {
    await withSecret(
      context,
      namespace,
      name,
      () => undefined,
      async () => {
        await context.kubectl('delete', 'pod', '-n', namespace, '-l', selector, '--wait=false');
        await until(`${namespace} shows ${sign}`, 180, async () => {
          const events = await context.kubectl(
            'get',
            'events',
            '-n',
            namespace,
            '--field-selector',
            'reason=FailedMount',
          );
          const seen = (await pods(context, namespace, selector)) + events;
          return seen.includes(sign) ? undefined : seen;
        });
        return '';
      },
    );
    documented(context, sign);
    await until(`${namespace} goes on by itself`, 400, async () => {
      const seen = await pods(context, namespace, selector);
      return seen
        .trim()
        .split('\n')
        .every((line) => /\b1\/1\b.*Running/.test(line))
        ? undefined
        : seen;
    });
  }
  return 'CreateContainerConfigError and FailedMount; pods went on by themselves';
}

/** A model that points at nothing. */
export async function nowhere(context: Context): Promise<string> {
  const [model] = ofKind(context.props.env, 'SeldonDeployment').filter(
    ({ metadata }) => metadata.name === 'mlflow-wine',
  );
  if (!model) throw new Error('there is no mlflow-wine');
  const text = JSON.stringify({ ...model, metadata: { ...model.metadata, name: 'nowhere' } });
  const object = JSON.parse(text.replaceAll('s3://models/wine/mlflow-wine/1', 's3://models/nowhere/1')) as object;
  await context.apply(object);
  try {
    const seen = await crash(context, 'nowhere');
    documented(context, 'restarts', 'No such file', 'rclone copies nothing');
    return seen;
  } finally {
    await context.kubectl('delete', 'sdep', '-n', 'ml-models', 'nowhere');
  }
}

/** What a model's pod says before it restarts. */
async function crash(context: Context, name: string): Promise<string> {
  const selector = `seldon-deployment-id=${name}`;
  let said = '';
  await until(`the pod of ${name} restarts`, 300, async () => {
    const seen = await pods(context, 'ml-models', selector);
    const [pod = '', , status = '', restarts = '0'] = seen.trim().split(/\s+/);
    if (Number.parseInt(restarts, 10) === 0 && !/Error|CrashLoopBackOff/.test(status)) return seen;
    for (const container of ['classifier', 'classifier-model-initializer']) {
      const { stdout } = await context.props.cluster.kubectl(['logs', '-n', 'ml-models', pod, '-c', container]);
      const previous = await context.props.cluster.kubectl([
        'logs',
        '-n',
        'ml-models',
        pod,
        '-c',
        container,
        '--previous',
      ]);
      const line = (stdout + previous.stdout)
        .split('\n')
        .find((text) => /No such file|not found|Error|ERROR/.test(text));
      if (line !== undefined) {
        said = `${status}, ${container}: ${line.trim()}`;
        return undefined;
      }
    }
    return seen;
  });
  return said;
}

/** The bucket is gone: what users see, and the way back that README.md gives. */
export async function missingBucket(context: Context): Promise<string> {
  await context.forward('minio-system', 'svc/minio', '9000', async () => {
    finished(await context.mc('rb', '--force', 'root/models'));
  });
  await context.kubectl('delete', 'pod', '-n', 'ml-models', '-l', 'seldon-deployment-id=xgb-wine-k8s', '--wait=false');
  const seen = await crash(context, 'xgb-wine-k8s');
  documented(context, 'directory not found', 'bucket');
  await context.kubectl('delete', 'job', '-n', 'minio-system', '-l', 'app.kubernetes.io/component=setup');
  await context.kubectl('apply', '--server-side', '-f', join(context.props.env.folder, '30-data'));
  await context.kubectl(
    'wait',
    '-n',
    'minio-system',
    '--for=condition=Complete',
    'job',
    '-l',
    'app.kubernetes.io/component=setup',
    '--timeout=10m',
  );
  return seen;
}
