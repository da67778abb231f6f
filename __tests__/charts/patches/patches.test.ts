/** Patches of single objects: what they hit, what they change, and what that does to a Job's name. */
import { renderEnvironments } from '../../../charts/rendering/render';
import { settingsOf } from '../../support/environments';
import { find, GUIDE_MODELS, type KubernetesObject, objectsOf, platformConfig } from '../../support/platform';
import { platformRefuses } from '../../support/refusals';

const patched = (patches: unknown, settings: object = {}) =>
  objectsOf(platformConfig({ ...settings, patches }, GUIDE_MODELS));
const bare = patched([]);
const mlflow = { kind: 'Deployment', name: 'mlflow' };
const job = (objects: readonly KubernetesObject[]) => objects.filter(({ kind }) => kind === 'Job');

test('a merge changes one object and no other', () => {
  const objects = patched([{ target: mlflow, merge: { spec: { minReadySeconds: 7 } } }]);
  const changed = find(objects, 'Deployment', 'mlflow');
  expect(changed.spec).toEqual({ ...find(bare, 'Deployment', 'mlflow').spec, minReadySeconds: 7 });
  expect(objects.filter((object) => object !== changed)).toEqual(
    bare.filter(({ kind, metadata }) => kind !== 'Deployment' || metadata.name !== 'mlflow'),
  );
});

test('a merge finds a container by its name', () => {
  const { spec } = find(
    patched([
      {
        target: mlflow,
        merge: {
          spec: {
            template: {
              spec: {
                containers: [
                  { name: 'mlflow', workingDir: '/x' },
                  { name: 'log', image: 'i' },
                ],
              },
            },
          },
        },
      },
    ]),
    'Deployment',
    'mlflow',
  );
  const [server, added, ...rest] = spec.template.spec.containers;
  expect(server).toEqual({ ...find(bare, 'Deployment', 'mlflow').spec.template.spec.containers[0], workingDir: '/x' });
  expect(added).toEqual({ name: 'log', image: 'i' });
  expect(rest).toEqual([]);
});

test('a JSON patch changes one object', () => {
  const json = [
    { op: 'test', path: '/spec/replicas', value: 1 },
    { op: 'replace', path: '/spec/replicas', value: 3 },
    { op: 'remove', path: '/spec/strategy' },
  ];
  const { spec } = find(patched([{ target: mlflow, json }]), 'Deployment', 'mlflow');
  expect(spec.replicas).toBe(3);
  expect(spec).not.toHaveProperty('strategy');
});

test('patches of one object are applied in their order', () => {
  const patches = [
    { target: mlflow, merge: { spec: { minReadySeconds: 7 } } },
    { target: mlflow, json: [{ op: 'replace', path: '/spec/minReadySeconds', value: 8 }] },
  ];
  expect(find(patched(patches), 'Deployment', 'mlflow').spec.minReadySeconds).toBe(8);
});

test('the schema in a definition has fields of any name', () => {
  const target = { kind: 'CustomResourceDefinition', name: 'seldondeployments.machinelearning.seldon.io' };
  const json = [
    { op: 'replace', path: '/spec/versions/0/schema/openAPIV3Schema', value: { properties: { replicas: {} } } },
  ];
  expect(settingsOf(`patches: ${JSON.stringify([{ target, json }])}`).patches).toHaveLength(1);
});

test('a model is an object like any other', () => {
  const target = { kind: 'SeldonDeployment', name: 'xgb-wine-k8s', namespace: 'ml-models' };
  const pod = { terminationGracePeriodSeconds: 77 };
  const merge = { spec: { predictors: [{ name: 'default', componentSpecs: [{ spec: pod }] }] } };
  const [predictor] = find(patched([{ target, merge }]), 'SeldonDeployment', 'xgb-wine-k8s').spec.predictors;
  const [before] = find(bare, 'SeldonDeployment', 'xgb-wine-k8s').spec.predictors;
  expect(predictor.componentSpecs[0].spec).toEqual({ ...before.componentSpecs[0].spec, ...pod });
  expect(predictor.graph).toEqual(before.graph);
});

test('what is written is what was patched', () => {
  const yaml = 'patches: [{target: {kind: Deployment, name: mlflow}, merge: {spec: {minReadySeconds: 7}}}]';
  const files = [...renderEnvironments([settingsOf(yaml)])];
  expect(files.find(({ path }) => path.endsWith('40-tracking/mlflow.yaml'))?.text).toContain('minReadySeconds: 7\n');
});

describe('a Job that runs once', () => {
  const target = { kind: 'Job', name: 'minio-setup' };
  const withLimit = (backoffLimit: number) => job(patched([{ target, merge: { spec: { backoffLimit } } }]))[0];

  test('is found without its hash', () => {
    expect(withLimit(7)?.spec.backoffLimit).toBe(7);
  });

  test('has another name for each content, since its template is immutable', () => {
    const names = [job(bare)[0], withLimit(7), withLimit(8), withLimit(7)].map((object) => object?.metadata.name);
    expect(new Set(names).size).toBe(3);
    expect(names[3]).toBe(names[1]);
    for (const name of names) expect(name).toMatch(/^minio-setup-[0-9a-f]{8}$/);
  });
});

test.each<[string, object, object]>([
  [
    'a container that goes on beside the others, which Kubernetes 1.27 does not know',
    mlflow,
    { spec: { template: { spec: { initContainers: [{ name: 'log', image: 'i', restartPolicy: 'Always' }] } } } },
  ],
  [
    'a field that Kubernetes 1.27 does not know',
    { kind: 'Service', name: 'mlflow' },
    { spec: { trafficDistribution: 'PreferClose' } },
  ],
  ['labels of any name', mlflow, { metadata: { labels: { nam: 'a', label: 'b' } } }],
  ['a field with an abbreviation', { kind: 'Service', name: 'mlflow' }, { spec: { clusterIP: 'None' } }],
])('%s is left to the API server', (_, target, merge) => {
  expect(settingsOf(`patches: ${JSON.stringify([{ target, merge }])}`).patches).toEqual([{ target, merge }]);
});

const only = (target: string, rest: string) => `patches: [{target: ${target}, ${rest}}]`;

const podOf = (text: string) => `merge: {spec: {template: {spec: ${text}}}}`;
const deployment = '{kind: Deployment, name: mlflow}';
const seldon = '{kind: SeldonDeployment, name: mlflow-wine}';
const at = (what: string) => `patches[0].merge: cannot change Deployment mlflow/mlflow: ${what}`;

platformRefuses({
  'a patch that leaves something incomplete': [
    [
      'a container with a mistyped name',
      only(deployment, podOf('{containers: [{name: mlfow, tty: true}]}')),
      at(
        'spec.template.spec.containers[1]: name: mlfow is new, and has no image; write it, or name one that is there (mlflow)',
      ),
    ],
    [
      'a container without its image',
      only(deployment, podOf('{containers: [{name: mlflow, image: null}]}')),
      at('spec.template.spec.containers[0]: image: may not be removed'),
    ],
    [
      'a container that an operation adds',
      only(deployment, 'json: [{op: add, path: /spec/template/spec/containers/-, value: {name: log}}]'),
      'patches[0].json: cannot change Deployment mlflow/mlflow: spec.template.spec.containers[1]: name: log is new, and has no image; write it, or name one that is there (mlflow)',
    ],
    [
      'a mount with a mistyped path',
      only(deployment, podOf('{containers: [{name: mlflow, volumeMounts: [{mountPath: /tmpp, readOnly: true}]}]}')),
      at(
        'spec.template.spec.containers[0].volumeMounts[3]: mountPath: /tmpp is new, and has no name; write it, or name one that is there (/run/secrets/database, /run/secrets/object-store, /tmp)',
      ),
    ],
    [
      'a port of a Service with a mistyped number',
      only('{kind: Service, name: mlflow}', 'merge: {spec: {ports: [{port: 5001, appProtocol: http}]}}'),
      'patches[0].merge: cannot change Service mlflow/mlflow: spec.ports[1]: port: 5001 is new, and has no name; write it, or name one that is there (5000)',
    ],
    [
      'a predictor with a mistyped name',
      only(seldon, 'merge: {spec: {predictors: [{name: defualt, replicas: 2}]}}'),
      'patches[0].merge: cannot change SeldonDeployment ml-models/mlflow-wine: spec.predictors[1]: name: defualt is new, and has no graph; write it, or name one that is there (default)',
    ],
    [
      'no containers',
      only(deployment, podOf('{containers: null}')),
      at('spec.template.spec.containers: must be a list with at least one item'),
    ],
    [
      'no container',
      only(deployment, podOf('{containers: [{name: mlflow, $patch: delete}]}')),
      at('spec.template.spec.containers: must be a list with at least one item'),
    ],
    [
      'a mapping in place of a list',
      only(deployment, podOf('{containers: {}}')),
      at('spec.template.spec.containers: must be a list'),
    ],
    [
      'a number in place of a mapping',
      only(deployment, 'merge: {spec: {template: 5}}'),
      at('spec.template: must be a mapping'),
    ],
    ['nothing of what it is', only(deployment, 'merge: {spec: null}'), at('spec: may not be removed')],
    [
      'a number of pods that is none',
      only(deployment, 'merge: {spec: {replicas: two}}'),
      at('spec.replicas: must be a whole number, not "two", such as 2'),
    ],
    [
      'an amount that is none',
      only(deployment, podOf('{containers: [{name: mlflow, resources: {requests: {memory: lots}}}]}')),
      at(
        'spec.template.spec.containers[0].resources.requests.memory: must be a Kubernetes quantity, not "lots", such as "512Mi" or "500m"',
      ),
    ],
    [
      'an operation that puts a number in place of a list',
      only(deployment, 'json: [{op: replace, path: /spec/template/spec/containers, value: 5}]'),
      'patches[0].json: cannot change Deployment mlflow/mlflow: spec.template.spec.containers: must be a list',
    ],
    [
      'no pods',
      only(seldon, 'json: [{op: replace, path: /spec/predictors/0/componentSpecs, value: null}]'),
      'patches[0].json: cannot change SeldonDeployment ml-models/mlflow-wine: what it leaves is no whole SeldonDeployment; compare it with the one in dist/',
    ],
  ],
  'a patch with a mistyped field': [
    [
      'of the object',
      only(deployment, 'merge: {spec: {replica: 2}}'),
      at('spec.replica: unknown field; did you mean "replicas"?'),
    ],
    [
      'of its metadata',
      only(deployment, 'merge: {metadata: {lables: {a: b}}}'),
      at('metadata.lables: unknown field; did you mean "labels"?'),
    ],
    [
      'of a container',
      only(deployment, podOf('{containers: [{name: mlflow, imagePullpolicy: Never}]}')),
      at('spec.template.spec.containers[0].imagePullpolicy: unknown field; did you mean "imagePullPolicy"?'),
    ],
    [
      'with an abbreviation',
      only('{kind: Service, name: mlflow}', 'merge: {spec: {clusterIp: None}}'),
      'patches[0].merge: cannot change Service mlflow/mlflow: spec.clusterIp: unknown field; did you mean "clusterIP"?',
    ],
    [
      'that an operation adds',
      only(deployment, 'json: [{op: add, path: /spec/replica, value: 2}]'),
      'patches[0].json: cannot change Deployment mlflow/mlflow: spec.replica: unknown field; did you mean "replicas"?',
    ],
  ],
  'a patch that hits nothing it can change': [
    [
      'another name',
      only('{kind: Deployment, name: mlflw}', 'merge: {spec: {replicas: 2}}'),
      'patches[0].target: hits no object: there is no Deployment mlflw; the nearest are Deployment mlflow/mlflow, Service mlflow/mlflow, Namespace mlflow',
    ],
    [
      'another namespace',
      only('{kind: StatefulSet, name: minio, namespace: minio}', 'merge: {spec: {replicas: 2}}'),
      'patches[0].target: hits no object: there is no StatefulSet minio/minio; the nearest are StatefulSet minio-system/minio, Service minio-system/minio, Service mlflow/mlflow',
    ],
    [
      'a name that several have',
      only('{kind: NetworkPolicy, name: default-deny}', 'merge: {spec: {}}'),
      'patches[0].target: hits NetworkPolicy postgres/default-deny and NetworkPolicy minio-system/default-deny; add a namespace that only one has',
    ],
    [
      'a number that JSON has no word for, in a merge',
      only('{kind: Deployment, name: mlflow}', 'merge: {spec: {list: [1, .inf]}}'),
      'patches[0].merge.spec.list[1]: is Infinity, which no Kubernetes object can hold; use a finite number, such as 2',
    ],
    [
      'a number that JSON has no word for, in an operation',
      only('{kind: Deployment, name: mlflow}', 'json: [{op: add, path: /spec/replicas, value: .nan}]'),
      'patches[0].json[0].value: is NaN, which no Kubernetes object can hold; use a finite number, such as 2',
    ],
    [
      'an alias that leads to itself',
      only('{kind: Deployment, name: mlflow}', 'merge: {spec: &self {template: *self }}'),
      'patches[0].merge.spec.template: is an alias of what it lies in; write the value out',
    ],
    [
      'a field that is not there',
      only('{kind: Deployment, name: mlflow}', 'json: [{op: replace, path: /spec/paused, value: true}]'),
      'patches[0].json: cannot change Deployment mlflow/mlflow: Cannot perform the operation at a path that does not exist (OPERATION_PATH_UNRESOLVABLE)',
    ],
    [
      'a value that is another',
      only('{kind: Deployment, name: mlflow}', 'json: [{op: test, path: /spec/replicas, value: 9}]'),
      'patches[0].json: cannot change Deployment mlflow/mlflow: Test operation failed (TEST_OPERATION_FAILED)',
    ],
    [
      'an item of a list without what tells it apart',
      only('{kind: Deployment, name: mlflow}', 'merge: {spec: {template: {spec: {containers: [{image: x}]}}}}'),
      'patches[0].merge: cannot change Deployment mlflow/mlflow: an item of containers needs its name, which tells it apart',
    ],
    [
      'a new name',
      only('{kind: Deployment, name: mlflow}', 'merge: {metadata: {name: other}}'),
      'patches[0].merge: cannot change Deployment mlflow/mlflow: a patch leaves kind, name and namespace as they are',
    ],
  ],
  'a patch that is none': [
    [
      'neither merge nor json',
      'patches: [{target: {kind: Deployment, name: mlflow}}]',
      'patches[0]: must have either merge or json, such as merge: {spec: {replicas: 2}}',
    ],
    [
      'an addition of nothing',
      only('{kind: Deployment, name: mlflow}', 'json: [{op: add, path: /spec/paused}]'),
      'patches[0].json[0].value: is required by add',
    ],
    [
      'a removal of a value',
      only('{kind: Deployment, name: mlflow}', 'json: [{op: remove, path: /spec/replicas, value: 1}]'),
      'patches[0].json[0].value: stands with op: remove, which has none; remove it',
    ],
    [
      'a path of dots',
      only('{kind: Deployment, name: mlflow}', 'json: [{op: remove, path: spec.replicas}]'),
      'patches[0].json[0].path: must be the way to a field, each step after a "/", not "spec.replicas", such as "/spec/template/spec/hostUsers"',
    ],
  ],
});
