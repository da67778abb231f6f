/** From a model, as its file describes it, to a SeldonDeployment; store, namespace and names are of no environment. */
import { Models, type ModelsProps } from '../../../charts/models/models';
import type { NodeProps } from '../../../charts/models/node';
import type { ModelProps, PredictorProps } from '../../../charts/models/props';
import type { Protocol } from '../../../charts/models/protocol';
import { build, envOf, foreignBucket, foreignImages, foreignResources, secretText } from '../../support/foreign';
import { find, type KubernetesObject } from '../../support/platform';

const node: NodeProps = {
  name: 'node-x',
  server: 'SERVER_X',
  uri: 's3://lake/path/7',
  parameters: {},
  container: { env: {}, secrets: [], volumes: [] },
  resources: foreignResources,
  initializerResources: foreignResources,
  children: [],
};

const predictor: PredictorProps = {
  name: 'predictor-x',
  shadow: false,
  labels: {},
  replicas: 6,
  engine: false,
  graph: node,
};

const model: ModelProps = {
  name: 'model-x',
  protocol: 'v2',
  predictors: [predictor],
  placement: { gpuResource: 'gpu-x', nodeSelector: {}, tolerations: [] },
  engineResources: foreignResources,
};

type Change = Partial<ModelProps> & { predictor?: Partial<PredictorProps>; node?: Partial<NodeProps> };

/** The model with what differs, of itself, of its predictor or of its node. */
function changed({ predictor: ofPredictor, node: ofNode, ...change }: Change): ModelProps {
  return { ...model, predictors: [{ ...predictor, graph: { ...node, ...ofNode }, ...ofPredictor }], ...change };
}

/** The component, its objects, and the first model taken apart. */
function render(change: Change = {}, overrides: Partial<ModelsProps> = {}) {
  const { component, objects } = build(
    (app) =>
      new Models(app, {
        namespace: 'models-x',
        images: foreignImages,
        store: foreignBucket,
        models: [changed(change)],
        stores: {},
        clients: [],
        streamed: true,
        ...overrides,
      }),
  );
  const deployment = objects.find(({ kind }) => kind === 'SeldonDeployment') as KubernetesObject;
  const [first] = deployment.spec.predictors;
  const pod = first.componentSpecs[0].spec;
  const [server] = pod.containers;
  const [initializer] = pod.initContainers;
  return { component, objects, deployment, predictor: first, pod, server, initializer };
}
const served = render();
const withEngine = render({ predictor: { engine: true } });

describe('a model file', () => {
  test('becomes a SeldonDeployment of its name, in the namespace of the models', () => {
    expect(served.deployment.metadata).toMatchObject({ name: 'model-x', namespace: 'models-x' });
    expect(served.deployment.metadata.labels).toMatchObject({ 'app.kubernetes.io/name': 'model-x' });
  });

  test('becomes a file of dist/ of its own, after the operator', () => {
    const files = [...served.component.files()].map(({ stage, name }) => `${stage}/${name}`);
    expect(files).toEqual(['20-operators/models', '50-models/model-x']);
  });

  test('lies in one of 256 folders where there are more than a folder can show', () => {
    const many = Array.from({ length: 1001 }, (_, index) => changed({ name: `model-${index}` }));
    const paths = [...render({}, { models: many }).component.files()].slice(1).map(({ name }) => name);
    expect(new Set(paths).size).toBe(1001);
    expect(paths.every((path) => /^[0-9a-f]{2}\/model-\d+$/.test(path))).toBe(true);
    const fewer = [...render({}, { models: many.slice(1) }).component.files()].slice(1).map(({ name }) => name);
    expect(fewer.every((path) => /^model-\d+$/.test(path))).toBe(true);
  });

  test('says which server loads it, from where, under which names and in how many pods', () => {
    expect(served.deployment.spec.predictors).toHaveLength(1);
    expect(served.predictor).toMatchObject({ name: 'predictor-x', replicas: 6 });
    expect(served.predictor.graph).toMatchObject({
      name: 'node-x',
      implementation: 'SERVER_X',
      modelUri: 's3://lake/path/7',
      children: [],
    });
  });

  test('may ask for no pods at all', () => {
    expect(render({ predictor: { replicas: 0 } }).predictor.replicas).toBe(0);
  });

  test.each<Protocol>(['v2', 'seldon', 'tensorflow'])('says that it speaks %s', (protocol) => {
    expect(render({ protocol }).deployment.spec.protocol).toBe(protocol);
  });

  test('gives its server its resources', () => {
    expect(served.server).toMatchObject({ name: 'node-x', resources: foreignResources });
  });
});

describe('the pod of a model', () => {
  test('fetches the model before the server starts, with the image of the catalogue', () => {
    expect(served.initializer).toMatchObject({
      image: foreignImages.seldonInitializer.reference,
      imagePullPolicy: foreignImages.seldonInitializer.pullPolicy,
      args: ['s3://lake/path/7', '/mnt/models'],
    });
  });

  test('fetches it to where the server reads it, and only the first may write', () => {
    const mount = (container: KubernetesObject['spec']) =>
      container.volumeMounts.find(({ mountPath }: { mountPath: string }) => mountPath === '/mnt/models');
    expect(mount(served.initializer).name).toBe(mount(served.server).name);
    expect([mount(served.initializer).readOnly, mount(served.server).readOnly]).toEqual([undefined, true]);
  });

  test('has the container and the volume under the names by which the operator knows not to add its own', () => {
    expect(served.initializer.name).toBe('node-x-model-initializer');
    expect(served.pod.volumes.map(({ name }: { name: string }) => name)).toContain('node-x-provision-location');
  });

  test('leaves the image of the server to seldon-config', () => {
    expect(served.server.image).toBeUndefined();
  });

  test('runs as the account of the models, without a token, and logs in to the registry as it is told', () => {
    expect(served.pod).toMatchObject({ serviceAccountName: 'models', automountServiceAccountToken: false });
    expect(find(served.objects, 'ServiceAccount', 'models').automountServiceAccountToken).toBe(false);
    expect(served.pod.imagePullSecrets).toBeUndefined();
    expect(render({}, { pullSecret: 'login-x' }).pod.imagePullSecrets).toEqual([{ name: 'login-x' }]);
  });

  test('runs as the user of its image: MLServer has one of its own', () => {
    expect(served.pod.securityContext.runAsUser).toBe(1000);
    expect(render({ protocol: 'seldon' }).pod.securityContext.runAsUser).toBe(8888);
  });

  test('answers a fault without a stack trace, in one process', () => {
    expect(envOf(served.server)).toMatchObject({ MLSERVER_DEBUG: 'false', MLSERVER_PARALLEL_WORKERS: '0' });
    expect(envOf(render({ protocol: 'seldon' }).server)).toEqual({ HOME: '/tmp' });
  });

  test('has the variables that its file gives a prepackaged server, in place of those that it would have', () => {
    const env = { MLSERVER_PARALLEL_WORKERS: '3', THREADS: '2' };
    const { server } = render({ node: { container: { env, secrets: [], volumes: [] } } });
    expect(envOf(server)).toMatchObject(env);
    const names = server.env.map(({ name }: { name: string }) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  test('lets MLServer write below /tmp, and nothing else write there', () => {
    const { HOME, MLSERVER_DEBUG, MLSERVER_PARALLEL_WORKERS, ...folders } = envOf(served.server);
    expect(Object.keys(folders)).toEqual([
      'MLSERVER_METRICS_DIR',
      'MLSERVER_ENVIRONMENTS_DIR',
      'HF_HOME',
      'NUMBA_CACHE_DIR',
      'XDG_CACHE_HOME',
    ]);
    for (const folder of Object.values(folders)) expect(folder).toMatch(/^\/tmp\/./);
    expect(folders.MLSERVER_METRICS_DIR).toContain('node-x');
  });

  test('reads the private files of a remote "gs" by the Secret of the store, and public ones without it', () => {
    const uri = 'gs://lake/path';
    const variables = (anonymous?: boolean) =>
      envOf(render({ node: { uri } }, { stores: { gs: { secret: 's', port: 443, anonymous } } }).initializer);
    expect(variables()).toEqual({ HOME: '/tmp', RCLONE_CONFIG_GS_ANONYMOUS: 'false' });
    expect(variables(true)).toMatchObject({ RCLONE_CONFIG_GS_ANONYMOUS: 'true' });
    expect(envOf(served.initializer)).toEqual({ HOME: '/tmp' });
  });

  test('has a folder where the start script of MLServer unpacks an environment', () => {
    const mounts = (change: Change) =>
      render(change).server.volumeMounts.filter(({ mountPath }: { mountPath: string }) => mountPath.startsWith('/opt'));
    expect(mounts({})).toEqual([{ name: 'node-x-environment', mountPath: '/opt/mlserver/envs' }]);
    expect(served.pod.volumes).toContainEqual({ name: 'node-x-environment', emptyDir: { sizeLimit: '66Mi' } });
    expect(mounts({ protocol: 'seldon' })).toEqual([]);
    expect(mounts({ node: { server: 'TRITON_SERVER' } })).toEqual([]);
    expect(mounts({ node: { server: undefined, image: 'r.test/own:1' } })).toEqual([]);
  });

  test('is ready when MLServer says so, or else when the server listens', () => {
    expect(served.server.readinessProbe.httpGet).toEqual({ path: '/v2/health/ready', port: 'http' });
    expect(served.server.livenessProbe.httpGet).toEqual({ path: '/v2/health/live', port: 'http' });
    expect(render({ protocol: 'seldon' }).server.readinessProbe.tcpSocket).toEqual({ port: 'http' });
  });

  test('has minutes to load a large model', () => {
    const { periodSeconds, failureThreshold } = served.server.startupProbe;
    expect(periodSeconds * failureThreshold).toBeGreaterThanOrEqual(600);
  });
});

describe('a version that is known', () => {
  const version = { digest: 'digest-x', run: 'run-x', registered: { name: 'registered-x', version: '12' } };
  const known = render({ node: { version } });

  test('can be read from the object in the cluster', () => {
    expect(Object.values(known.deployment.metadata.annotations ?? {}).sort()).toEqual(['12', 'registered-x', 'run-x']);
    expect(served.deployment.metadata.annotations).toBeUndefined();
  });

  test('starts new pods where the files at the same place are others', () => {
    expect(render({ node: { version } }).pod).toEqual(known.pod);
    expect(render({ node: { version: { ...version, digest: 'digest-y' } } }).pod).not.toEqual(known.pod);
  });

  test('starts none where it is only called otherwise', () => {
    expect(render({ node: { version: { digest: 'digest-x' } } }).pod).toEqual(known.pod);
  });
});

describe('an engine', () => {
  test('is absent unless it is asked for, and then the server listens where callers call', () => {
    const { endpoint } = served.component.endpoint('model-x');
    expect(served.predictor.annotations).toEqual({ 'seldon.io/no-engine': 'true' });
    expect(served.predictor.svcOrchSpec).toBeUndefined();
    expect(served.server.ports).toContainEqual({ name: 'http', containerPort: endpoint.targetPort });
  });

  test('takes the place of the server in front of callers, with resources of its own', () => {
    expect(withEngine.predictor.annotations).toBeUndefined();
    expect(withEngine.predictor.svcOrchSpec.resources).toMatchObject({ requests: {}, limits: {} });
    expect(withEngine.server.ports).toBeUndefined();
  });

  test('lowers the Pod Security level of the namespace, even if one model of many has it', () => {
    expect(served.component.podSecurity).toBe('restricted');
    const models = [model, changed({ name: 'model-y', predictor: { engine: true } })];
    expect(render({}, { models }).component.podSecurity).toBe('baseline');
    expect(render({}, { models }).objects.filter(({ kind }) => kind === 'SeldonDeployment')).toHaveLength(2);
  });
});

describe('what callers are told', () => {
  test('is the Service that the operator makes of the model’s and the predictor’s name', () => {
    expect(served.component.endpoint('model-x').endpoint).toMatchObject({
      service: 'model-x-predictor-x',
      namespace: 'models-x',
      port: 8000,
    });
  });

  test.each<[Protocol, boolean, string]>([
    ['v2', false, '/v2/models/node-x/infer'],
    ['v2', true, '/v2/models/node-x/infer'],
    ['seldon', false, '/api/v1.0/predictions'],
    ['seldon', true, '/api/v1.0/predictions'],
    ['tensorflow', false, '/v1/models/node-x:predict'],
    ['tensorflow', true, '/v1/models/node-x/:predict'],
  ])('is, for %s with executor %s, to post to %s', (protocol, engine, path) => {
    expect(render({ protocol, predictor: { engine } }).component.endpoint('model-x')).toMatchObject({ protocol, path });
  });

  test.each<[Protocol, string]>([
    ['v2', '/v2/models/infer'],
    ['seldon', '/api/v1.0/predictions'],
    ['tensorflow', '/v1/models/:predict'],
  ])('names no node in %s where a graph has several', (protocol, path) => {
    const { component } = render({
      protocol,
      predictor: { engine: true },
      node: { children: [{ ...node, name: 'y' }] },
    });
    expect(component.endpoint('model-x').path).toBe(path);
  });

  test('names no node where only a further predictor has several', () => {
    const several = { ...predictor, name: 'y', engine: true, graph: { ...node, children: [{ ...node, name: 'z' }] } };
    const { component } = render({ predictors: [{ ...predictor, engine: true }, several] });
    expect(component.endpoint('model-x').path).toBe('/v2/models/infer');
  });

  test('is which pods answer: those that the operator labels with the model, and no other model’s', () => {
    const { pods } = served.component.endpoint('model-x').endpoint;
    expect(pods).toMatchObject({ namespace: 'models-x', labels: { 'seldon-deployment-id': 'model-x' } });
  });

  test('is nothing of a model that does not exist', () => {
    expect(() => served.component.endpoint('model-y')).toThrow('there is no model model-y');
  });
});

describe('the Secret that models are fetched with', () => {
  const name = served.predictor.graph.envSecretRefName;

  test('is the one that the initializer reads', () => {
    expect(served.initializer.envFrom).toEqual([{ secretRef: { name } }]);
    expect(served.component.secrets.map((secret) => `${secret.namespace}/${secret.name}`)).toEqual([
      `models-x/${name}`,
    ]);
  });

  test.each([
    ['RCLONE_CONFIG_S3_TYPE', 's3'],
    ['RCLONE_CONFIG_S3_PROVIDER', 'Minio'],
    ['RCLONE_CONFIG_S3_ENV_AUTH', 'false'],
    ['RCLONE_CONFIG_S3_ENDPOINT', 'http://s3.elsewhere.svc:7000'],
    ['RCLONE_CONFIG_S3_ACCESS_KEY_ID', 'reader'],
    ['RCLONE_CONFIG_S3_SECRET_ACCESS_KEY', '<SOME_S3_KEY>'],
  ])('has %s: %s', (key, text) => {
    expect(secretText(served.component, name, key)).toBe(text);
  });

  test('has these six keys and no other', () => {
    expect(Object.keys(served.component.secrets[0]?.data ?? {})).toHaveLength(6);
  });

  test('is referred to, never rendered', () => {
    expect(served.objects.map(({ kind }) => kind)).not.toContain('Secret');
    expect(JSON.stringify(served.objects)).not.toContain('reader');
  });
});

describe('connections', () => {
  const labels = served.predictor.componentSpecs[0].metadata.labels;

  test('go from the pods of all models to the store, and nowhere else', () => {
    expect(served.component.edges).toMatchObject([
      { from: { kind: 'pods', namespace: 'models-x' }, to: foreignBucket.endpoint.pods, ports: [17000] },
    ]);
    const [edge] = served.component.edges;
    expect(labels).toMatchObject(edge?.from.kind === 'pods' ? edge.from.labels : { none: '' });
  });

  test('come from the namespaces that are clients', () => {
    const { edges } = render(
      {},
      {
        clients: ['team-x', 'team-y'].map((name) => ({ kind: 'namespace', name })),
      },
    ).component;
    expect(edges.slice(1)).toMatchObject([
      { from: { kind: 'namespace', name: 'team-x' }, to: { kind: 'pods', namespace: 'models-x' }, ports: [8000, 5001] },
      { from: { kind: 'namespace', name: 'team-y' }, to: { kind: 'pods', namespace: 'models-x' }, ports: [8000, 5001] },
    ]);
  });
});

describe('metrics', () => {
  const monitoring = { namespace: 'metrics-x', labels: { scraped: 'x' } };
  const scraped = (change: Change = {}) => render(change, { monitoring });

  test('are scraped from the pods of all models, where the operator says they are', () => {
    const { objects, predictor } = scraped({ protocol: 'seldon' });
    const monitor = find(objects, 'PodMonitor', 'models');
    expect(monitor.metadata.labels).toMatchObject({ scraped: 'x' });
    expect(predictor.componentSpecs[0].metadata.labels).toMatchObject(monitor.spec.selector.matchLabels);
    expect(monitor.spec.podMetricsEndpoints).toMatchObject([{ port: 'metrics', path: '/prometheus' }]);
  });

  test.each<[string, Change, number[]]>([
    ['a server', { protocol: 'seldon' }, [6000]],
    ['the executor alone in v2, where the operator takes it from servers', { predictor: { engine: true } }, [8000]],
    ['an image of v2', { node: { server: undefined, image: 'image-x' } }, [6000]],
    [
      'executor and each node',
      { protocol: 'seldon', predictor: { engine: true }, node: { children: [{ ...node, name: 'y' }] } },
      [8000, 6000, 6001],
    ],
    ['each predictor', { protocol: 'seldon', predictors: [predictor, { ...predictor, name: 'y' }] }, [6000, 6001]],
  ])('come from a port of %s', (_, change, ports) => {
    const { component } = scraped(change);
    expect(component.edges).toContainEqual({
      from: { kind: 'namespace', name: 'metrics-x' },
      to: expect.objectContaining({ namespace: 'models-x' }),
      ports,
    });
  });

  test('of an MLServer without an executor come from the port that the operator tells it, which no pod declares', () => {
    const {
      component,
      objects,
      predictor: rendered,
    } = scraped({ predictors: [predictor, { ...predictor, name: 'y' }] });
    const [endpoint] = find(objects, 'PodMonitor', 'model-servers').spec.podMetricsEndpoints;
    expect(endpoint.relabelings).toContainEqual(
      expect.objectContaining({ targetLabel: '__address__', replacement: '$1:$2' }),
    );
    expect(rendered.componentSpecs[0].metadata.annotations).toEqual({ 'prometheus.io/port': '6000' });
    expect(component.edges).toContainEqual(expect.objectContaining({ ports: [6000, 6001] }));
  });

  test('are nobody’s where no pod has such a port', () => {
    const { component, objects } = scraped({ node: { server: 'TRITON_SERVER' } });
    expect(objects.map(({ kind }) => kind)).not.toContain('PodMonitor');
    expect(component.edges).toHaveLength(1);
  });

  test('are nobody’s where there is no monitoring', () => {
    expect(served.objects.map(({ kind }) => kind)).not.toContain('PodMonitor');
    expect(served.component.edges).toHaveLength(1);
  });
});

test('without a model there is still the account that the operator names, and the Secret, and nothing to scrape', () => {
  const { component, objects } = build(
    (app) =>
      new Models(app, {
        namespace: 'models-x',
        images: foreignImages,
        store: foreignBucket,
        models: [],
        stores: {},
        clients: [],
        monitoring: { namespace: 'metrics-x', labels: {} },
      }),
  );
  expect(objects.map(({ kind }) => kind)).toEqual(['ServiceAccount']);
  expect(component.secrets).toHaveLength(1);
  // An edge without ports would be one to all ports.
  expect(component.edges.every(({ ports }) => ports.length > 0)).toBe(true);
});
