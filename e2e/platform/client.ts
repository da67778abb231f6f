/** A pod of a team of its own, which calls the platform once the configuration says that it may. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../cluster/cluster';
import { finished, run } from '../cluster/commands';
import { checkout } from '../loop/data';
import type { Context } from './context';

export const CLIENT = { namespace: 'team', pod: 'client' };
/** An image with Python and MLflow. */
export const CLIENT_IMAGE = 'ml-training:0.1.0';

export async function startClient(context: Context): Promise<string> {
  const { namespace, pod } = CLIENT;
  await context.apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: pod, namespace },
      spec: {
        containers: [
          {
            name: pod,
            image: CLIENT_IMAGE,
            command: ['sleep', 'infinity'],
            env: [
              { name: 'HOME', value: '/tmp' },
              { name: 'MLFLOW_DISABLE_TELEMETRY', value: 'true' },
              { name: 'MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT', value: 'true' },
              { name: 'MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD', value: 'false' },
            ],
          },
        ],
        terminationGracePeriodSeconds: 1,
      },
    },
  );
  await context.kubectl('wait', '-n', namespace, '--for=condition=Ready', `pod/${pod}`, '--timeout=5m');
  return `pod ${namespace}/${pod}`;
}

const PLACES = [
  'mlflow.mlflow:5000',
  'mlflow-wine-default.ml-models:8000',
  'postgresql.postgres:5432',
  'minio.minio-system:9000',
];

/** Which of the platform's addresses the client gets through to. */
async function reached(context: Context): Promise<string[]> {
  const said = await context.exec(CLIENT.namespace, CLIENT.pod, 'python3', '-c', CONNECT, ...PLACES);
  return said
    .trim()
    .split('\n')
    .filter((line) => line !== '');
}

const CONNECT = `
import socket, sys
for place in sys.argv[1:]:
    host, port = place.split(":")
    try:
        address = socket.gethostbyname(host)  # a name that DNS does not know is a failure of the test
        socket.create_connection((address, int(port)), timeout=4).close()
        print(place)
    except OSError as refusal:
        if isinstance(refusal, socket.gaierror):
            raise
`;

/** Policies are enforced: a namespace that no configuration names gets nowhere. */
export async function isRefused(context: Context): Promise<string> {
  const places = await reached(context);
  if (places.length > 0) throw new Error(`a pod of another namespace reaches ${places.join(', ')}`);
  return `not ${PLACES.join(', ')}`;
}

/** The owner of the environment names the namespace, renders, and applies the policies. */
export async function isAdmitted(context: Context): Promise<string> {
  const { project, work, cluster } = context.props;
  const root = checkout(project, join(work, 'admitted'), (environment) => {
    const { namespace } = CLIENT;
    writeFileSync(
      join(environment, 'platform.yaml'),
      `networkPolicies: {clients: {mlflow: [${namespace}], models: [${namespace}]}}\n`,
    );
  });
  finished(run('node', ['cli/run.mjs', 'cli/main.ts', 'synth'], root));
  await cluster.run(['apply', '--server-side', '-f', join(root, 'dist/minikube/10-setup')]);
  const open = PLACES.slice(0, 2);
  await until(`the client reaches ${open.join(', ')} alone`, 120, async () => {
    const places = await reached(context);
    return places.join() === open.join() ? undefined : places.join(', ');
  });
  return open.join(', ');
}
