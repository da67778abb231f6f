import { demands, formatAmount } from '../../../charts/quotas/demand';
import { find, objectsOf, platformConfig } from '../../support/platform';
import { platformRefuses } from '../../support/refusals';

const resources = (cpu: string, memory: string) => ({
  requests: { cpu, memory, 'ephemeral-storage': '1Gi' },
  limits: { cpu: '1', memory, 'ephemeral-storage': '2Gi' },
});
const workload = (
  kind: string,
  spec: object,
  containers: readonly object[] = [{ name: 'a', resources: resources('100m', '1Gi') }],
) => ({
  kind,
  metadata: { name: 'x', namespace: 'n' },
  spec: { ...spec, template: { spec: { containers } } },
});
const demandOf = (...objects: object[]) => demands(objects).get('n');

describe('what the pods of a namespace ask for', () => {
  test('a Deployment asks for its pods, the one that an update starts and the one that still stops', () => {
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } };
    expect(demandOf(workload('Deployment', { replicas: 3, strategy }))).toMatchObject({
      pods: 5,
      requests: { cpu: 0.5, memory: 5 * 2 ** 30 },
      limits: { cpu: 5 },
      largest: { cpu: 1 },
    });
  });

  test('one that stops before it starts asks for no more than its pods', () => {
    expect(demandOf(workload('Deployment', { replicas: 3, strategy: { type: 'Recreate' } }))?.pods).toBe(3);
  });

  test('one without a word of its surge starts a quarter more', () => {
    expect(demandOf(workload('Deployment', { replicas: 5 }))?.pods).toBe(9);
  });

  test('a StatefulSet replaces each pod after it has stopped', () => {
    expect(demandOf(workload('StatefulSet', { replicas: 4 }))?.pods).toBe(4);
  });

  test('a CronJob whose runs may overlap asks for two', () => {
    const cron = (concurrencyPolicy: string) => ({
      kind: 'CronJob',
      metadata: { name: 'x', namespace: 'n' },
      spec: { concurrencyPolicy, jobTemplate: { spec: { template: { spec: { containers: [] } } } } },
    });
    expect([demandOf(cron('Forbid'))?.pods, demandOf(cron('Allow'))?.pods]).toEqual([1, 2]);
  });

  test('a Workflow of Argo asks for its containers and the one that Argo adds', () => {
    const template = { container: { name: '', resources: resources('1', '1Gi') } };
    const workflow = (kind: string, spec: object) => ({ kind, metadata: { name: 'x', namespace: 'n' }, spec });
    const [once, often] = [
      demandOf(workflow('Workflow', { entrypoint: 'batch', templates: [template] })),
      demandOf(workflow('CronWorkflow', { concurrencyPolicy: 'Allow', workflowSpec: { templates: [template] } })),
    ];
    expect([once?.requests.cpu, once?.limits.cpu, often?.pods]).toEqual([1.05, 1.5, 2]);
  });

  test('an instance of PostgreSQL asks for what archives beside it, too', () => {
    const archiving = (enabled: boolean) => {
      const store = { endpoint: 'https://s3.example.com', bucket: 'base', accessKeyId: 'AK' };
      const backup = enabled ? { backup: { enabled, store } } : {};
      const postgresql = { kind: 'cloudNativePg', instances: 3, ...backup };
      return demands(objectsOf(platformConfig({ certificates: { kind: 'own' }, postgresql }))).get('postgres');
    };
    const [without, beside] = [archiving(false), archiving(true)];
    // 50m and 1 CPU, 128Mi and 512Mi for each of three.
    expect((beside?.requests.cpu ?? 0) - (without?.requests.cpu ?? 0)).toBeCloseTo(0.15);
    expect((beside?.limits.memory ?? 0) - (without?.limits.memory ?? 0)).toBe(3 * 512 * 2 ** 20);
  });

  test.each(['cert-manager.io/issuer', 'cert-manager.io/cluster-issuer'])(
    'an Ingress with %s asks for a pod for each of its hosts, which proves it to an ACME server',
    (annotation) => {
      const ingress = (annotations: object, ...hosts: string[]) => ({
        kind: 'Ingress',
        metadata: { name: 'x', namespace: 'n', annotations },
        spec: { tls: [{ hosts, secretName: 'x' }] },
      });
      expect(demandOf(ingress({}, 'a.test'))).toBeUndefined();
      // The LimitRange gives the disk, of which cert-manager says nothing.
      expect(demandOf(ingress({ [annotation]: 'acme' }, 'a.test', 'b.test'))).toMatchObject({
        pods: 2,
        requests: { cpu: 0.02, memory: 128 * 2 ** 20, 'ephemeral-storage': 128 * 2 ** 20 },
        limits: { cpu: 0.2, memory: 128 * 2 ** 20, 'ephemeral-storage': 2 ** 30 },
      });
    },
  );

  test('nothing bounds a limit that some container does not have', () => {
    const open = { name: 'b', resources: { ...resources('1', '1Gi'), limits: { memory: '1Gi' } } };
    expect(Object.keys(demandOf(workload('StatefulSet', {}, [open]))?.limits ?? {})).toEqual(['memory']);
  });

  test('a model asks for the most pods that its autoscaler starts, and a quarter more', () => {
    const model = {
      name: 'mlflow-wine',
      server: 'SKLEARN_SERVER',
      uri: 's3://models/a',
      autoscaling: { max: 8, cpu: 50 },
      form: { inputs: [{ name: 'a' }] },
    };
    const objects = objectsOf(platformConfig({}, [model]));
    expect(demands(objects).get('ml-models')?.pods).toBe(8 + 2 * 2);
  });
});

test.each([
  ['requests.cpu', 0.25, '250m'],
  ['limits.cpu', 3, '3'],
  ['requests.cpu', 0, '0'],
  ['requests.memory', 1536 * 2 ** 20, '1536Mi'],
  ['requests.memory', 2 ** 41, '2Ti'],
  ['limits.memory', 0, '0'],
  ['pods', 2.5, '3'],
])('%s of %d is written as the API server would: %s', (name, value, text) => {
  expect(formatAmount(name, value)).toBe(text);
});

describe('the quota of a namespace', () => {
  const quota = (quotas: object) => {
    const objects = objectsOf(
      platformConfig({ namespaces: { mlflow: 'tracking' }, quotas: { enabled: true, ...quotas } }),
    );
    return objects.filter(({ kind, metadata }) => kind === 'ResourceQuota' && metadata.namespace === 'tracking')[0]
      ?.spec.hard;
  };

  test('leaves what is said free beside what runs', () => {
    expect([quota({ headroom: 0 }).pods, quota({ headroom: 100 }).pods]).toEqual(['3', '6']);
  });

  test('has room for what proves the host of an Ingress', () => {
    const pods = (tls: object) => {
      const access = { kind: 'ingress', domain: 'ml.test', models: { enabled: false }, tls };
      const objects = objectsOf(platformConfig({ access, quotas: { enabled: true, headroom: 0 } }));
      return objects.find(({ kind, metadata }) => kind === 'ResourceQuota' && metadata.namespace === 'mlflow')?.spec
        .hard;
    };
    expect([pods({ secret: 'wild' }).pods, pods({ issuer: 'acme' }).pods]).toEqual(['3', '4']);
  });

  test('is what is given by hand', () => {
    expect(quota({ hard: { mlflow: { 'requests.cpu': '7' } } })['requests.cpu']).toBe('7');
  });

  test('lets pods use as much as they may ask for by hand', () => {
    expect(quota({ hard: { mlflow: { 'requests.cpu': '70' } } })['limits.cpu']).toBe('70');
  });

  test('is there only if it is asked for', () => {
    expect(objectsOf(platformConfig()).filter(({ kind }) => /ResourceQuota|LimitRange/.test(kind))).toEqual([]);
  });
});

test('a container without a limit gets none from the LimitRange', () => {
  const settings = { mlflow: { resources: { limits: { cpu: 'none' } } }, quotas: { enabled: true } };
  const objects = objectsOf(platformConfig(settings)).filter(({ metadata }) => metadata.namespace === 'mlflow');
  expect(Object.keys(find(objects, 'LimitRange', 'platform').spec.limits[0].default)).not.toContain('cpu');
});

test('a container without a request gets one: with a quota, the API server would not admit it', () => {
  const explained = {
    name: 'mlflow-wine',
    server: 'SKLEARN_SERVER',
    protocol: 'seldon',
    uri: 's3://models/a',
    form: { inputs: [{ name: 'a' }] },
    explainer: { type: 'AnchorTabular', uri: 's3://models/explainer' },
  };
  const objects = objectsOf(platformConfig({ quotas: { enabled: true } }, [explained]));
  const models = objects.filter(({ metadata }) => metadata.namespace === 'ml-models');
  expect(find(models, 'ResourceQuota', 'platform').spec.hard['requests.ephemeral-storage']).toBeDefined();
  // What fetches the explainer's files says nothing of its disk.
  const [limits] = find(models, 'LimitRange', 'platform').spec.limits;
  expect([limits.defaultRequest['ephemeral-storage'], limits.max['ephemeral-storage']]).toEqual(['64Mi', undefined]);
});

platformRefuses({
  'a quota of limits below that of requests': [
    [
      'CPUs',
      'quotas: {enabled: true, hard: {mlflow: {requests.cpu: "30", limits.cpu: "20"}}}',
      'quotas.hard.mlflow.limits.cpu: is 20, less than the 30 of requests.cpu; make it at least that, or leave it out',
    ],
  ],
  'a quota that what runs does not fit into': [
    [
      'CPUs',
      'quotas: {enabled: true, hard: {mlflow: {requests.cpu: 150m}}}',
      'quotas.hard.mlflow.requests.cpu: is 150m, less than the 300m that the pods of mlflow need during an update; make it at least 300m, or leave it out: it follows from what runs',
    ],
    [
      'pods',
      'quotas: {enabled: true, hard: {frontend: {pods: 1}}}',
      'quotas.hard.frontend.pods: is 1, less than the 3 that the pods of fe need during an update; make it at least 3, or leave it out: it follows from what runs',
    ],
    [
      'an amount that is none',
      'quotas: {hard: {mlflow: {requests.memory: 400m}}}',
      'quotas.hard.mlflow.requests.memory: must be an amount of bytes, not "400m", such as "32Gi"',
    ],
  ],
});
