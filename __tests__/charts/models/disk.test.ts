/** How much disk the pods of models get, from a file to the pod. */
import { find, objectsOf, platformConfig } from '../../support/platform';

interface Disk {
  readonly [name: string]: { readonly requests: string; readonly limits: string } | string;
}

/** Request and limit of each container, and the size of each emptyDir, of a model that is written so. */
function disk(settings: object): Disk {
  const model = { name: 'm', uri: 's3://models/m', ...settings };
  const objects = objectsOf(platformConfig({ frontend: { enabled: false } }, [model]));
  const pod = find(objects, 'SeldonDeployment', 'm').spec.predictors[0].componentSpecs[0].spec;
  const containers = [...(pod.initContainers ?? []), ...pod.containers].map(({ name, resources }) => [
    name,
    { requests: resources.requests['ephemeral-storage'], limits: resources.limits['ephemeral-storage'] },
  ]);
  const folders = (pod.volumes as { name: string; emptyDir?: { sizeLimit?: string } }[]).flatMap(
    ({ name, emptyDir }) => (emptyDir ? [[name, emptyDir.sizeLimit]] : []),
  );
  return Object.fromEntries([...containers, ...folders]);
}

const SKLEARN = { server: 'SKLEARN_SERVER' };
const limits = (amount: string) => ({ limits: { 'ephemeral-storage': amount } });

test('a file that says nothing of it gets room for a small model', () => {
  expect(disk(SKLEARN)).toMatchObject({
    'classifier-model-initializer': { requests: '64Mi', limits: '2Gi' },
    classifier: { requests: '256Mi', limits: '2Gi' },
    'classifier-provision-location': '2Gi',
    tmp: '2Gi',
  });
});

test('all that holds the files follows from their size', () => {
  expect(disk({ ...SKLEARN, size: '12Gi' })).toMatchObject({
    'classifier-model-initializer': { requests: '12352Mi', limits: '14336Mi' },
    classifier: { requests: '12544Mi', limits: '14336Mi' },
    'classifier-provision-location': '14336Mi',
    tmp: '14336Mi',
  });
});

test.each([
  ['resources', { resources: limits('9Gi') }],
  ['initializerResources', { initializerResources: limits('9Gi') }],
])('folders grow to what %s say', (_, change) => {
  expect(disk({ ...SKLEARN, ...change })).toMatchObject({ 'classifier-provision-location': '9Gi', tmp: '9Gi' });
});

test('a volume is copied to as much disk', () => {
  expect(disk({ ...SKLEARN, uri: 'pvc://claim/m', size: '3Gi' })['classifier-provision-location']).toBe('5120Mi');
});

test('each node has the disk of its own files, and the folders that of all', () => {
  const node = (name: string, size: string) => ({ name, ...SKLEARN, uri: `s3://models/${name}`, size });
  const graph = {
    name: 'merge',
    type: 'COMBINER',
    image: 'r.test/merge:1',
    children: [node('a', '1Gi'), node('b', '4Gi')],
  };
  expect(disk({ uri: undefined, protocol: 'seldon', graph })).toMatchObject({
    a: { limits: '3072Mi' },
    b: { limits: '6144Mi' },
    merge: { limits: '2Gi' },
    'a-provision-location': '11264Mi',
    tmp: '11264Mi',
  });
});

test('what a file leaves open keeps to what it says', () => {
  expect(disk({ ...SKLEARN, resources: limits('100Mi') }).classifier).toEqual({ requests: '100Mi', limits: '100Mi' });
  const requests = { requests: { 'ephemeral-storage': '5Gi' } };
  expect(disk({ ...SKLEARN, resources: requests }).classifier).toEqual({ requests: '5Gi', limits: '5Gi' });
});
