/** Each thing that a model file can say, and what becomes of it in the SeldonDeployment. */
import { type KubernetesObject, objectsOf, platformConfig } from '../../support/platform';
import { refusals } from '../../support/seldon-webhook';

type Any = KubernetesObject['spec'];

const PLATFORM = {
  frontend: { enabled: false },
  access: { kind: 'gateway', domain: 'ml.test' },
  seldon: { keda: { enabled: true } },
  modelStores: { gs: { secret: 'gcs-x', port: 8443 } },
};

/** The SeldonDeployment of a model file, and the first predictor taken apart. */
function render(settings: object) {
  const objects = objectsOf(platformConfig(PLATFORM, [{ name: 'm', ...settings }]));
  const deployment = objects.find(({ kind }) => kind === 'SeldonDeployment');
  const [predictor] = deployment?.spec.predictors ?? [];
  const pod: Any = predictor.componentSpecs[0].spec;
  return { objects, deployment: deployment as KubernetesObject, predictor, pod, server: pod.containers[0] };
}

const files = { server: 'SKLEARN_SERVER', uri: 's3://models/a' };
const child = (name: string) => ({ name, server: 'SKLEARN_SERVER', uri: `s3://models/${name}` });
const image = 'registry.test/team/x:7';

describe('a prepackaged server', () => {
  test.each([
    ['SKLEARN_SERVER', 'v2'],
    ['SKLEARN_SERVER', 'seldon'],
    ['XGBOOST_SERVER', 'v2'],
    ['XGBOOST_SERVER', 'seldon'],
    ['MLFLOW_SERVER', 'v2'],
    ['TENSORFLOW_SERVER', 'seldon'],
    ['TENSORFLOW_SERVER', 'tensorflow'],
    ['TRITON_SERVER', 'v2'],
    ['HUGGINGFACE_SERVER', 'v2'],
  ])('%s speaks %s', (server, protocol) => {
    const { deployment, predictor } = render({
      server,
      protocol,
      uri: 's3://models/a',
      parameters: { task: 'fill-mask' },
    });
    expect(deployment.spec.protocol).toBe(protocol);
    expect(predictor.graph).toMatchObject({ implementation: server, modelUri: 's3://models/a' });
    expect(refusals(deployment)).toEqual([]);
  });
});

describe('TensorFlow Serving behind its proxy', () => {
  const { pod, predictor, server } = render({
    server: 'TENSORFLOW_SERVER',
    protocol: 'seldon',
    uri: 's3://models/a',
    placement: { gpus: 3 },
    resources: { requests: { memory: '700Mi' }, limits: { memory: '900Mi' } },
  });
  const [, serving] = pod.containers;

  test('has the files, the memory and the GPUs', () => {
    expect(pod.containers.map(({ name }: Any) => name)).toEqual(['classifier', 'tfserving']);
    expect(pod.initContainers.map(({ name }: Any) => name)).toEqual(['tfserving-model-initializer']);
    expect(serving.resources.limits).toMatchObject({ memory: '900Mi', 'nvidia.com/gpu': '3' });
    expect(serving.volumeMounts).toContainEqual({
      name: 'tfserving-provision-location',
      mountPath: '/mnt/models',
      readOnly: true,
    });
    expect(server.volumeMounts).toEqual([{ name: 'tmp', mountPath: '/tmp' }]);
    expect(server.resources.limits).not.toHaveProperty('nvidia.com/gpu');
  });

  test('is as hardened as other containers', () => {
    expect(serving.securityContext).toEqual(server.securityContext);
  });

  test('gives its Deployment the name of a pod with several containers', () => {
    expect(predictor.componentSpecs[0].metadata.name).toBe('graph');
  });
});

describe('an image of one’s own', () => {
  const container = {
    port: 7070,
    command: ['run'],
    args: ['--x'],
    env: { THREADS: '3' },
    secrets: ['login-x'],
    volumes: [{ path: '/data', configMap: 'labels-x' }],
    uid: 1234,
  };
  const own = render({ image, container });

  test('runs as its file says', () => {
    expect(own.server).toMatchObject({
      image,
      command: ['run'],
      args: ['--x'],
      envFrom: [{ secretRef: { name: 'login-x' } }],
      ports: [{ name: 'http', containerPort: 7070 }],
    });
    expect(own.server.env).toContainEqual({ name: 'THREADS', value: '3' });
    expect(own.pod.securityContext).toMatchObject({ runAsUser: 1234, runAsNonRoot: true });
  });

  test('reads its volumes, and writes none', () => {
    const mount = own.server.volumeMounts.find(({ mountPath }: Any) => mountPath === '/data');
    expect(mount.readOnly).toBe(true);
    expect(own.pod.volumes).toContainEqual({ name: mount.name, configMap: { name: 'labels-x' } });
  });

  test('is a container of the graph, with no implementation and nothing fetched for it unasked', () => {
    expect(own.predictor.graph).toEqual({ name: 'classifier', children: [] });
    expect(own.pod.initContainers).toBeUndefined();
    const fetching = render({ image, uri: 's3://models/own' });
    expect(fetching.pod.initContainers[0].args).toEqual(['s3://models/own', '/mnt/models']);
  });
});

describe('several predictors', () => {
  test('share the traffic, each with files of its own', () => {
    const { deployment } = render({
      ...files,
      predictors: [
        { name: 'main', traffic: 71 },
        { name: 'canary', traffic: 29, uri: 's3://models/b', replicas: 4 },
      ],
    });
    expect(deployment.spec.predictors).toMatchObject([
      { name: 'main', traffic: 71, replicas: 1, graph: { modelUri: 's3://models/a' } },
      { name: 'canary', traffic: 29, replicas: 4, graph: { modelUri: 's3://models/b' } },
    ]);
  });

  test('may be of different kinds', () => {
    const { deployment } = render({
      ...files,
      predictors: [
        { name: 'a', traffic: 50 },
        { name: 'b', traffic: 50, image },
      ],
    });
    expect(deployment.spec.predictors[1].graph).not.toHaveProperty('implementation');
    expect(deployment.spec.predictors[1].componentSpecs[0].spec.containers[0].image).toBe(image);
  });

  test('may be a shadow, and may have labels', () => {
    const { deployment } = render({
      ...files,
      predictors: [
        { name: 'a', labels: { colour: 'blue' } },
        { name: 'b', shadow: true, traffic: 40 },
      ],
    });
    expect(deployment.spec.predictors).toMatchObject([{ labels: { colour: 'blue' } }, { shadow: true, traffic: 40 }]);
  });
});

describe('a graph', () => {
  const { deployment, predictor, pod } = render({
    protocol: 'seldon',
    graph: {
      name: 'router',
      type: 'ROUTER',
      image,
      parameters: { branches: 2, epsilon: 0.5, verbose: true, kind: 'x' },
      children: [child('a'), { name: 'scale', type: 'TRANSFORMER', image, children: [child('b')] }],
    },
  });

  test('keeps its shape', () => {
    expect(predictor.graph).toMatchObject({
      name: 'router',
      type: 'ROUTER',
      children: [
        { name: 'a', implementation: 'SKLEARN_SERVER' },
        { name: 'scale', type: 'TRANSFORMER', children: [{ name: 'b', modelUri: 's3://models/b' }] },
      ],
    });
    expect(refusals(deployment)).toEqual([]);
  });

  test('has a container for each node, in one pod with a short name, behind the executor', () => {
    expect(pod.containers.map(({ name }: Any) => name)).toEqual(['router', 'a', 'scale', 'b']);
    expect(pod.initContainers.map(({ name }: Any) => name)).toEqual(['a-model-initializer', 'b-model-initializer']);
    expect(predictor.componentSpecs[0].metadata.name).toBe('graph');
    expect(predictor.annotations).toBeUndefined();
  });

  test('types its parameters as they are written', () => {
    expect(predictor.graph.parameters).toEqual([
      { name: 'branches', value: '2', type: 'INT' },
      { name: 'epsilon', value: '0.5', type: 'FLOAT' },
      { name: 'verbose', value: 'true', type: 'BOOL' },
      { name: 'kind', value: 'x', type: 'STRING' },
    ]);
  });

  test('tells callers which child a router chose, which they send back with their feedback', () => {
    const ROUTING = { name: 'SELDON_ENABLE_ROUTING_INJECTION', value: 'true' };
    const below = (root: object) => ({ name: 'top', image, children: [root] });
    const coin = {
      name: 'coin',
      router: 'RANDOM_ABTEST',
      parameters: { ratioA: 0.3 },
      children: [child('a'), child('b')],
    };
    expect(predictor.svcOrchSpec.env).toEqual([ROUTING]);
    expect(render({ protocol: 'seldon', graph: below(coin) }).predictor.svcOrchSpec.env).toEqual([ROUTING]);
    expect(render({ protocol: 'v2', graph: coin }).predictor.svcOrchSpec).not.toHaveProperty('env');
    expect(render({ protocol: 'seldon', graph: below(child('a')) }).predictor.svcOrchSpec).not.toHaveProperty('env');
  });

  test('may route inside the executor, with no container for that', () => {
    const coin = render({
      graph: { name: 'coin', router: 'RANDOM_ABTEST', parameters: { ratioA: 0.3 }, children: [child('a'), child('b')] },
    });
    expect(coin.predictor.graph).toMatchObject({ implementation: 'RANDOM_ABTEST' });
    expect(coin.pod.containers.map(({ name }: Any) => name)).toEqual(['a', 'b']);
  });
});

test('an explainer has files, options and pods of its own', () => {
  const explainer = { type: 'AnchorTabular', uri: 's3://models/why', config: { seed: '5' }, replicas: 3 };
  expect(render({ ...files, explainer }).predictor.explainer).toMatchObject({
    type: 'AnchorTabular',
    modelUri: 's3://models/why',
    config: { seed: '5' },
    replicas: 3,
  });
});

test('a scaler sets the number of pods, and nothing else does', () => {
  const { predictor } = render({ ...files, autoscaling: { min: 2, max: 9, cpu: 61 } });
  expect(predictor).not.toHaveProperty('replicas');
  expect(predictor.componentSpecs[0].hpaSpec).toEqual({
    minReplicas: 2,
    maxReplicas: 9,
    metricsv2: [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 61 } } },
    ],
  });
});

test('KEDA scales by triggers, as fast as it is told', () => {
  const keda = {
    min: 2,
    max: 4,
    cooldownPeriod: 77,
    triggers: [{ type: 'cpu', metricType: 'Utilization', metadata: { value: '60' }, authentication: 'login-x' }],
    behavior: { scaleDown: { policies: [{ type: 'Pods', value: 1, periodSeconds: 30 }] } },
  };
  const { predictor } = render({ ...files, keda });
  expect(predictor).not.toHaveProperty('replicas');
  expect(predictor.componentSpecs[0].kedaSpec).toMatchObject({
    minReplicaCount: 2,
    maxReplicaCount: 4,
    cooldownPeriod: 77,
    triggers: [{ type: 'cpu', metadata: { value: '60' }, authenticationRef: { name: 'login-x' } }],
    advanced: { horizontalPodAutoscalerConfig: { behavior: { scaleDown: { policies: [{ value: 1 }] } } } },
  });
});

describe('a disruption budget', () => {
  const budget = (settings: object) =>
    render({ ...files, ...settings }).objects.find(({ kind }) => kind === 'PodDisruptionBudget')?.spec;

  test('is a number or a percentage', () => {
    expect(budget({ disruptionBudget: { maxUnavailable: 2 } })).toMatchObject({ maxUnavailable: 2 });
    expect(budget({ disruptionBudget: { minAvailable: '40%' } })).toMatchObject({ minAvailable: '40%' });
  });

  test('lets one of several pods go, and any that is not ready', () => {
    expect(budget({ replicas: 3 })).toEqual({
      maxUnavailable: 1,
      selector: { matchLabels: { 'seldon-deployment-id': 'm' } },
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    });
  });

  test('is there where an autoscaler may start several', () => {
    expect(budget({ autoscaling: { max: 2, cpu: 50 } })).toMatchObject({ maxUnavailable: 1 });
  });

  test('of one pod is none: its node could not be drained', () => {
    expect(budget({})).toBeUndefined();
  });
});

test('placement puts the pods where they may be, and gives the root its devices', () => {
  const placement = {
    gpus: 2,
    gpuResource: 'gpu.test/x',
    nodeSelector: { pool: 'x' },
    tolerations: [{ key: 'taint-x', effect: 'NoSchedule' }],
  };
  const { pod, server } = render({ ...files, placement });
  expect(pod).toMatchObject({ nodeSelector: { pool: 'x' }, tolerations: [{ key: 'taint-x', operator: 'Exists' }] });
  expect(server.resources.limits).toMatchObject({ 'gpu.test/x': '2' });
});

test('model, executor and initializer each have what they are given', () => {
  const amounts = (cpu: string) => ({ requests: { cpu }, limits: { cpu: '9' } });
  const { predictor, pod, server } = render({
    ...files,
    engine: true,
    resources: amounts('1'),
    engineResources: amounts('2'),
    initializerResources: amounts('3'),
  });
  const requests = [server, predictor.svcOrchSpec, pod.initContainers[0]].map(
    ({ resources }) => resources.requests.cpu,
  );
  expect(requests).toEqual(['1', '2', '3']);
});

describe('what the executor logs of a graph', () => {
  const url = 'http://log.test:99/';
  /** The names of the nodes that log. */
  const logging = (root: object, model: object = { logger: { url } }): string[] => {
    const nodes = (node: Any): Any[] => [node, ...(node.children ?? []).flatMap(nodes)];
    const { predictor } = render({ protocol: 'seldon', ...model, graph: root });
    return nodes(predictor.graph)
      .filter(({ logger }) => logger)
      .map(({ name }) => name);
  };
  const node = (type: string, ...children: object[]) => ({
    name: type.toLowerCase().replace('_', '-'),
    type,
    image,
    children,
  });

  test('is logged by whichever node a router chooses', () => {
    const coin = {
      name: 'coin',
      router: 'RANDOM_ABTEST',
      parameters: { ratioA: 0.3 },
      children: [child('b'), child('c')],
    };
    expect(logging(node('ROUTER', child('a'), coin))).toEqual(['a', 'b', 'c']);
  });

  test('is logged by one of the nodes that all are asked the same', () => {
    expect(logging(node('COMBINER', child('a'), child('b')))).toEqual(['a']);
    expect(logging(node('COMBINER', node('TRANSFORMER', child('a')), child('b')))).toEqual(['b']);
  });

  test('is logged before the answer is changed', () => {
    expect(logging(node('OUTPUT_TRANSFORMER', child('a')))).toEqual(['a']);
  });

  test('is logged by the nodes that say so', () => {
    const scaled = node('TRANSFORMER', { ...child('a'), logger: { url } });
    expect(logging(scaled, {})).toEqual(['a']);
  });

  test('is what a detector is sent', () => {
    const detector = { kind: 'outlier', uri: 's3://models/d' };
    expect(logging(node('COMBINER', child('a'), child('b')), { detector })).toEqual(['a']);
  });
});

test('the executor logs to where it is told', () => {
  const logger = { mode: 'response', url: 'http://log.test:99/' };
  expect(render({ ...files, logger }).predictor.graph.logger).toEqual(logger);
});

test('a further store has a Secret and a way out of its own', () => {
  const { objects, predictor, pod } = render({ ...files, uri: 'gs://team/a' });
  expect(pod.initContainers[0].envFrom).toEqual([{ secretRef: { name: 'gcs-x' } }]);
  expect(predictor.graph.envSecretRefName).toBe('gcs-x');
  const policy = objects.find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'models');
  expect(JSON.stringify(policy?.spec.egress)).toContain('8443');
});

test('a volume is copied from, and needs no Secret', () => {
  const { pod } = render({ ...files, uri: 'pvc://claim-x/deep/path' });
  const [fetcher] = pod.initContainers;
  expect(fetcher.args).toEqual(['/mnt/source/deep/path', '/mnt/models']);
  expect(fetcher).not.toHaveProperty('envFrom');
  expect(JSON.stringify(pod.volumes)).toContain('"claimName":"claim-x"');
});
