/** The merge of kubectl patch, in what Kubernetes documents of it. */
import { strategicMerge } from '../../../charts/patches/strategic-merge';

const merge = (object: object, patch: object, kind = 'Deployment') =>
  strategicMerge(object as Record<string, unknown>, patch as Record<string, unknown>, kind);

test.each<[string, object, object, object]>([
  ['a mapping is merged', { a: { b: 1, c: 2 } }, { a: { c: 3, d: 4 } }, { a: { b: 1, c: 3, d: 4 } }],
  ['null removes a field', { a: 1, b: 2 }, { a: null }, { b: 2 }],
  ['null removes what is not there', { b: 2 }, { a: { c: null } }, { a: {}, b: 2 }],
  ['a list of values is replaced', { args: ['a', 'b'] }, { args: ['c'] }, { args: ['c'] }],
  ['a list without a key is replaced', { tolerations: [{ key: 'a' }] }, { tolerations: [] }, { tolerations: [] }],
  [
    'variables are found by their name',
    {
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
    },
    {
      env: [
        { name: 'B', value: '3' },
        { name: 'C', value: '4' },
      ],
    },
    {
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '3' },
        { name: 'C', value: '4' },
      ],
    },
  ],
  [
    'mounts are found by their path',
    { volumeMounts: [{ name: 'a', mountPath: '/a' }] },
    { volumeMounts: [{ mountPath: '/a', readOnly: true }] },
    { volumeMounts: [{ name: 'a', mountPath: '/a', readOnly: true }] },
  ],
  [
    'ports of a container are found by their number',
    { ports: [{ name: 'http', containerPort: 1 }] },
    { ports: [{ containerPort: 1, hostPort: 2 }] },
    { ports: [{ name: 'http', containerPort: 1, hostPort: 2 }] },
  ],
  [
    'ports of a policy are replaced',
    { egress: [{ ports: [{ port: 53 }] }] },
    { egress: [{ ports: [{ port: 54 }] }] },
    { egress: [{ ports: [{ port: 54 }] }] },
  ],
  [
    'an item is deleted',
    { volumes: [{ name: 'a' }, { name: 'b' }] },
    { volumes: [{ name: 'a', $patch: 'delete' }] },
    { volumes: [{ name: 'b' }] },
  ],
  [
    'a mapping is replaced',
    { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } },
    { strategy: { $patch: 'replace', type: 'Recreate' } },
    { strategy: { type: 'Recreate' } },
  ],
  [
    'pods of a predictor are found by their place',
    { componentSpecs: [{ spec: { a: 1 } }, { spec: { b: 2 } }] },
    { componentSpecs: [{ spec: { c: 3 } }] },
    { componentSpecs: [{ spec: { a: 1, c: 3 } }, { spec: { b: 2 } }] },
  ],
])('%s', (_, object, patch, expected) => {
  expect(merge(object, patch)).toEqual(expected);
});

test('ports of a Service are found by their number', () => {
  const merged = merge(
    { ports: [{ port: 80, name: 'http' }] },
    { ports: [{ port: 80, appProtocol: 'http' }] },
    'Service',
  );
  expect(merged).toEqual({ ports: [{ port: 80, name: 'http', appProtocol: 'http' }] });
});

test('neither argument is changed', () => {
  const object = { a: { b: [{ name: 'x' }] }, env: [{ name: 'A' }] };
  const copy = structuredClone(object);
  merge(object, { a: { b: [] }, env: [{ name: 'A', value: '1' }] });
  expect(object).toEqual(copy);
});

test.each<[string, object, RegExp]>([
  [
    'a delete of what is not there',
    { env: [{ name: 'Z', $patch: 'delete' }] },
    /env has no item whose name is Z, to delete/,
  ],
  ['another directive', { a: { $patch: 'merge' } }, /\$patch: merge is not known here/],
])('%s is refused', (_, patch, message) => {
  expect(() => merge({ env: [], a: {} }, patch)).toThrow(message);
});
