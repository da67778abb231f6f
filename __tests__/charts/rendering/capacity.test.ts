/** What a platform asks of a cluster: the sums that `npm run synth` prints. */
import { type Capacity, capacityOf, sum } from '../../../charts/rendering/capacity';

const Mi = 2 ** 20;
const container = (cpu: string, memory: string, resources: object = {}) => ({
  resources: { requests: { cpu, memory }, limits: { cpu: '64', memory: '64Gi' }, ...resources },
});
const workload = (kind: string, spec: object, more: object = {}) => ({ kind, spec: { template: { spec }, ...more } });
const claim = (storage: string) => ({ spec: { resources: { requests: { storage } } } });
const capacity = (cpu: number, memory: number, storage = 0): Capacity => ({ cpu, memory, storage });

describe('a pod', () => {
  test('asks for the requests of its containers together, not their limits', () => {
    const containers = [container('100m', '10Mi'), container('200m', '20Mi')];
    const { cpu, memory } = capacityOf(workload('Deployment', { containers }));
    expect(cpu).toBeCloseTo(0.3);
    expect(memory).toBe(30 * Mi);
  });

  test('asks for its largest init container where that is more, since those run before and one by one', () => {
    const spec = {
      containers: [container('500m', '10Mi')],
      initContainers: [container('250m', '40Mi'), container('250m', '30Mi')],
    };
    expect(capacityOf(workload('Deployment', spec))).toEqual(capacity(0.5, 40 * Mi));
  });

  test('asks for nothing where nothing is requested', () => {
    expect(capacityOf(workload('Deployment', { containers: [{}, { resources: {} }] }))).toEqual(capacity(0, 0));
  });

  test('may request a bare number', () => {
    const containers = [{ resources: { requests: { cpu: 2, memory: 1024 } } }];
    expect(capacityOf(workload('Deployment', { containers }))).toEqual(capacity(2, 1024));
  });
});

describe('a workload', () => {
  const spec = { containers: [container('250m', '8Mi')] };

  test.each(['Deployment', 'StatefulSet', 'Job'])('of kind %s has one pod, where it does not say otherwise', (kind) => {
    expect(capacityOf(workload(kind, spec))).toEqual(capacity(0.25, 8 * Mi));
  });

  test('has as many pods as replicas', () => {
    expect(capacityOf(workload('Deployment', spec, { replicas: 3 }))).toEqual(capacity(0.75, 24 * Mi));
    expect(capacityOf(workload('Deployment', spec, { replicas: 0 }))).toEqual(capacity(0, 0));
  });

  test('has the volumes of its claims, for each replica', () => {
    const more = { replicas: 2, volumeClaimTemplates: [claim('3Mi'), claim('4Mi')] };
    expect(capacityOf(workload('StatefulSet', spec, more))).toEqual(capacity(0.5, 16 * Mi, 14 * Mi));
  });

  test('that runs on a schedule needs its place once', () => {
    const object = { kind: 'CronJob', spec: { jobTemplate: { spec: { template: { spec } } } } };
    expect(capacityOf(object)).toEqual(capacity(0.25, 8 * Mi));
  });
});

test('a claim is a volume', () => {
  expect(capacityOf({ kind: 'PersistentVolumeClaim', ...claim('5Gi') })).toEqual(capacity(0, 0, 5 * 2 ** 30));
});

describe('a model', () => {
  const componentSpecs = [
    { spec: { containers: [container('500m', '16Mi')], initContainers: [container('1', '1Mi')] } },
  ];
  const model = (...predictors: object[]) => ({
    kind: 'SeldonDeployment',
    metadata: { name: 'model-x' },
    spec: {
      predictors: predictors.map((predictor, index) => ({
        name: `predictor-${index}`,
        graph: { name: 'a' },
        ...predictor,
        componentSpecs: componentSpecs.map((component) => ({
          ...component,
          metadata: {},
          ...Object(predictor).component,
        })),
      })),
    },
  });

  test('asks for its pod, as often as it has replicas', () => {
    expect(capacityOf(model({}))).toEqual(capacity(1, 16 * Mi));
    expect(capacityOf(model({ replicas: 4 }))).toEqual(capacity(4, 64 * Mi));
    expect(capacityOf(model({ replicas: 0 }))).toEqual(capacity(0, 0));
  });

  test('asks for its executor in each of them', () => {
    const svcOrchSpec = container('250m', '2Mi');
    const { memory } = capacityOf(model({ svcOrchSpec, replicas: 2 }));
    expect(memory).toBe(36 * Mi);
  });

  test('asks for as many pods as its scaler may start', () => {
    const scaled = (component: object) => capacityOf(model({ component }));
    expect(scaled({ hpaSpec: { minReplicas: 1, maxReplicas: 7 } })).toEqual(capacity(7, 112 * Mi));
    expect(scaled({ kedaSpec: { minReplicaCount: 0, maxReplicaCount: 3 } })).toEqual(capacity(3, 48 * Mi));
  });

  test('asks for what explains it', () => {
    const explainer = { replicas: 2, containerSpec: { name: 'e', ...container('1', '1Mi') } };
    expect(capacityOf(model({ explainer }))).toEqual(capacity(3, 18 * Mi));
  });

  test('asks for all of its predictors', () => {
    expect(capacityOf(model({}, { replicas: 2 }))).toEqual(capacity(3, 48 * Mi));
  });
});

test.each(['Service', 'ConfigMap', 'NetworkPolicy', 'CustomResourceDefinition'])('a %s asks for nothing', (kind) => {
  expect(capacityOf({ kind, spec: {} })).toEqual(capacity(0, 0));
});

describe('a sum', () => {
  test('is of each amount by itself', () => {
    expect(sum([capacity(1, 2, 3), capacity(10, 20, 30)])).toEqual(capacity(11, 22, 33));
  });

  test('of nothing is nothing', () => {
    expect(sum([])).toEqual(capacity(0, 0));
  });
});
