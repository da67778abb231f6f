/** What a team sets for one of its models, and where it ends up: devices, images, time-outs, deadlines. */
import { expand } from '../../../charts/seldon/expansion/expansion';
import type { SeldonDeploymentJson } from '../../../charts/seldon/expansion/seldon-json';
import { type KubernetesObject, objectsOf, platformConfig } from '../../support/platform';
import { modelRefuses } from '../../support/refusals';
import { refusals } from '../../support/seldon-webhook';

type Any = KubernetesObject['spec'];

function render(settings: object) {
  const objects = objectsOf(
    platformConfig({ frontend: { enabled: false }, access: { kind: 'gateway', domain: 'ml.test' } }, [
      { name: 'm', ...settings },
    ]),
  );
  const deployment = objects.find(({ kind }) => kind === 'SeldonDeployment') as KubernetesObject;
  const [predictor] = deployment.spec.predictors;
  const containers: readonly Any[] = predictor.componentSpecs[0].spec.containers;
  return {
    objects,
    deployment,
    predictor,
    container: (name: string) => containers.find((container) => container.name === name),
    made: (kind: string) =>
      expand(JSON.parse(JSON.stringify(deployment)) as SeldonDeploymentJson).find((object) => object.kind === kind),
  };
}

const files = { server: 'SKLEARN_SERVER', uri: 's3://models/a' };
const child = (name: string, more: object = {}) => ({ name, ...files, ...more });
const GPU = 'nvidia.com/gpu';

describe('GPUs', () => {
  test('are for the node that says so, and for no other', () => {
    const { container, deployment } = render({
      graph: { name: 'tokens', image: 'r.test/t:1', children: [child('net', { gpus: 2 })] },
    });
    expect(container('net').resources.limits[GPU]).toBe('2');
    expect(container('tokens').resources.limits).not.toHaveProperty(GPU);
    expect(refusals(deployment)).toEqual([]);
  });

  test('of placement are for the only node, under whatever name', () => {
    const graph = child('net');
    expect(
      render({ graph, placement: { gpus: 3, gpuResource: 'gpu.test/x' } }).container('net').resources.limits,
    ).toMatchObject({ 'gpu.test/x': '3' });
  });

  test('of one predictor are its own', () => {
    const { deployment } = render({
      ...files,
      predictors: [
        { name: 'a', traffic: 50, gpus: 1 },
        { name: 'b', traffic: 50 },
      ],
    });
    const limits = deployment.spec.predictors.map(
      ({ componentSpecs }: Any) => componentSpecs[0].spec.containers[0].resources.limits[GPU],
    );
    expect(limits).toEqual(['1', undefined]);
  });
});

test('a server runs in the image that the model names for it', () => {
  const { container, predictor, made } = render({ ...files, serverImage: 'r.test/mlserver:9' });
  expect(container('classifier')).toMatchObject({ image: 'r.test/mlserver:9', imagePullPolicy: 'IfNotPresent' });
  expect(predictor.graph.implementation).toBe('SKLEARN_SERVER');
  expect(JSON.stringify(made('Deployment'))).toContain('"image":"r.test/mlserver:9"');
});

describe('time-outs', () => {
  const { deployment, objects, made } = render({ ...files, engine: true, timeouts: { rest: 41, grpc: 7 } });

  test('are annotations in milliseconds, which the operator puts on the pods, where the executor reads them', () => {
    const annotations = { 'seldon.io/rest-timeout': '41000', 'seldon.io/grpc-timeout': '7000' };
    expect(deployment.spec.annotations).toEqual(annotations);
    const spec = made('Deployment')?.spec as { template: KubernetesObject } | undefined;
    expect(spec?.template.metadata.annotations).toMatchObject(annotations);
  });

  test('are those of the route', () => {
    const route = objects.find(({ kind }) => kind === 'HTTPRoute');
    expect(route?.spec.rules[0].timeouts).toEqual({ request: '41s' });
  });

  test('are none where nobody says one', () => {
    const without = render(files);
    expect(without.deployment.spec).not.toHaveProperty('annotations');
    expect(without.objects.find(({ kind }) => kind === 'HTTPRoute')?.spec.rules[0]).not.toHaveProperty('timeouts');
  });
});

test('a rollout that takes long has the time that it is given', () => {
  const { predictor, made } = render({ ...files, progressDeadlineSeconds: 1777 });
  expect(predictor.progressDeadlineSeconds).toBe(1777);
  expect(made('Deployment')?.spec).toMatchObject({ progressDeadlineSeconds: 1777 });
});

describe('a bundle of authorities', () => {
  const { predictor, container } = render({ ...files, caBundle: { secret: 'roots-x', key: 'pem-x' } });
  const { volumes, initContainers } = predictor.componentSpecs[0].spec;

  test('is a file in the containers of the model, and in what fetches its files', () => {
    expect(volumes).toContainEqual({
      name: 'ca-bundle',
      secret: { secretName: 'roots-x', items: [{ key: 'pem-x', path: 'ca.crt' }] },
    });
    for (const one of [container('classifier'), ...initContainers]) {
      expect(one.volumeMounts).toContainEqual({ name: 'ca-bundle', mountPath: '/etc/ca-bundle', readOnly: true });
    }
  });

  test('is found by OpenSSL, requests, boto, curl and rclone', () => {
    const names = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'AWS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'RCLONE_CA_CERT'];
    for (const one of [container('classifier'), ...initContainers]) {
      const env = names.map((name) => one.env.find((entry: { name: string }) => entry.name === name)?.value);
      expect(env).toEqual(names.map(() => '/etc/ca-bundle/ca.crt'));
    }
  });

  test('leaves a variable alone that the container sets', () => {
    const own = { ...files, caBundle: { configMap: 'roots-x' }, container: { env: { SSL_CERT_FILE: '/mine' } } };
    const set = render(own)
      .container('classifier')
      .env.filter(({ name }: { name: string }) => name === 'SSL_CERT_FILE');
    expect(set).toEqual([{ name: 'SSL_CERT_FILE', value: '/mine' }]);
  });
});

test('folders that a container may write to, and its shared memory, are its own', () => {
  const { predictor, container } = render({ ...files, container: { scratch: ['/cache-x'], sharedMemory: '77Mi' } });
  const mounts: readonly { name: string; mountPath: string }[] = container('classifier').volumeMounts;
  const volumeAt = (path: string) =>
    predictor.componentSpecs[0].spec.volumes.find(
      ({ name }: { name: string }) => name === mounts.find(({ mountPath }) => mountPath === path)?.name,
    );
  expect(volumeAt('/cache-x')).toHaveProperty('emptyDir');
  expect(volumeAt('/dev/shm').emptyDir).toEqual({ medium: 'Memory', sizeLimit: '77Mi' });
});

test('the routes of Istio are those of the model', () => {
  const istio = { host: 'x.test.example', gateway: 'mesh', retries: 4, retryTimeout: 9 };
  const objects = objectsOf(
    platformConfig({ frontend: { enabled: false }, seldon: { istio: { enabled: true } } }, [
      { name: 'm', ...files, istio },
    ]),
  );
  expect(objects.find(({ kind }) => kind === 'SeldonDeployment')?.spec.annotations).toEqual({
    'seldon.io/istio-gateway': 'mesh',
    'seldon.io/istio-host': 'x.test.example',
    'seldon.io/istio-retries': '4',
    'seldon.io/istio-retries-timeout': '9',
  });
});

describe('the pods of a model', () => {
  const { predictor, made, objects, container } = render({
    ...files,
    podAnnotations: { 'team.test/x': 'y' },
    serviceAccount: { annotations: { 'cloud.test/role': 'reader-x' } },
    container: { env: { TOKEN: { secret: 'login-x', key: 'token-x' }, MODE: { configMap: 'modes-x', key: 'mode-x' } } },
    placement: {
      priorityClassName: 'high-x',
      topologySpread: [{ topologyKey: 'zone-x' }],
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'pool', operator: 'In', values: ['x'] }] }],
          },
        },
      },
    },
  });
  const { spec } = predictor.componentSpecs[0];

  test('run where and as urgently as they are told, spread over what the model’s pods are told apart by', () => {
    expect(spec).toMatchObject({ priorityClassName: 'high-x', affinity: { nodeAffinity: expect.anything() } });
    expect(spec.topologySpreadConstraints).toMatchObject([
      { topologyKey: 'zone-x', maxSkew: 1, labelSelector: { matchLabels: { 'seldon-deployment-id': 'm' } } },
    ]);
  });

  test('have their annotations', () => {
    const deployment = made('Deployment')?.spec as { template: KubernetesObject } | undefined;
    expect(deployment?.template.metadata.annotations).toMatchObject({ 'team.test/x': 'y' });
  });

  test('have an account of their own, which the cloud knows, and no token for the API server', () => {
    const account = objects.find(({ kind, metadata }) => kind === 'ServiceAccount' && metadata.name === 'model-m');
    expect(account).toMatchObject({
      metadata: { namespace: 'ml-models', annotations: { 'cloud.test/role': 'reader-x' } },
      automountServiceAccountToken: false,
    });
    expect(spec).toMatchObject({ serviceAccountName: 'model-m', automountServiceAccountToken: false });
  });

  test('take variables from keys', () => {
    expect(container('classifier').env).toEqual(
      expect.arrayContaining([
        { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'login-x', key: 'token-x' } } },
        { name: 'MODE', valueFrom: { configMapKeyRef: { name: 'modes-x', key: 'mode-x' } } },
      ]),
    );
  });
});

const MODEL = 'server: SKLEARN_SERVER\nuri: s3://models/a\n';
const TWO = 'graph: {name: a, image: r.test/i:1, children: [{name: b, server: SKLEARN_SERVER, uri: s3://models/a}]}\n';

modelRefuses({
  'what it cannot have': [
    [
      'GPUs that could be for any of two nodes',
      `${TWO}placement: {gpus: 1}`,
      'placement.gpus: is 1, but the graph has several nodes; say gpus: 1 on the node that needs them',
    ],
    [
      'GPUs of a router in the executor',
      `graph: {name: c, router: RANDOM_ABTEST, gpus: 1, parameters: {ratioA: 0.5}, children: [{name: a, ${MODEL.replaceAll('\n', ', ')}}, {name: b, ${MODEL.replaceAll('\n', ', ')}}]}`,
      'graph.gpus: stands beside router, which has no container; remove it',
    ],
    [
      'an image for a server that there is not',
      'image: r.test/i:1\nserverImage: r.test/j:1',
      'serverImage: stands without server; an image of your own is image',
    ],
    [
      'an image for a server that has two',
      'server: TENSORFLOW_SERVER\nprotocol: seldon\nuri: s3://models/a\nserverImage: r.test/j:1',
      'serverImage: is of TENSORFLOW_SERVER, which has two images under protocol seldon, a proxy and TensorFlow Serving; use protocol: tensorflow',
    ],
    [
      'time-outs of nothing',
      `${MODEL}timeouts: {}`,
      'timeouts: must have one of rest and grpc, not a mapping, such as {"rest":30,"grpc":30}',
    ],
    [
      'a time-out in milliseconds',
      `${MODEL}timeouts: {rest: 30000}`,
      'timeouts.rest: must be a whole number from 1 to 3600, not 30000, such as 30',
    ],
    [
      'a bundle from two places',
      `${MODEL}caBundle: {secret: a, configMap: b}`,
      'caBundle: must name one of configMap and secret, not a mapping, such as {"configMap":"company-ca","key":"ca.crt"}',
    ],
    [
      'shared memory that is all of its memory',
      `${MODEL}container: {sharedMemory: 1Gi}`,
      'container.sharedMemory: is 1Gi, and counts as memory, of which the container has 1Gi; raise resources.limits.memory',
    ],
    [
      'a folder where there is one',
      `${MODEL}container: {scratch: [/cache, /tmp, /cache]}`,
      'container.scratch[1]: is /tmp, where there is a folder already; choose another',
      'container.scratch[2]: is /cache, where there is a folder already; choose another',
    ],
    [
      'a folder by a relative path',
      `${MODEL}container: {scratch: [cache]}`,
      'container.scratch[0]: must be an absolute path, not "cache", such as "/mnt/labels"',
    ],
    [
      'routes of Istio without Istio',
      `${MODEL}istio: {host: a.example.com}`,
      'istio: is for routes that the operator makes only where seldon.istio.enabled is true in platform.yaml',
    ],
    [
      'every host of the mesh',
      `${MODEL}istio: {gateway: mesh}`,
      'istio.gateway: is mesh, where Istio takes no route for all hosts; say host',
    ],
    [
      'a time for tries that there are not',
      `${MODEL}istio: {retryTimeout: 3}`,
      'istio.retryTimeout: stands without retries; add them or remove it',
    ],
    [
      'no time for a rollout',
      `${MODEL}progressDeadlineSeconds: 5`,
      'progressDeadlineSeconds: must be a whole number from 60 to 86400, not 5, such as 1800',
    ],
  ],
});
