/** Traces: the environment says where spans go, and a model of how many requests. */
import { composePlatform } from '../../../charts/platform';
import { find, type KubernetesObject, objectsOf, platformConfig } from '../../support/platform';
import { modelRefuses, platformRefuses } from '../../support/refusals';

const TRACED = { name: 'wine', uri: 's3://models/wine/1', server: 'SKLEARN_SERVER', tracing: { sample: 0.25 } };
const COLLECTOR = { endpoint: 'http://otel.team-x.svc:7317' };

const configOf = (model: object, tracing: object = COLLECTOR) =>
  platformConfig({ frontend: { enabled: false }, tracing }, [{ ...TRACED, ...model }]);
const predictorOf = (model: object, tracing?: object): KubernetesObject['spec'] =>
  find(objectsOf(configOf(model, tracing)), 'SeldonDeployment', 'wine').spec.predictors[0];
const serverEnv = (model: object) => {
  const { env } = predictorOf(model).componentSpecs[0].spec.containers[0];
  return Object.fromEntries(env.map(({ name, value }: { name: string; value: string }) => [name, value]));
};
/** Ports of the collector that pods of models may call. */
const portsTo = (namespace: string, model: object, tracing?: object) =>
  composePlatform(configOf(model, tracing))
    .components.flatMap(({ edges }) => edges)
    .filter(({ to }) => to.kind === 'namespace' && to.name === namespace)
    .flatMap(({ ports }) => ports)
    .sort();

test('MLServer sends its own, without an executor', () => {
  expect(serverEnv({})).toMatchObject({
    MLSERVER_TRACING_SERVER: 'otel.team-x.svc:7317',
    MLSERVER_SERVER_NAME: 'wine-default',
    OTEL_TRACES_SAMPLER_ARG: '0.25',
  });
  expect(predictorOf({})).not.toHaveProperty('svcOrchSpec');
  expect(portsTo('team-x', {})).toEqual([7317]);
});

test('the executor sends those of servers that send none, to the same collector', () => {
  const model = { protocol: 'seldon' };
  expect(predictorOf(model).svcOrchSpec.env).toEqual([
    { name: 'TRACING', value: '1' },
    { name: 'JAEGER_SERVICE_NAME', value: 'wine-default' },
    { name: 'JAEGER_ENDPOINT', value: 'http://otel.team-x.svc:14268/api/traces' },
    { name: 'JAEGER_SAMPLER_TYPE', value: 'probabilistic' },
    { name: 'JAEGER_SAMPLER_PARAM', value: '0.25' },
  ]);
  expect(Object.keys(serverEnv(model)).filter((name) => name.includes('TRAC'))).toEqual([]);
  expect(portsTo('team-x', model)).toEqual([14268]);
});

test('a collector beside the models may be called', () => {
  expect(portsTo('ml-models', {}, { endpoint: 'http://otel:7317' })).toEqual([7317]);
});

test('the executor sends to another collector where it is told', () => {
  const jaeger = 'http://jaeger.team-y.svc:99/x';
  const model = { protocol: 'seldon' };
  expect(predictorOf(model, { ...COLLECTOR, jaeger }).svcOrchSpec.env).toContainEqual({
    name: 'JAEGER_ENDPOINT',
    value: jaeger,
  });
  expect(portsTo('team-y', model, { ...COLLECTOR, jaeger })).toEqual([99]);
});

test('a model that is not traced sends none, and may not call the collector', () => {
  const model = { tracing: undefined, engine: true };
  expect(predictorOf(model).svcOrchSpec).not.toHaveProperty('env');
  expect(portsTo('team-x', model)).toEqual([]);
});

platformRefuses({
  'a collector that spans do not reach': [
    [
      'without its port',
      'tracing: {endpoint: "http://otel.team-x.svc"}',
      'tracing.endpoint: must be an http address with a port and without a path: spans go there by gRPC and without TLS, not "http://otel.team-x.svc", such as "http://otel-collector.observability.svc:4317"',
    ],
    [
      'by TLS',
      'tracing: {endpoint: "https://otel.team-x.svc:4317"}',
      'tracing.endpoint: must be an http address with a port and without a path: spans go there by gRPC and without TLS, not "https://otel.team-x.svc:4317", such as "http://otel-collector.observability.svc:4317"',
    ],
  ],
});

modelRefuses({
  'traces that nobody sends or takes': [
    [
      'a share above all',
      'server: SKLEARN_SERVER\nuri: s3://models/a\ntracing: {sample: 2}',
      'tracing.sample: must be a share from 0 to 1, not 2, such as 0.1',
    ],
    [
      'a collector of its own',
      'server: SKLEARN_SERVER\nuri: s3://models/a\ntracing: {endpoint: "http://t.test/"}',
      'tracing.endpoint: is a setting of the environment: write tracing: {endpoint: "http://otel-collector.observability.svc:4317"} in platform.yaml, with jaeger where executors send spans elsewhere',
    ],
    [
      'no collector at all',
      'server: SKLEARN_SERVER\nuri: s3://models/a\ntracing: {sample: 0.5}',
      'tracing: has nowhere to send spans to; say in platform.yaml where a collector is, such as tracing: {endpoint: "http://otel-collector.observability.svc:4317"}',
    ],
  ],
});
