/** What the operator makes of the examples: names, labels, ports, and that its parts find each other. */
import { resolveImages } from '../../../charts/images/resolve';
import { expand } from '../../../charts/seldon/expansion/expansion';
import type { SeldonDeploymentJson } from '../../../charts/seldon/expansion/seldon-json';
import { matches } from '../../support/cluster';
import { exampleEnvironments } from '../../support/environments';
import { type KubernetesObject, objectsOf } from '../../support/platform';

const images = resolveImages({ overrides: {}, seldonVersion: '1.17.1' });
const models = exampleEnvironments()
  .flatMap((config) => objectsOf(config))
  .filter(({ kind }) => kind === 'SeldonDeployment');

/** The objects made of one example, by "Kind name". */
function made(name: string): Record<string, KubernetesObject> {
  const model = models.find(({ metadata }) => metadata.name === name) as unknown as SeldonDeploymentJson;
  const objects = JSON.parse(JSON.stringify(expand(model, images))) as KubernetesObject[];
  return Object.fromEntries(objects.map((object) => [`${object.kind} ${object.metadata.name}`, object]));
}
const get = (objects: Record<string, KubernetesObject>, name: string): KubernetesObject => {
  const found = objects[name];
  if (!found) throw new Error(`${name} is not among ${Object.keys(objects).join(', ')}`);
  return found;
};
const portsOf = ({ spec }: KubernetesObject) => spec.ports.map(({ port }: { port: number }) => port);
const containersOf = ({ spec }: KubernetesObject): KubernetesObject['spec'][] => spec.template.spec.containers;

test('a model is a Deployment, a Service that callers use, and one for its node', () => {
  expect(Object.keys(made('iris'))).toEqual([
    'Deployment iris-default-0-classifier',
    'Service iris-default',
    'Service iris-default-classifier',
  ]);
});

test('without the executor callers reach the server, at the ports that it declares', () => {
  const objects = made('iris');
  expect(portsOf(get(objects, 'Service iris-default'))).toEqual([8000, 5001]);
  expect(portsOf(get(made('ranker'), 'Service ranker-default'))).toEqual([8080, 9500]);
  expect(containersOf(get(objects, 'Deployment iris-default-0-classifier')).map(({ image }) => image)).toEqual([
    images.mlserverSklearn.reference,
  ]);
});

test('with the executor callers reach that, and each node has ports of its own', () => {
  const objects = made('ensemble');
  const deployment = get(objects, 'Deployment ensemble-default-0-graph');
  expect(containersOf(deployment).map(({ name }) => name)).toEqual([
    'merge',
    'linear',
    'boosted',
    'seldon-container-engine',
  ]);
  expect(portsOf(get(objects, 'Service ensemble-default'))).toEqual([8000, 5001]);
  expect(portsOf(get(objects, 'Service ensemble-default-boosted'))).toEqual([9002, 9502]);
});

test('the executor drops no capabilities, so that Pod Security "restricted" refuses it', () => {
  const engine = containersOf(get(made('audited'), 'Deployment audited-default-0-classifier')).at(-1);
  expect(engine?.securityContext).toEqual({ runAsUser: 8888, allowPrivilegeEscalation: false });
});

test('a pod that ends goes on for ten seconds, but for its executor, which no field gives them', () => {
  const hooks = containersOf(get(made('audited'), 'Deployment audited-default-0-classifier')).map(
    ({ name, lifecycle }) => [name, lifecycle?.preStop.exec.command.at(-1)],
  );
  expect(hooks).toEqual([
    ['classifier', '/bin/sleep 10'],
    ['seldon-container-engine', undefined],
  ]);
});

test('a pod keeps the securityContext that its model says', () => {
  const { spec } = get(made('iris'), 'Deployment iris-default-0-classifier').spec.template;
  expect(spec.securityContext).toMatchObject({ runAsUser: 1000, runAsNonRoot: true });
});

test('a pod without a securityContext gets the user of the operator', () => {
  const explaining = get(made('loan'), 'Deployment loan-default-explainer').spec.template.spec;
  expect(explaining.securityContext).toEqual({ runAsUser: 8888 });
});

test('a server learns from variables which model it serves and where', () => {
  const [server] = containersOf(get(made('iris'), 'Deployment iris-default-0-classifier'));
  const env = Object.fromEntries(server?.env.map(({ name, value }: { name: string; value: string }) => [name, value]));
  expect(env).toMatchObject({
    MLSERVER_HTTP_PORT: '8000',
    MLSERVER_MODEL_NAME: 'classifier',
    MLSERVER_MODEL_URI: '/mnt/models',
    MLSERVER_MODEL_IMPLEMENTATION: 'mlserver_sklearn.SKLearnModel',
    SELDON_EXECUTOR_ENABLED: 'true',
  });
});

test('a server that loads its model from a hub is told the folder all the same', () => {
  const [server] = containersOf(get(made('summary'), 'Deployment summary-default-0-classifier'));
  expect(server?.env).toContainEqual({ name: 'MLSERVER_MODEL_URI', value: '/mnt/models' });
});

test('TensorFlow Serving under its own protocol is what callers reach', () => {
  const [serving, ...others] = containersOf(get(made('digits'), 'Deployment digits-default-0-classifier'));
  expect(others).toEqual([]);
  expect(serving?.args).toEqual([
    '--port=5001',
    '--rest_api_port=8000',
    '--model_name=classifier',
    '--model_base_path=/mnt/models',
  ]);
});

test('TensorFlow Serving under Seldon’s protocol has a proxy in front, which learns where it is', () => {
  const containers = containersOf(get(made('letters'), 'Deployment letters-default-0-graph'));
  expect(containers.map(({ name }) => name)).toEqual(['scale', 'reader', 'tfserving', 'seldon-container-engine']);
  const [, proxy, serving] = containers;
  expect(proxy?.image).toBe(images.tensorflowProxy.reference);
  expect(serving).toMatchObject({
    image: images.tensorflowServing.reference,
    args: ['--port=2000', '--rest_api_port=2001', '--model_name=reader', '--model_base_path=/mnt/models'],
    ports: [{ containerPort: 2000 }, { containerPort: 2001 }],
  });
  const said = proxy?.env.find(({ name }: { name: string }) => name === 'PREDICTIVE_UNIT_PARAMETERS').value;
  expect(JSON.parse(said).map(({ name, value }: Record<string, string>) => [name, value])).toEqual([
    ['rest_endpoint', 'http://0.0.0.0:2001'],
    ['grpc_endpoint', '0.0.0.0:2000'],
    ['model_name', 'reader'],
  ]);
});

test('a scaler aims at the Deployment, whose number of pods nobody else sets', () => {
  const objects = made('search');
  const { spec } = get(objects, 'HorizontalPodAutoscaler search-default-0-classifier');
  expect(spec).toMatchObject({
    scaleTargetRef: { name: 'search-default-0-classifier' },
    minReplicas: 2,
    maxReplicas: 6,
  });
  expect(get(objects, 'Deployment search-default-0-classifier').spec).not.toHaveProperty('replicas');
  expect(Object.keys(made('forecast'))).toContain('ScaledObject forecast-default-0-classifier');
});

test('an explainer is a Deployment and a Service apart, and what fetches its files is the operator’s own', () => {
  const objects = made('loan');
  const deployment = get(objects, 'Deployment loan-default-explainer');
  expect(portsOf(get(objects, 'Service loan-default-explainer'))).toEqual([9000]);
  expect(deployment.spec.template.spec.initContainers[0]).not.toHaveProperty('securityContext');
  expect(deployment.spec.template.metadata.labels['seldon-app']).toBe('loan-default-explainer');
});

test('predictors are told apart by their labels, and a shadow shows that it is one', () => {
  const objects = made('fraud');
  const labels = (name: string) => get(objects, `Deployment ${name}`).spec.template.metadata.labels;
  expect(labels('fraud-main-0-classifier')).toMatchObject({ version: 'main' });
  expect(labels('fraud-next-0-classifier')).toMatchObject({ version: 'next', 'seldon.io/shadow': 'true' });
  expect(get(made('rating'), 'Deployment rating-green-0-classifier').spec.template.metadata.labels.colour).toBe(
    'green',
  );
});

describe.each(models.map(({ metadata }) => metadata.name))('%s', (name) => {
  const objects = Object.values(made(name));
  const templates = objects.filter(({ kind }) => kind === 'Deployment').map(({ spec }) => spec);

  test('every selector finds its own pods', () => {
    for (const { selector, template } of templates) {
      expect(matches(selector.matchLabels, template.metadata.labels)).toBe(true);
      const found = templates.filter((other) => matches(selector.matchLabels, other.template.metadata.labels));
      // The operator lets an explainer's selector find the model as well; ReplicaSets tell their pods by a hash.
      expect(found).toHaveLength(template.metadata.labels['seldon.io/explainer'] ? templates.length : 1);
    }
  });

  test('every Service leads to pods of one Deployment, at ports that they have', () => {
    for (const { spec } of objects.filter(({ kind }) => kind === 'Service')) {
      const found = templates.filter(({ template }) => matches(spec.selector, template.metadata.labels));
      expect(found).toHaveLength(1);
      const ports = found[0].template.spec.containers.flatMap((container: KubernetesObject['spec']) =>
        container.ports.map(({ containerPort }: { containerPort: number }) => containerPort),
      );
      for (const { targetPort } of spec.ports) expect(ports).toContain(targetPort);
    }
  });
});
