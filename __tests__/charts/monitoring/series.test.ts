/** How many series an environment adds: an estimate that grows with what is scraped. */
import { scrapedOf, seriesOf, seriesOfPod } from '../../../charts/monitoring/series';
import { objectsOf, platformConfig } from '../../support/platform';

const NO_PAGE = { frontend: { enabled: false } };
const seriesWith = (settings: object, models: readonly object[] = []) =>
  seriesOf([scrapedOf(objectsOf(platformConfig({ monitoring: { enabled: true }, ...NO_PAGE, ...settings }, models)))]);

const model = (index: number, more: object = {}) => ({
  name: `m-${index}`,
  server: 'SKLEARN_SERVER',
  uri: 's3://models/m/1',
  ...more,
});
const models = (count: number, more?: object) => Array.from({ length: count }, (_, index) => model(index, more));

const PARTS = seriesWith({});

test('nothing is scraped without monitoring', () => {
  expect(seriesOf([scrapedOf(objectsOf(platformConfig({})))])).toBe(0);
});

test('every component that a monitor selects has its share', () => {
  expect(PARTS).toBeGreaterThan(2000);
  expect(seriesWith({ mlflow: { replicas: 3 } })).toBeGreaterThan(PARTS);
});

test("the platform's own Prometheus scrapes the same, and what is beside it", () => {
  const own = seriesWith({ monitoring: { enabled: true, stack: 'embedded' } }, models(1));
  expect(own - seriesWith({}, models(1))).toBe(
    ['prometheus', 'alertmanager', 'grafana', 'kube-state-metrics'].map(seriesOfPod).reduce((sum, each) => sum + each),
  );
});

test('of annotations nobody knows', () => {
  expect(seriesWith({ monitoring: { enabled: true, kind: 'annotations' } }, models(1))).toBe(0);
});

test('one more pod adds what a run with real parts compares with what is scraped', () => {
  expect(seriesWith({ mlflow: { replicas: 2 } }) - PARTS).toBe(seriesOfPod('mlflow'));
});

test.each([
  ["MLServer, which counts requests, has more than Seldon's wrapper", { protocol: 'v2' }, { protocol: 'seldon' }],
  ['the wrapper with an executor has more than without', { protocol: 'seldon', engine: true }, { protocol: 'seldon' }],
])('%s', (_, more, less) => {
  expect(seriesWith({}, models(1, more))).toBeGreaterThan(seriesWith({}, models(1, less)));
});

test('a model has the same each, however many there are', () => {
  const one = seriesWith({}, models(1)) - PARTS;
  expect(one).toBeGreaterThan(50);
  expect(seriesWith({}, models(200)) - PARTS).toBe(200 * one);
});

test.each<[string, object]>([
  ['an executor in front', { engine: true }],
  ['more pods', { replicas: 5 }],
  ['more pods at most', { autoscaling: { min: 1, max: 9, cpu: 80 } }],
])('a model with %s has more', (_, more) => {
  expect(seriesWith({}, models(1, more))).toBeGreaterThan(seriesWith({}, models(1)));
});

test('a detector has some of its own', () => {
  const watched = { protocol: 'seldon', detector: { kind: 'outlier', uri: 's3://models/o/1' } };
  expect(seriesWith({}, models(1, watched))).toBeGreaterThan(
    seriesWith({}, models(1, { protocol: 'seldon', engine: true })),
  );
});
