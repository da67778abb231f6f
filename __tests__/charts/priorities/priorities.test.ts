import { podsOf } from '../../support/cluster';
import { find, objectsOf, platformConfig } from '../../support/platform';

const settings = {
  priorities: { enabled: true },
  postgresql: { backup: { enabled: true } },
  training: { enabled: true },
  frontend: { priorityClassName: 'shown' },
};
const objects = objectsOf(platformConfig(settings, undefined, 'staging'));

test('data is kept before what serves, and that before batches, which take no room from others', () => {
  const classes = objects.filter(({ kind }) => kind === 'PriorityClass');
  const sorted = classes.sort((one, other) => other.value - one.value);
  expect(sorted.map(({ metadata, preemptionPolicy }) => [metadata.name, preemptionPolicy])).toEqual([
    ['staging-data', 'PreemptLowerPriority'],
    ['staging-serving', 'PreemptLowerPriority'],
    ['staging-batch', 'Never'],
  ]);
});

test.each([
  ['StatefulSet postgres/postgresql', 'staging-data'],
  ['StatefulSet minio-system/minio', 'staging-data'],
  ['CronJob postgres/postgresql-backup', 'staging-batch'],
  ['Deployment mlflow/mlflow', 'staging-serving'],
  ['Deployment seldon-system/seldon-controller-manager', 'staging-serving'],
  ['SeldonDeployment ml-models/mlflow-wine', 'staging-serving'],
  ['Deployment fe/fe-deployment', 'shown'],
])('the pods of %s are %s', (owner, name) => {
  expect(podsOf(objects).find((pod) => pod.owner === owner)?.spec.priorityClassName).toBe(name);
});

test('a Workflow of Argo is a batch', () => {
  const batch = { input: 's3://models/in/', output: 's3://models/out', engine: 'argo' };
  const model = { name: 'm', server: 'SKLEARN_SERVER', uri: 's3://models/m', batch };
  const argo = objectsOf(platformConfig({ ...settings, frontend: { enabled: false } }, [model], 'staging'));
  const [workflow] = argo.filter(({ kind }) => kind === 'Workflow');
  expect(workflow?.spec.podPriorityClassName).toBe('staging-batch');
});

test('training is a batch', () => {
  const [job] = objects.filter(({ kind, metadata }) => kind === 'Job' && metadata.namespace === 'training');
  expect(job?.spec.template.spec.priorityClassName).toBe('staging-batch');
});

test('there are none if nobody asks for them', () => {
  const plain = objectsOf(platformConfig());
  expect(plain.filter(({ kind }) => kind === 'PriorityClass')).toEqual([]);
  expect(find(plain, 'Deployment', 'mlflow').spec.template.spec.priorityClassName).toBeUndefined();
});
