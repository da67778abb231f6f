/** A model that calls out: whom its file names, and nobody else. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { same } from '../../cluster/checks';
import { HOST, until } from '../../cluster/cluster';
import { finished } from '../../cluster/commands';
import { CLIENT, CLIENT_IMAGE } from '../client';
import { renderAndApply, whileChanged } from '../follow';
import type { RunningPlatform } from '../running-platform';

const NAME = 'caller';
const PLACE = 'models/field/caller';
const STORE = { namespace: 'feature-store', name: 'features', port: 6566, other: 6567 };
/** The first is the one that the model file names, by a Service that has another port than its pods. */
const TARGETS = [
  `${STORE.name}.${STORE.namespace}:80`,
  `${STORE.name}.${STORE.namespace}:81`,
  'mlflow.mlflow:5000',
  'kubernetes.default:443',
  `${HOST}:6443`,
];
export async function modelCallsOut(platform: RunningPlatform): Promise<string> {
  await startStore(platform);
  await publish(platform);
  const free = await platform.exec(
    CLIENT.namespace,
    CLIENT.pod,
    'python3',
    '-c',
    `${CALL}\nimport json\nprint(json.dumps(call(range(len(TARGETS)))))`,
  );
  // The client, which no policy holds, reaches all of them.
  same(
    JSON.parse(free),
    TARGETS.map(() => 1),
  );
  const answers = await whileChanged(platform, async () => {
    const file = join(platform.props.repository.environment(), 'models', `${NAME}.yaml`);
    const egress = `{namespaces: [{name: ${STORE.namespace}, ports: [${STORE.port}]}]}`;
    writeFileSync(file, `server: MLFLOW_SERVER\nuri: s3://${PLACE}\negress: ${egress}\n`);
    await renderAndApply(platform, '10-setup', '50-models');
    await platform.modelsAvailable();
    try {
      return await platform.forward('ml-models', `svc/${NAME}-default`, '8000', ask);
    } finally {
      await platform.kubectl('delete', 'sdep', '-n', 'ml-models', NAME);
    }
  });
  await renderAndApply(platform, '10-setup');
  await platform.kubectl('delete', 'namespace', STORE.namespace);
  same(
    answers,
    TARGETS.map((_, index) => (index === 0 ? 1 : 0)),
  );
  return `reached ${TARGETS[0]}, and not ${TARGETS.slice(1).join(', ')}`;
}

async function ask(): Promise<unknown> {
  const data = TARGETS.map((_, index) => index);
  const body = {
    parameters: { content_type: 'pd' },
    inputs: [{ name: 'target', shape: [data.length], datatype: 'INT64', data }],
  };
  const response = await fetch('http://localhost:8000/v2/models/classifier/infer', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${text}`);
  return (JSON.parse(text) as { outputs: { data: number[] }[] }).outputs[0]?.data;
}

/** A server on two ports, of which the model may call one. */
async function startStore(platform: RunningPlatform): Promise<void> {
  const { namespace, name, port, other } = STORE;
  const container = (at: number) => ({
    name: `at-${at}`,
    image: CLIENT_IMAGE,
    command: ['python3', '-m', 'http.server', String(at), '--directory', '/etc'],
  });
  await platform.apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels: { app: name } },
      spec: { containers: [container(port), container(other)], terminationGracePeriodSeconds: 1 },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace },
      spec: {
        selector: { app: name },
        ports: [
          { name: 'features', port: 80, targetPort: port },
          { name: 'other', port: 81, targetPort: other },
        ],
      },
    },
  );
  await platform.kubectl('wait', '-n', namespace, '--for=condition=Ready', `pod/${name}`, '--timeout=2m');
  await until('it answers the client', 60, async () => {
    const { code, stderr } = await platform.props.cluster.kubectl([
      ...['exec', '-n', CLIENT.namespace, CLIENT.pod, '--', 'python3', '-c'],
      `import urllib.request as r; r.urlopen("http://${TARGETS[0]}", timeout=4)`,
    ]);
    return code === 0 ? undefined : stderr;
  });
}

async function publish(platform: RunningPlatform): Promise<void> {
  const folder = join(platform.props.work, NAME);
  finished(platform.python('-c', SAVE, folder));
  await platform.forward('minio-system', 'svc/minio', '9000', async () => {
    finished(await platform.mc('cp', '--recursive', `${folder}/`, `root/${PLACE}/`));
  });
}

/** 1 for each target that answers, 0 for each that does not. */
const CALL = `
TARGETS = ${JSON.stringify(TARGETS)}
def call(chosen):
    import socket
    from concurrent.futures import ThreadPoolExecutor
    def reach(index):
        host, port = TARGETS[int(index)].rsplit(":", 1)
        address = socket.gethostbyname(host)  # a name that DNS does not know is a failure of the test
        try:
            socket.create_connection((address, int(port)), timeout=5).close()
            return 1
        except OSError:
            return 0
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(reach, chosen))
`;

/** Saves a model that calls the targets which it is asked about. */
const SAVE = `
import sys, mlflow, numpy
${CALL}
class Caller(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return numpy.array(call(model_input["target"]))
mlflow.pyfunc.save_model(sys.argv[1], python_model=Caller(), pip_requirements=[])
`;
