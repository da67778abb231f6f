/** From a model's quality to the report that measures it; store, server and namespace are of no environment. */
import { Credential } from '../../../charts/lib/secret';
import { composePlatform } from '../../../charts/platform';
import type { QualityProps } from '../../../charts/quality/props';
import { Quality } from '../../../charts/quality/quality';
import script from '../../../charts/quality/quality.py';
import {
  build,
  envOf,
  foreignBucket,
  foreignEndpoint,
  foreignImage,
  foreignImages,
  foreignResources,
  secretText,
} from '../../support/foreign';
import { find, GUIDE_MODELS, objectsOf, platformConfig } from '../../support/platform';
import { restrictedFaults } from '../../support/pod-security';

const props: QualityProps = {
  namespace: 'lab',
  model: 'scorer',
  copier: { ...foreignImage, reference: 'registry.example.org/rclone:1' },
  image: foreignImages.mlflow,
  pullSecret: 'login',
  store: foreignBucket,
  storeSecret: 'key-x',
  tracking: foreignEndpoint('runs', 5100, 15100),
  trackingPath: '/ml',
  schedule: '7 3 * * 2',
  timeZone: 'Europe/Berlin',
  predictions: 's3://lake/out/',
  truth: 's3://lake/truth/t.csv',
  key: 'ride',
  target: 'price',
  kind: 'classification',
  days: 17,
  resources: foreignResources,
};

function render(changes: Partial<QualityProps> = {}) {
  const { component, objects } = build((app) => new Quality(app, { ...props, ...changes }));
  const job = find(objects, 'CronJob', 'quality-scorer').spec;
  const pod = job.jobTemplate.spec.template.spec;
  const [predictions, truth] = pod.initContainers;
  return { component, objects, job, pod, predictions, truth, report: pod.containers[0] };
}
const plain = render();

test('runs when it is told, never twice at a time, and not for longer than a day', () => {
  expect(plain.job).toMatchObject({ schedule: '7 3 * * 2', timeZone: 'Europe/Berlin', concurrencyPolicy: 'Forbid' });
  expect(plain.job.jobTemplate.spec.activeDeadlineSeconds).toBe(86_400);
});

test('comes after the batches, whose answers it reads', () => {
  expect([...plain.component.files()].map(({ stage, name }) => [stage, name])).toEqual([
    ['55-batch', 'quality-scorer'],
  ]);
});

test('fetches predictions that are new enough, without the rows that the batch could not predict', () => {
  const command: string[] = plain.predictions.command;
  expect(command.slice(-2)).toEqual(['s3:lake/out', '/files/predictions']);
  expect(command).toEqual(expect.arrayContaining(['--max-age=17d', '--exclude=/failed/**']));
});

test('fetches truth of any age', () => {
  expect(plain.truth.command.slice(-2)).toEqual(['s3:lake/truth/t.csv', '/files/truth']);
  expect(plain.truth.command.join(' ')).not.toContain('--max-age');
});

test('shows the key of the store only to what fetches', () => {
  const key = [{ secretRef: { name: 'key-x' } }];
  expect([plain.predictions.envFrom, plain.truth.envFrom, plain.report.envFrom]).toEqual([key, key, undefined]);
  expect(plain.component.secrets).toEqual([]);
});

test('runs from a script of the manifest that reads each variable it is given, and no other', () => {
  expect(find(plain.objects, 'ConfigMap', 'quality-scorer').data).toEqual({ 'quality.py': script });
  const read = [...script.matchAll(/env\["(\w+)"\]/g)].map(([, name = '']) => name);
  const given = Object.keys(envOf(plain.report)).filter((name) => name !== 'HOME' && !name.startsWith('MLFLOW_'));
  expect(new Set(read)).toEqual(new Set(given));
});

test('is told what to compare, and where to log it', () => {
  expect(envOf(plain.report)).toMatchObject({
    MODEL: 'scorer',
    PREDICTIONS: 's3://lake/out/',
    TRUTH: 's3://lake/truth/t.csv',
    KEY: 'ride',
    TARGET: 'price',
    KIND: 'classification',
    EXPERIMENT: 'scorer-quality',
    MLFLOW_TRACKING_URI: 'http://runs.elsewhere.svc:5100/ml',
  });
  expect(envOf(render({ experiment: 'rides' }).report).EXPERIMENT).toBe('rides');
});

test('signs in where the server has users', () => {
  const user = { name: 'reporter', password: new Credential('SOME_PASSWORD', 'a test') };
  const { component, report } = render({ user });
  expect(report.envFrom).toEqual([{ secretRef: { name: 'quality-scorer-login' } }]);
  expect(secretText(component, 'quality-scorer-login', 'MLFLOW_TRACKING_USERNAME')).toBe('reporter');
  expect(secretText(component, 'quality-scorer-login', 'MLFLOW_TRACKING_PASSWORD')).toBe('<SOME_PASSWORD>');
});

test('may open connections to the store and the tracking server, and no others', () => {
  expect(plain.component.edges.map(({ to, ports }) => [to.kind, ...ports])).toEqual([
    ['pods', 17000],
    ['pods', 15100],
  ]);
});

test('passes Pod Security "restricted" without a token and with a root that is read-only', () => {
  expect(restrictedFaults(plain.pod)).toEqual([]);
  expect(plain.pod.automountServiceAccountToken).toBe(false);
  for (const container of [plain.predictions, plain.truth, plain.report]) {
    expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
  }
});

test('has the images, the resources and the pull Secret that it is given', () => {
  const images = [plain.predictions, plain.truth, plain.report].map(({ image }) => image);
  expect(images).toEqual(['registry.example.org/rclone:1', 'registry.example.org/rclone:1', props.image.reference]);
  expect(plain.report.resources).toEqual(foreignResources);
  expect(plain.pod.imagePullSecrets).toEqual([{ name: 'login' }]);
  const { limits } = plain.truth.resources;
  expect(limits['ephemeral-storage']).toBe(foreignResources.limits['ephemeral-storage']);
});

describe('in a platform', () => {
  const [wine] = GUIDE_MODELS;
  const quality = { schedule: '@weekly', truth: 's3://models/truth/', key: 'id', target: 'y', kind: 'regression' };
  const batch = { input: 's3://models/in/', output: 's3://models/out' };
  const objects = (model: object, platform: object = {}) =>
    objectsOf(platformConfig({ frontend: { enabled: false }, ...platform }, [{ ...wine, ...model }]));
  const reportOf = (model: object, platform: object = {}) =>
    find(objects(model, platform), 'CronJob', `quality-${wine.name}`).spec.jobTemplate.spec.template.spec;

  test('judges the answers of the batch where nothing else is said', () => {
    expect(envOf(reportOf({ quality, batch }).containers[0]).PREDICTIONS).toBe('s3://models/out');
    const other = { ...quality, predictions: 's3://models/logged/' };
    expect(envOf(reportOf({ quality: other, batch }).containers[0]).PREDICTIONS).toBe('s3://models/logged/');
  });

  test('a batch marks its answers with the version of the model', () => {
    const job = objects({ uri: 's3://models/some/7', batch }).find(
      ({ kind, metadata }) => kind === 'Job' && metadata.name.startsWith('batch-'),
    );
    expect(envOf(job?.spec.template.spec.initContainers[1]).MODEL_VERSION).toBe('s3://models/some/7');
  });

  test('needs a user of MLflow only where MLflow has users, and each report has a Secret of its own', () => {
    expect(reportOf({ quality, batch }).containers[0].envFrom).toBeUndefined();
    const other = { name: 'other', server: 'SKLEARN_SERVER', uri: 's3://models/o', quality, batch };
    const config = platformConfig({ frontend: { enabled: false }, mlflow: { auth: 'basic' } }, [
      { ...wine, quality, batch },
      other,
    ]);
    const { secrets } = composePlatform(config);
    const names = secrets.filter(({ namespace }) => namespace === 'ml-models').map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([`quality-${wine.name}-login`, 'quality-other-login']));
    expect(new Set(names).size).toBe(names.length);
    const users = secrets.find(({ name }) => name === 'mlflow-users');
    expect(Object.keys(users?.data ?? {})).toEqual(['admin', 'platform-quality']);
  });
});
