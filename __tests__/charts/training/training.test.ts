/** The Job that trains the wine example, from foreign inputs. */
import { Training, type TrainingProps } from '../../../charts/training/training';
import { build, envOf, foreignEndpoint, foreignImage, foreignResources } from '../../support/foreign';

const props: TrainingProps = {
  namespace: 'lab',
  image: foreignImage,
  tracking: foreignEndpoint('tracker', 7000, 17000),
  trackingPath: '/base',
  data: 'https://data.example.org/w.csv',
  verify: true,
  resources: foreignResources,
};
const make = (changes: Partial<TrainingProps> = {}) => build((app) => new Training(app, { ...props, ...changes }));
const job = (changes: Partial<TrainingProps> = {}) => {
  const found = make(changes).objects.find(({ kind }) => kind === 'Job');
  if (!found) throw new Error('no Job');
  return found;
};
const container = (changes: Partial<TrainingProps> = {}) => job(changes).spec.template.spec.containers[0];

test('calls the tracking server that it is given', () => {
  expect(envOf(container())).toEqual({ MLFLOW_TRACKING_URI: 'http://tracker.elsewhere.svc:7000/base' });
});

test('trains on the data that it is told, and checks it unless told not to', () => {
  expect(container().args).toEqual(['--data', 'https://data.example.org/w.csv']);
  expect(container({ verify: false }).args).toEqual(['--data', 'https://data.example.org/w.csv', '--no-verify']);
});

test.each([
  ['https://a.example.org/x', 443],
  ['http://a.example.org/x', 80],
  ['http://a.example.org:8080/x', 8080],
])('may open connections for %s and to the tracking server, and no others', (data, port) => {
  const { edges } = make({ data }).component;
  expect(edges.map(({ to, ports }) => [to.kind, ...ports])).toEqual([
    ['pods', 17000],
    ['anywhere', port],
  ]);
});

test('is another Job when it does something else, and the same otherwise', () => {
  expect(job().metadata.name).toMatch(/^wine-training-[0-9a-f]{8}$/);
  expect(job().metadata.name).toBe(job().metadata.name);
  expect(job({ verify: false }).metadata.name).not.toBe(job().metadata.name);
});

test('has the image and the resources that it is given', () => {
  expect(container()).toMatchObject({ image: foreignImage.reference, imagePullPolicy: 'Never' });
  expect(container().resources).toEqual(foreignResources);
});

test('comes after tracking, and before the models that it makes', () => {
  expect([...make().component.files()].map(({ stage }) => stage)).toEqual(['45-training']);
});
