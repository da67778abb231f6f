/** A platform with a log of requests: which models log to it, what is refused, and who gets near it. */
import { composePlatform } from '../../../charts/platform';
import { problemsIn } from '../../support/environments';
import { find, objectsOf, platformConfig } from '../../support/platform';
import { platformRefuses } from '../../support/refusals';

const LOG = { requestLog: { enabled: true }, frontend: { enabled: false } };
const A = { server: 'SKLEARN_SERVER', uri: 's3://models/a' };
const model = (name: string, more: object = {}) => ({ name, ...A, ...more });
const logged = { logger: { mode: 'all' } };

const loggersOf = (models: readonly object[], settings: object = LOG) =>
  objectsOf(platformConfig(settings, models))
    .filter(({ kind }) => kind === 'SeldonDeployment')
    .map(({ spec }) => spec.predictors[0].graph.logger);

test('a logger without an address posts to the log of the platform, and one with an address there', () => {
  const own = { mode: 'request', url: 'http://broker.logging.svc:8080/' };
  expect(loggersOf([model('a', logged), model('b', { logger: own }), model('c')])).toEqual([
    { mode: 'all', url: 'http://request-log.request-log.svc:8080/' },
    own,
    undefined,
  ]);
});

test('a model that logs there has the executor, which posts', () => {
  const [object] = objectsOf(platformConfig(LOG, [model('a', logged)])).filter(
    ({ kind }) => kind === 'SeldonDeployment',
  );
  expect(object?.spec.predictors[0].annotations?.['seldon.io/no-engine']).toBeUndefined();
});

const edgesOf = (models: readonly object[], settings: object = LOG) =>
  composePlatform(platformConfig(settings, models)).components.flatMap(({ edges }) => edges);

test('those who log reach the receivers of their namespace, and no other model does', () => {
  const callers = edgesOf([model('a', logged), model('b')])
    .filter(({ to }) => to.kind === 'pods' && to.namespace === 'request-log')
    .map(({ from, to, ports }) => [from.kind === 'pods' && from.name, to.kind === 'pods' && to.name, ports]);
  expect(callers).toEqual([['model-a', 'request-log', [8080]]]);
});

test('models of a team log to receivers that the models of others do not reach', () => {
  const settings = { ...LOG, teams: [{ name: 'risk', group: 'risk' }] };
  const config = platformConfig(settings, [model('a', logged), model('b', logged)]);
  const [a, b] = config.models;
  const ofTeam = { ...config, models: [a, { ...b, team: 'risk' }].flatMap((one) => (one ? [one as never] : [])) };
  const callers = composePlatform(ofTeam)
    .components.flatMap(({ edges }) => edges)
    .filter(({ to }) => to.kind === 'pods' && to.namespace === 'request-log')
    .map(({ from, to }) => [from.kind === 'pods' && from.namespace, to.kind === 'pods' && to.name]);
  expect(callers).toEqual([
    ['ml-models', 'request-log'],
    ['ml-models-risk', 'request-log-risk'],
  ]);
});

test('there is a namespace for it, closed to all others, and none without it', () => {
  const namespaces = (settings: object) =>
    composePlatform(platformConfig(settings, [model('a')])).namespaces.map(({ name }) => name);
  expect(namespaces(LOG)).toContain('request-log');
  expect(namespaces({ frontend: { enabled: false } })).not.toContain('request-log');
  expect(find(objectsOf(platformConfig(LOG, [model('a')])), 'Namespace', 'request-log')).toBeDefined();
});

test.each([
  ['embedded', {}],
  ['distributed', { kind: 'distributed', tls: false }],
  ['seaweedfs', { kind: 'seaweedfs' }],
  ['external', { kind: 'external', endpoint: 'https://s3.eu-central-1.amazonaws.com' }],
])('no key of the log is anywhere but in its own namespace and in that of the store: %s', (_, objectStore) => {
  const { secrets } = composePlatform(platformConfig({ ...LOG, objectStore }, [model('a', logged)]));
  const holders = secrets
    .filter(({ data }) =>
      Object.values(data).some((text) => text.some((piece) => /^REQUEST_LOG/.test(Object(piece).id ?? ''))),
    )
    .map(({ namespace }) => namespace);
  expect(holders.length).toBeGreaterThanOrEqual(2);
  expect(holders.filter((namespace) => !['request-log', 'minio-system'].includes(namespace))).toEqual([]);
});

test('alerts tell of events that were dropped, and of a bucket that takes none', () => {
  const rules = (settings: object) =>
    JSON.stringify(
      objectsOf(
        platformConfig({ ...settings, monitoring: { enabled: true, labels: { release: 'x' } } }, [model('a')]),
      ).filter(({ kind }) => kind === 'PrometheusRule'),
    );
  expect(rules({ ...LOG, requestLog: { enabled: true, flush: { seconds: 100 } } })).toContain('> 1000');
  expect(rules(LOG)).toContain('RequestsNotLogged');
  expect(rules({ frontend: { enabled: false } })).not.toContain('RequestsNotLogged');
});

describe('a model that wants a log where there is none is refused', () => {
  const LACKS =
    'has no url, such as "http://broker.logging.svc:8080/", and the platform has no log of requests; write one, or requestLog: {enabled: true} in platform.yaml';
  test.each([
    ['by itself', 'server: SKLEARN_SERVER\nuri: s3://models/a\nlogger: {mode: all}', ['logger']],
    [
      'by a predictor',
      'server: SKLEARN_SERVER\nuri: s3://models/a\npredictors: [{name: x}, {name: y, shadow: true, logger: {}}]',
      ['predictors[1].logger'],
    ],
    [
      'for all of its predictors, which is said once',
      'server: SKLEARN_SERVER\nuri: s3://models/a\nlogger: {}\npredictors: [{name: x}, {name: y, shadow: true}]',
      ['logger'],
    ],
    [
      'by a node',
      'graph: {name: a, type: ROUTER, image: r.test/i:1, children: [{name: b, server: SKLEARN_SERVER, uri: s3://models/b, logger: {}}]}',
      ['graph.children[0].logger'],
    ],
  ])('%s', (_, file, paths) => {
    const settings = 'frontend: {enabled: false}\naccess: {kind: gateway, domain: ml.example.com}';
    expect(problemsIn({ 'test/platform.yaml': settings, 'test/models/m.yaml': file })).toEqual(
      paths.map((path) => `environments/test/models/m.yaml: ${path}: ${LACKS}`),
    );
  });
});

platformRefuses({
  'a log of requests': [
    [
      'that keeps nothing',
      'requestLog: {retention: {days: 0}}',
      'requestLog.retention.days: must be a whole number from 1 to 3650, not 0, such as 90',
    ],
    [
      'with days below zero',
      'requestLog: {retention: {days: -1}}',
      'requestLog.retention.days: must be a whole number from 1 to 3650, not -1, such as 90',
    ],
    [
      'in the bucket that MLflow and models read',
      'requestLog: {enabled: true, bucket: models}',
      'requestLog.bucket: is models, the bucket of models, all of which MLflow and models read; name another, such as "request-log"',
    ],
    [
      'in the bucket of backups',
      'requestLog: {enabled: true, bucket: backups}\nobjectStore: {backups: {enabled: true}}',
      'requestLog.bucket: is backups, the bucket of backups, from which nothing can be deleted; name another, such as "request-log"',
    ],
    [
      'that the store has no room for',
      'requestLog: {enabled: true, perDay: 1Gi}',
      'requestLog.perDay: is 1Gi, which is 92160Mi in retention.days: 90, more than half of what the object store holds; lower one of the two until they are 10240Mi, or raise objectStore.storage.size',
    ],
    [
      'whose buffer is smaller than a few objects',
      'requestLog: {buffer: 16Mi}',
      'requestLog.buffer: is 16Mi, less than four times flush.size: 8Mi; make it at least 32Mi',
    ],
    [
      'whose pods would be evicted before they say that they are full',
      'requestLog: {buffer: 1Gi}',
      'requestLog.resources.limits.ephemeral-storage: is 640Mi, too little for buffer: 1Gi and 64Mi beside it; make it at least 1088Mi',
    ],
    [
      'whose pods have no memory for its events',
      'requestLog: {flush: {size: 16Mi}}',
      'requestLog.resources.limits.memory: is 512Mi, too little for events of flush.size: 16Mi; make it at least 544Mi',
    ],
  ],
});

test('a store outside the platform has room for any log', () => {
  const settings = {
    objectStore: { kind: 'external', endpoint: 'https://s3.eu-central-1.amazonaws.com' },
    requestLog: { enabled: true, perDay: '1Ti' },
  };
  expect(() => platformConfig(settings)).not.toThrow();
});
