/** From a model's predictors to the route that divides its traffic. */
import { httpRoute } from '../../../charts/gateway/http-route';
import type { ModelProps, PredictorProps } from '../../../charts/models/props';
import { foreignResources } from '../../support/foreign';
import type { KubernetesObject } from '../../support/platform';
import { schemaFaults } from '../../support/schemas';

const predictor = (name: string, change: Partial<PredictorProps> = {}): PredictorProps => ({
  name,
  shadow: false,
  labels: {},
  engine: true,
  graph: {
    name: 'node-x',
    image: 'registry.test/image:1',
    parameters: {},
    container: { port: 7070, env: {}, secrets: [], volumes: [] },
    resources: foreignResources,
    children: [],
  },
  ...change,
});

function route(predictors: readonly PredictorProps[], hostnames: readonly string[] = []): KubernetesObject {
  const model: ModelProps = {
    name: 'model-x',
    protocol: 'v2',
    predictors,
    placement: { gpuResource: 'gpu-x', nodeSelector: {}, tolerations: [] },
    engineResources: foreignResources,
    initializerResources: foreignResources,
  };
  const gateway = { name: 'gateway-x', namespace: 'edge-x', hostnames };
  const object = httpRoute(model, { namespace: 'models-x', labels: { team: 'x' }, gateway });
  return JSON.parse(JSON.stringify(object)) as KubernetesObject;
}
const rule = (...predictors: PredictorProps[]) => route(predictors).spec.rules[0];

test('is one that the API server knows, attached to the Gateway', () => {
  const object = route([predictor('a')], ['models.test']);
  expect(schemaFaults(object)).toEqual([]);
  expect(object.metadata).toMatchObject({ name: 'model-x', namespace: 'models-x', labels: { team: 'x' } });
  expect(object.spec).toMatchObject({
    parentRefs: [{ name: 'gateway-x', namespace: 'edge-x' }],
    hostnames: ['models.test'],
  });
  expect(route([predictor('a')]).spec).not.toHaveProperty('hostnames');
});

test('leads from the path of the model to the root of its Service', () => {
  expect(rule(predictor('a')).matches).toEqual([{ path: { type: 'PathPrefix', value: '/seldon/models-x/model-x' } }]);
  expect(rule(predictor('a')).filters).toEqual([
    { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } } },
  ]);
});

test('leads to the executor, or to the server where there is none', () => {
  expect(rule(predictor('a')).backendRefs).toEqual([{ name: 'model-x-a', port: 8000 }]);
  expect(rule(predictor('a', { engine: false })).backendRefs).toEqual([{ name: 'model-x-a', port: 7070 }]);
});

test('divides the traffic as the predictors share it', () => {
  const { backendRefs } = rule(predictor('a', { traffic: 93 }), predictor('b', { traffic: 7 }));
  expect(backendRefs.map(({ name, weight }: { name: string; weight: number }) => [name, weight])).toEqual([
    ['model-x-a', 93],
    ['model-x-b', 7],
  ]);
});

test('gives none to a predictor that only waits', () => {
  const { backendRefs } = rule(predictor('a', { traffic: 100 }), predictor('b', { traffic: 0 }));
  expect(backendRefs[1]).toMatchObject({ name: 'model-x-b', weight: 0 });
});

test('sends a shadow copies, and no answer comes from it', () => {
  const { backendRefs, filters } = rule(predictor('a'), predictor('s', { shadow: true, traffic: 30 }));
  expect(backendRefs).toEqual([{ name: 'model-x-a', port: 8000 }]);
  expect(filters[1]).toEqual({
    type: 'RequestMirror',
    requestMirror: { backendRef: { name: 'model-x-s', port: 8000 }, percent: 30 },
  });
});
