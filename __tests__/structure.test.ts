/** The shape of what is rendered: how far the type checks reach, the SeldonDeployment type, and what changes with what. */
import { composePlatform } from '../charts/platform';
import { SELDON_CRD, seldonCrd } from '../charts/seldon/crd';
import { MANY_MODELS } from './support/configurations';
import { filesOf, GUIDE_MODELS, type KubernetesObject, objectsOf, platformConfig } from './support/platform';
import { podSpecFaults, schemaFaults } from './support/schemas';

type Any = KubernetesObject['spec'];

const everything = {
  monitoring: { enabled: true, labels: { release: 'kps' } },
  postgresql: { backup: { enabled: true } },
  mlflow: { hosts: ['mlflow.example.com'], gc: { enabled: true } },
  seldon: { certificates: 'cert-manager', istio: { enabled: true }, ambassador: { enabled: true } },
};

/** Every mapping in a value, the value itself included, with the path to it. */
function mappings(value: Any, path: readonly string[] = []): [readonly string[], Any][] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.entries(value).flatMap(([key, child]) => mappings(child, [...path, key]));
  return Array.isArray(value) ? below : [[path, value], ...below];
}

/** The paths at which a change to one mapping after the other is not found. */
function unseen(object: Any, faults: (object: Any) => string[], change: (mapping: Any) => unknown): string[] {
  return mappings(object).flatMap(([path]) => {
    const copy = structuredClone(object);
    const target = path.reduce((node: Any, key) => node[key], copy);
    return change(target) === undefined || faults(copy).length > 0 ? [] : [path.join('.')];
  });
}

const addUnknown = (mapping: Any) => Object.assign(mapping, { unknown: {} });
/** Turns the first value that is not a list or a mapping into a list. */
function changeType(mapping: Any): unknown {
  const key = Object.keys(mapping).find(
    (name) => typeof mapping[name] !== 'object' && !/^(kind|apiVersion)$/.test(name),
  );
  return key === undefined ? undefined : Object.assign(mapping, { [key]: [] });
}

/** One object of each type, and each SeldonDeployment: the ones that differ. */
const objects = objectsOf(platformConfig(everything, MANY_MODELS)).filter(
  ({ kind }, index, all) =>
    kind !== 'CustomResourceDefinition' && all.findIndex((other) => other.kind === kind) === index,
);
/** The parts of a SeldonDeployment that are Kubernetes types, checked on their own or by the API server later. */
const OPEN = /^spec\.predictors\.0\.(componentSpecs\.0\.(spec|metadata)|svcOrchSpec\.resources)(\.|$)/;

describe.each(objects.map((object): [string, KubernetesObject] => [object.kind, object]))('a %s', (_, object) => {
  test('has no place where an unknown field goes unseen', () => {
    expect(unseen(object, schemaFaults, addUnknown).filter((path) => !OPEN.test(path))).toEqual([]);
  });

  test('has no place where a wrong type goes unseen', () => {
    expect(unseen(object, schemaFaults, changeType).filter((path) => !OPEN.test(path))).toEqual([]);
  });
});

test('the pod of a model has no place where an unknown field or a wrong type goes unseen', () => {
  const [model] = objectsOf(platformConfig({})).filter(({ kind }) => kind === 'SeldonDeployment');
  const { spec } = model?.spec.predictors[0].componentSpecs[0] ?? {};
  expect(mappings(spec).length).toBeGreaterThan(30);
  expect([...unseen(spec, podSpecFaults, addUnknown), ...unseen(spec, podSpecFaults, changeType)]).toEqual([]);
});

test.each([
  ['Deployment', 'spec.selector'],
  ['Deployment', 'spec.template.spec.containers.0.name'],
  ['StatefulSet', 'spec.template'],
  ['Service', 'spec.ports.0.port'],
  ['NetworkPolicy', 'spec.podSelector'],
  ['ClusterRole', 'rules.0.verbs'],
  ['RoleBinding', 'roleRef'],
  ['RoleBinding', 'subjects.0.name'],
  ['ValidatingWebhookConfiguration', 'webhooks.0.sideEffects'],
  ['Certificate', 'spec.issuerRef'],
  ['ServiceMonitor', 'spec.selector'],
  ['PodMonitor', 'spec.selector'],
  ['SeldonDeployment', 'spec.predictors'],
  ['SeldonDeployment', 'spec.predictors.0.graph'],
  ['SeldonDeployment', 'spec.predictors.0.graph.name'],
])('a %s without %s is found', (kind, path) => {
  const copy = structuredClone(objects.find((object) => object.kind === kind)) as KubernetesObject;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  delete keys.reduce((node: Any, key) => node[key], copy)[last];
  expect(schemaFaults(copy)).not.toEqual([]);
});

describe('the SeldonDeployment type', () => {
  const { metadata, spec } = seldonCrd();
  const schemas = spec.versions.map(({ schema }): Any => schema.openAPIV3Schema);
  const [schema = {}] = schemas;

  /** Every schema below one, with the path of the field that it is for. */
  function fields(node: Any, path: string): [string, Any][] {
    const below = [
      ...Object.entries(node.properties ?? {}).map(([name, child]): [string, Any] => [`${path}.${name}`, child]),
      ...(node.items ? [[`${path}[]`, node.items] as [string, Any]] : []),
      ...(node.additionalProperties ? [[`${path}{}`, node.additionalProperties] as [string, Any]] : []),
    ];
    return [[path, node], ...below.flatMap(([name, child]) => fields(child, name))];
  }
  const all = fields(schema, '');

  test('is named as the API server wants it', () => {
    expect(metadata.name).toBe(SELDON_CRD);
    expect(metadata.name).toBe(`${spec.names.plural}.${spec.group}`);
    expect(spec.names.listKind).toBe(`${spec.names.kind}List`);
  });

  test('is one schema in all versions, so that none needs a conversion', () => {
    expect(new Set(schemas.map((version) => JSON.stringify(version))).size).toBe(1);
  });

  // "Structural" is the API server's word: without it a CRD of apiextensions.k8s.io/v1 is refused.
  test('is structural: every field has a type, in words that the API server knows', () => {
    const KNOWN = /^(type|format|nullable|description|required|properties|items|additionalProperties)$/;
    const faults = all.filter(([, node]) => {
      const words = Object.keys(node).filter((word) => !KNOWN.test(word));
      if (node['x-kubernetes-int-or-string']) return words.sort().join() !== 'anyOf,x-kubernetes-int-or-string';
      return (
        !['object', 'array', 'string', 'boolean', 'integer', 'number'].includes(node.type) ||
        (words.length > 0 && words.join() !== 'x-kubernetes-preserve-unknown-fields') ||
        (node.type === 'array') !== (node.items !== undefined) ||
        (node.properties && node.additionalProperties) ||
        (node.required ?? []).some((name: string) => !(name in (node.properties ?? {})))
      );
    });
    expect(faults.map(([path]) => path)).toEqual([]);
  });

  test('leaves nothing open but Kubernetes types', () => {
    const open = all.filter(([, node]) => node['x-kubernetes-preserve-unknown-fields']).map(([path]) => path);
    const predictor = '.spec.predictors[]';
    expect(open.sort()).toEqual(
      [
        'componentSpecs[].hpaSpec.metrics[]',
        'componentSpecs[].hpaSpec.metricsv2[]',
        'componentSpecs[].metadata',
        'componentSpecs[].spec',
        'engineResources',
        'explainer.containerSpec',
        'svcOrchSpec.env[]',
        'svcOrchSpec.resources',
      ].map((path) => `${predictor}.${path}`),
    );
  });

  test('has the fields that its columns and its scale read', () => {
    const read = spec.versions.flatMap(({ additionalPrinterColumns: columns, subresources: { scale } }) => [
      ...columns.map(({ jsonPath }) => jsonPath),
      ...Object.values(scale),
    ]);
    const known = [...all.map(([path]) => path), '.metadata.creationTimestamp'];
    expect(read.filter((path) => !known.includes(path))).toEqual([]);
  });
});

describe('a change touches no more than it must', () => {
  const filesWith = (settings: unknown, models: readonly unknown[] = GUIDE_MODELS) =>
    filesOf(composePlatform(platformConfig(settings, models)));
  /** The files that differ between two platforms. */
  const changed = (a: Map<string, unknown>, b: Map<string, unknown>) =>
    [...new Set([...a.keys(), ...b.keys()])].filter(
      (path) => JSON.stringify(a.get(path)) !== JSON.stringify(b.get(path)),
    );
  const base = filesWith({});
  const another = { name: 'another', server: 'SKLEARN_SERVER', uri: 's3://models/a/1' };

  test('a further model is one further file', () => {
    expect(changed(base, filesWith({}, [...GUIDE_MODELS, another]))).toEqual(['50-models/another.yaml']);
  });

  test('a model with an executor also lowers the Pod Security level of its namespace', () => {
    expect(changed(base, filesWith({}, [...GUIDE_MODELS, { ...another, engine: true }])).sort()).toEqual([
      '10-setup/namespaces.yaml',
      '50-models/another.yaml',
    ]);
  });

  test.each<[string, unknown, string[]]>([
    ['MLflow', { mlflow: { replicas: 2 } }, ['40-tracking/mlflow.yaml']],
    ['the console', { objectStore: { console: false } }, ['30-data/minio.yaml']],
    [
      'backups',
      { postgresql: { backup: { enabled: true } } },
      ['10-setup/network-policies.yaml', '30-data/postgresql-backup.yaml'],
    ],
    [
      'monitoring',
      { monitoring: { enabled: true } },
      [
        '10-setup/network-policies.yaml',
        '20-operators/models.yaml',
        '20-operators/seldon-core-operator.yaml',
        '30-data/minio.yaml',
        '30-data/postgresql.yaml',
        '40-tracking/mlflow.yaml',
        '50-models/mlflow-wine.yaml',
        '50-models/xgb-wine-k8s.yaml',
        '60-apps/frontend.yaml',
        '60-apps/monitoring-rules.yaml',
      ],
    ],
    ['policies', { networkPolicies: { enabled: false } }, ['10-setup/network-policies.yaml']],
    ['the webhook', { seldon: { certificates: 'cert-manager' } }, ['20-operators/seldon-core-operator.yaml']],
  ])('%s', (_, settings, files) => {
    expect(changed(base, filesWith(settings)).sort()).toEqual(files);
  });

  // A Job's template is immutable: applying another under the same name is refused.
  describe('the set-up Job of the object store', () => {
    const jobOf = (settings: unknown, models?: readonly unknown[]) =>
      filesWith(settings, models)
        .get('30-data/minio.yaml')
        ?.find(({ kind }) => kind === 'Job')?.metadata.name;

    test('carries its content in its name', () => {
      expect(jobOf({})).toMatch(/^minio-setup-[0-9a-f]{8}$/);
    });

    test.each<[string, unknown]>([
      ['another bucket', { objectStore: { bucket: 'other' } }],
      ['another image', { images: { overrides: { objectStore: { tag: 'RELEASE.2027-01-01T00-00-00Z' } } } }],
      ['a mirror', { images: { registry: 'mirror.example.com' } }],
      ['a pull Secret', { images: { pullSecret: 'login' } }],
    ])('has another name with %s', (_, settings) => {
      expect(jobOf(settings)).not.toBe(jobOf({}));
    });

    test.each<[string, unknown]>([
      ['more replicas of MLflow', { mlflow: { replicas: 3 } }],
      ['a larger volume', { objectStore: { storage: { size: '1Ti' } } }],
      ['more memory for the server', { objectStore: { resources: { limits: { memory: '4Gi' } } } }],
      ['no console', { objectStore: { console: false } }],
    ])('keeps its name with %s', (_, settings) => {
      expect(jobOf(settings)).toBe(jobOf({}));
    });

    test('keeps its name with other models', () => {
      expect(jobOf({}, [...GUIDE_MODELS, another])).toBe(jobOf({}));
    });
  });
});
