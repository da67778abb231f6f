/** From a model's detector to what watches its requests; model, store and namespace are of no environment. */
import { Detector, type DetectorProps, detectorUrl } from '../../../charts/detector/detector';
import type { Pods } from '../../../charts/lib/endpoint';
import { build, envOf, foreignBucket, foreignImages, foreignResources } from '../../support/foreign';
import { find } from '../../support/platform';

const callers: Pods = { kind: 'pods', name: 'callers-x', namespace: 'models-x', labels: { caller: 'x' } };

function render(change: Partial<DetectorProps> = {}) {
  const { component, objects } = build(
    (app) =>
      new Detector(app, {
        namespace: 'models-x',
        model: 'model-x',
        protocol: 'seldon',
        callers,
        image: foreignImages.alibiDetect,
        initializer: foreignImages.seldonInitializer,
        store: foreignBucket.endpoint,
        storeSecret: 'secret-x',
        kind: 'outlier',
        uri: 's3://lake/detector/3',
        resources: foreignResources,
        ...change,
      }),
  );
  const pod = find(objects, 'Deployment', 'model-x-detector').spec.template.spec;
  return { component, objects, pod, server: pod.containers[0], fetcher: pod.initContainers[0] };
}
const outlier = render();

test('listens where the executor of its model is told to post', () => {
  const { service, namespace, port } = outlier.component.endpoint;
  expect(detectorUrl('model-x', 'models-x')).toBe(`http://${service}.${namespace}.svc:${port}/`);
  expect(outlier.server.args).toContain(`--http_port=${port}`);
});

test('loads the detector that was fetched for it, by the Secret of the models', () => {
  expect(outlier.fetcher).toMatchObject({
    image: foreignImages.seldonInitializer.reference,
    args: ['s3://lake/detector/3', '/mnt/models'],
    envFrom: [{ secretRef: { name: 'secret-x' } }],
  });
  expect(outlier.server.args).toContain('--storage_uri=/mnt/models');
});

test.each([
  ['outlier', 'OutlierDetector'],
  ['drift', 'DriftDetector'],
  ['adversarial', 'AdversarialDetector'],
] as const)('%s is the class %s, the last argument', (kind, name) => {
  expect(render({ kind }).server.args.at(-1)).toBe(name);
});

test('looks for drift in as many rows as it is told', () => {
  expect(render({ kind: 'drift', batchSize: 77 }).server.args).toContain('--drift_batch_size=77');
  expect(outlier.server.args.join()).not.toContain('drift_batch_size');
});

test('reads the protocol of the model', () => {
  expect(render({ protocol: 'tensorflow' }).server.args).toContain('--protocol=tensorflow.http');
});

test('is called by the pods of its model, and calls the store and whom it tells', () => {
  const { edges } = render({ replyUrl: 'http://alerts.team-x.svc:7070/x' }).component;
  expect(edges).toMatchObject([
    { from: callers, to: { kind: 'pods', namespace: 'models-x' } },
    { from: { kind: 'pods', namespace: 'models-x' }, to: foreignBucket.endpoint.pods },
    { from: { kind: 'pods', namespace: 'models-x' }, to: { kind: 'namespace', name: 'team-x' }, ports: [7070] },
  ]);
  expect(outlier.component.edges).toHaveLength(2);
});

test('names its deployment in its metrics', () => {
  expect(envOf(outlier.server)).toMatchObject({
    SELDON_DEPLOYMENT_ID: 'model-x',
    SELDON_DEPLOYMENT_NAMESPACE: 'models-x',
    PREDICTIVE_UNIT_ID: 'model-x-outlier',
    PREDICTIVE_UNIT_IMAGE: foreignImages.alibiDetect.reference,
  });
});

test('is scraped where there is monitoring', () => {
  const { component, objects, pod } = render({ monitoring: { namespace: 'metrics-x', labels: { scraped: 'x' } } });
  const monitor = find(objects, 'PodMonitor', 'model-x-detector');
  const { labels } = find(objects, 'Deployment', 'model-x-detector').spec.template.metadata;
  expect(monitor.metadata.labels).toMatchObject({ scraped: 'x' });
  expect(labels).toMatchObject(monitor.spec.selector.matchLabels);
  const [{ port, path }] = monitor.spec.podMetricsEndpoints;
  expect(path).toBe('/v1/metrics');
  expect(component.edges).toContainEqual({
    from: { kind: 'namespace', name: 'metrics-x' },
    to: component.endpoint.pods,
    ports: [pod.containers[0].ports.find(({ name }: { name: string }) => name === port).containerPort],
  });
});
