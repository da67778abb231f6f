/** The clean-up of MLflow, from foreign inputs. */
import { MlflowGc } from '../../../charts/mlflow/gc';
import { Mlflow } from '../../../charts/mlflow/mlflow';
import {
  build,
  envOf,
  foreignBucket,
  foreignDatabase,
  foreignEndpoint,
  foreignImage,
  foreignResources,
} from '../../support/foreign';
import { find } from '../../support/platform';

const { component: mlflow } = build(
  (app) =>
    new Mlflow(app, {
      namespace: 'lab',
      image: foreignImage,
      database: foreignDatabase,
      artifacts: foreignBucket,
      clusterDomain: 'cluster.test',
      hosts: [],
      replicas: 1,
      workers: 1,
      resources: foreignResources,
      clientNamespaces: [],
    }),
);
const { component, objects } = build(
  (app) =>
    new MlflowGc(app, {
      namespace: 'lab',
      image: foreignImage,
      database: foreignDatabase,
      login: mlflow.login,
      tracking: foreignEndpoint('tracker', 7000, 17000),
      trackingPath: '/base',
      schedule: '5 4 * * sun',
      olderThan: '9d',
    }),
);
const job = find(objects, 'CronJob', 'mlflow-gc');
const { volumes, containers } = job.spec.jobTemplate.spec.template.spec;
const [container] = containers;

test('runs on its schedule, one at a time, and none for longer than a day', () => {
  expect(job.spec).toMatchObject({ schedule: '5 4 * * sun', concurrencyPolicy: 'Forbid' });
  expect(job.spec.jobTemplate.spec.activeDeadlineSeconds).toBe(86_400);
});

test('deletes what was deleted long enough ago, and only that', () => {
  expect(container.image).toBe(foreignImage.reference);
  expect(container.command).toEqual(['mlflow', 'gc']);
  expect(container.args).toEqual(['--backend-store-uri=postgresql+psycopg2://', '--older-than=9d']);
});

test('logs in to the database as the server does, and has no key to the bucket', () => {
  expect(envOf(container)).toMatchObject({ PGHOST: 'pg.elsewhere.svc', PGUSER: 'tracker', PGSERVICE: 'mlflow' });
  expect(volumes.flatMap(({ secret }: { secret?: { secretName: string } }) => secret?.secretName ?? [])).toEqual([
    'mlflow-database',
  ]);
});

test('asks the server to delete the artifacts', () => {
  expect(envOf(container).MLFLOW_TRACKING_URI).toBe('http://tracker.elsewhere.svc:7000/base');
});

test('may call the two, and nothing else', () => {
  expect(component.edges.map(({ to, ports }) => [to.kind === 'pods' && to.name, ...ports])).toEqual([
    ['pg-pods', 16432],
    ['tracker-pods', 17000],
  ]);
});
