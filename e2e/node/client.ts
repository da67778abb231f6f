/** A pod of a team of its own, which calls the platform once the configuration says that it may. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../cluster/cluster';
import { finished } from '../cluster/commands';
import type { RunningPlatform } from './running-platform';

export const CLIENT = { namespace: 'team', pod: 'client' };
/** An image with Python and MLflow. */
export const CLIENT_IMAGE = 'ml-training:0.1.0';

/**
 * @param image has Python and MLflow
 * @param where its namespace, and its name
 */
export async function startClient(platform: RunningPlatform, image = CLIENT_IMAGE, where = CLIENT): Promise<string> {
  const { namespace, pod } = where;
  await platform.apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: pod, namespace },
      spec: {
        containers: [
          {
            name: pod,
            image,
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
  await platform.kubectl('wait', '-n', namespace, '--for=condition=Ready', `pod/${pod}`, '--timeout=5m');
  return `pod ${namespace}/${pod}`;
}

const PLACES = [
  'mlflow.mlflow:5000',
  'mlflow-wine-default.ml-models:8000',
  'postgresql.postgres:5432',
  'minio.minio-system:9000',
];

/** Which of the platform's addresses the client gets through to. */
async function reached(platform: RunningPlatform): Promise<string[]> {
  const said = await platform.exec(CLIENT.namespace, CLIENT.pod, 'python3', '-c', CONNECT, ...PLACES);
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
export async function isRefused(platform: RunningPlatform): Promise<string> {
  const places = await reached(platform);
  if (places.length > 0) throw new Error(`a pod of another namespace reaches ${places.join(', ')}`);
  return `not ${PLACES.join(', ')}`;
}

/** The owner of the environment names the namespace, renders, and applies the policies. */
export async function isAdmitted(platform: RunningPlatform): Promise<string> {
  const { repository, cluster } = platform.props;
  const { namespace } = CLIENT;
  const clients = `networkPolicies: {clients: {mlflow: [${namespace}], models: [${namespace}]}}\n`;
  writeFileSync(join(repository.environment(), 'platform.yaml'), clients);
  finished(repository.command('synth'));
  await cluster.run(['apply', '--server-side', '-f', join(repository.dist(), '10-setup')]);
  const open = PLACES.slice(0, 2);
  await until(`the client reaches ${open.join(', ')} alone`, 120, async () => {
    const places = await reached(platform);
    return places.join() === open.join() ? undefined : places.join(', ');
  });
  return open.join(', ');
}
