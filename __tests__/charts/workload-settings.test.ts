/** What an environment says of a component's pods is in each of its pods, whichever component it is. */
import { workloadFields } from '../../config/workload';
import { QUALITY } from '../support/configurations';
import { find, GUIDE_MODELS, type KubernetesObject, objectsOf, platformConfig } from '../support/platform';

type Any = KubernetesObject['spec'];

const affinity = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'example.org/disk', operator: 'In', values: ['ssd'] }] }],
    },
  },
};
const tolerations = [{ key: 'example.org/taint', operator: 'Equal', value: 'x', effect: 'NoExecute' }];
const settings = {
  nodeSelector: { 'example.org/pool': 'seven' },
  tolerations,
  affinity,
  topologySpread: [{ topologyKey: 'example.org/rack', maxSkew: 3, whenUnsatisfiable: 'DoNotSchedule' }],
  priorityClassName: 'class-seven',
  podLabels: { 'example.org/label': 'seven' },
  podAnnotations: { 'example.org/annotation': 'a b' },
  env: {
    OF_TEXT: 'seven',
    OF_SECRET: { secret: 'secret-seven', key: 'k.1' },
    OF_MAP: { configMap: 'map-seven', key: 'k.2' },
  },
  serviceAccount: { annotations: { 'example.org/role': 'arn:seven' } },
};

const SERVERS = ['mlflow', 'postgresql', 'objectStore', 'seldon', 'frontend', 'training'] as const;

/** A platform with everything that has pods of its own; models are not among it. */
function everyComponent(given: object, engine: 'kubernetes' | 'argo' = 'kubernetes', schedule?: string) {
  const components = Object.fromEntries(SERVERS.map((name) => [name, given]));
  const [wine] = GUIDE_MODELS;
  const seldonModel = { ...wine, server: 'SKLEARN_SERVER', protocol: 'seldon', engine: true };
  return objectsOf(
    platformConfig(
      {
        ...components,
        postgresql: { ...given, backup: { enabled: true } },
        training: { ...given, enabled: true },
      },
      [
        {
          ...seldonModel,
          detector: { kind: 'drift', uri: 's3://models/d/1', batchSize: 7, ...given },
          batch: { input: 's3://models/in/', output: 's3://models/out', engine, schedule, ...given },
        },
        { ...wine, name: 'reported', quality: { ...QUALITY, ...given } },
      ],
    ),
  );
}

/** The pod templates of the platform's own workloads, by their kind and name without the hash. */
function templates(objects: readonly KubernetesObject[]): Record<string, Any> {
  return Object.fromEntries(
    objects.flatMap(({ kind, metadata: { name }, spec }) => {
      const template = spec?.template ?? spec?.jobTemplate?.spec.template;
      return template ? [[`${kind} ${name.replace(/-[0-9a-f]{8}$/, '')}`, template]] : [];
    }),
  );
}

const plain = templates(everyComponent({}));
const given = templates(everyComponent(settings));

test('every workload is looked at', () => {
  expect(Object.keys(given).sort()).toEqual([
    'CronJob postgresql-backup',
    'CronJob postgresql-restore',
    'CronJob postgresql-restore-test',
    'CronJob quality-reported',
    'Deployment fe-deployment',
    'Deployment mlflow',
    'Deployment mlflow-wine-detector',
    'Deployment seldon-controller-manager',
    'Job batch-mlflow-wine',
    'Job minio-setup',
    'Job wine-training',
    'StatefulSet minio',
    'StatefulSet postgresql',
  ]);
});

describe.each(Object.keys(given))('%s', (name) => {
  const { metadata, spec } = given[name];
  const containers: Any[] = [...(spec.initContainers ?? []), ...spec.containers];

  test('is placed', () => {
    const { nodeSelector, priorityClassName } = settings;
    expect(spec).toMatchObject({ nodeSelector, tolerations, affinity, priorityClassName });
  });

  test('is spread among its own pods', () => {
    const [rule] = spec.topologySpreadConstraints;
    expect(rule).toMatchObject({ topologyKey: 'example.org/rack', maxSkew: 3, whenUnsatisfiable: 'DoNotSchedule' });
    expect(metadata.labels).toMatchObject(rule.labelSelector.matchLabels);
    expect(Object.keys(rule.labelSelector.matchLabels)).toContain('app.kubernetes.io/component');
  });

  test('has the labels and annotations beside its own', () => {
    expect(metadata.labels).toEqual({ ...plain[name].metadata.labels, ...settings.podLabels });
    expect(metadata.annotations).toEqual({ ...plain[name].metadata.annotations, ...settings.podAnnotations });
  });

  test('has the variables in every container', () => {
    for (const { env } of containers) {
      expect(env).toEqual(
        expect.arrayContaining([
          { name: 'OF_TEXT', value: 'seven' },
          { name: 'OF_SECRET', valueFrom: { secretKeyRef: { name: 'secret-seven', key: 'k.1' } } },
          { name: 'OF_MAP', valueFrom: { configMapKeyRef: { name: 'map-seven', key: 'k.2' } } },
        ]),
      );
    }
  });
});

test('every ServiceAccount of a component has the annotations; that of the models is another matter', () => {
  const accounts = everyComponent(settings).filter(({ kind }) => kind === 'ServiceAccount');
  const without = accounts.filter(({ metadata }) => metadata.annotations?.['example.org/role'] !== 'arn:seven');
  expect(without.map(({ metadata }) => metadata.name)).toEqual(['models']);
});

test('selectors do not know the labels', () => {
  const selectors = (objects: readonly KubernetesObject[]) =>
    objects.flatMap(({ kind, spec }) =>
      ['Deployment', 'StatefulSet', 'Service', 'NetworkPolicy'].includes(kind)
        ? [spec.selector ?? spec.podSelector]
        : [],
    );
  expect(selectors(everyComponent(settings))).toEqual(selectors(everyComponent({})));
});

test('nothing is left out of this file', () => {
  expect(Object.keys(settings).sort()).toEqual(Object.keys(workloadFields).sort());
});

test.each(['podLabels', 'podAnnotations'])(
  'a one-time Job with other %s is another Job, since its template is fixed',
  (field) => {
    const nameOf = (objects: readonly KubernetesObject[]) =>
      objects.find(({ metadata }) => metadata.name.startsWith('minio-setup-'))?.metadata.name;
    expect(nameOf(everyComponent({ [field]: { a: 'b' } }))).not.toBe(nameOf(everyComponent({})));
  },
);

describe('a variable that the component has itself', () => {
  const env = (value: string) =>
    find(everyComponent({ env: { PGAPPNAME: value } }), 'Deployment', 'mlflow').spec.template.spec.containers[0].env;

  test('is replaced, and stands once and where it stood', () => {
    const before = env('mlflow');
    const after = env('other');
    expect(after.map(({ name }: Any) => name)).toEqual(before.map(({ name }: Any) => name));
    expect(after.find(({ name }: Any) => name === 'PGAPPNAME')).toEqual({ name: 'PGAPPNAME', value: 'other' });
  });
});

describe('Argo has them in its own words', () => {
  test.each(['Workflow', 'CronWorkflow'])('a %s', (kind) => {
    const objects = everyComponent(settings, 'argo', kind === 'CronWorkflow' ? '0 2 * * *' : undefined);
    const found = objects.find((object) => object.kind === kind);
    const spec = kind === 'Workflow' ? found?.spec : found?.spec.workflowSpec;
    const { nodeSelector, podLabels, podAnnotations } = settings;
    expect(spec).toMatchObject({
      nodeSelector,
      tolerations,
      affinity,
      podPriorityClassName: 'class-seven',
      podMetadata: { labels: podLabels, annotations: podAnnotations },
    });
    expect(JSON.parse(spec.podSpecPatch).topologySpreadConstraints).toMatchObject([
      { topologyKey: 'example.org/rack' },
    ]);
    const [{ container, initContainers }] = spec.templates;
    for (const { env } of [container, ...initContainers])
      expect(env).toContainEqual({ name: 'OF_TEXT', value: 'seven' });
  });
});

describe('a limit that is "none"', () => {
  const resources = (limits: object) =>
    find(everyComponent({ resources: { limits } }), 'Deployment', 'mlflow').spec.template.spec.containers[0].resources;

  test('is left out, and its request stays', () => {
    expect(Object.keys(resources({ cpu: 'none' }).limits)).toEqual(['ephemeral-storage', 'memory']);
    expect(Object.keys(resources({ cpu: 'none', memory: 'none' }).limits)).toEqual(['ephemeral-storage']);
    expect(resources({ cpu: 'none' }).requests).toEqual(resources({}).requests);
  });
});

describe('labels and annotations of all objects', () => {
  const labels = { 'example.org/cost': 'seven' };
  const annotations = { 'example.org/owner': 'a b' };
  const config = (common: object) =>
    platformConfig({ ...common, postgresql: { backup: { enabled: true } }, training: { enabled: true } });
  const common = objectsOf(config({ commonLabels: labels, commonAnnotations: annotations }));
  const bare = objectsOf(config({}));

  test('are on each of them, beside its own', () => {
    expect(common.map(({ metadata }) => metadata)).toEqual(
      bare.map(({ metadata }) => ({
        ...metadata,
        labels: { ...metadata.labels, ...labels },
        annotations: { ...metadata.annotations, ...annotations },
      })),
    );
  });

  test('change nothing else: no selector, no pod, no claim template', () => {
    const rest = ({ metadata: _, ...object }: KubernetesObject) => object;
    expect(common.map(rest)).toEqual(bare.map(rest));
  });
});
