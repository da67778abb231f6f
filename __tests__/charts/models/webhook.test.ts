/** What synth accepts, Seldon's webhook accepts; and the judge of that notices what it is for. */
import fc from 'fast-check';
import { stringify } from 'yaml';
import { ConfigError } from '../../../config/problems';
import { environmentsIn, exampleEnvironments } from '../../support/environments';
import { type KubernetesObject, objectsOf } from '../../support/platform';
import { refusals } from '../../support/seldon-webhook';
import { WEBHOOK_CASES } from '../../support/webhook-cases';

const deployments = (objects: KubernetesObject[]) => objects.filter(({ kind }) => kind === 'SeldonDeployment');
const examples = exampleEnvironments().flatMap((config) => deployments(objectsOf(config)));

test.each(examples.map((model): [string, KubernetesObject] => [model.metadata.name, model]))(
  'examples: %s is accepted',
  (_, model) => {
    expect(refusals(model)).toEqual([]);
  },
);

describe('the judge refuses', () => {
  const find = (name: string) => {
    const model = examples.find(({ metadata }) => metadata.name === name);
    if (!model) throw new Error(`there is no example ${name}`);
    return structuredClone(model);
  };

  test.each(WEBHOOK_CASES)('%s', (_, name, change, message) => {
    const model = find(name);
    change(model.spec);
    expect(refusals(model)).toContain(message);
  });
});

const server = fc.constantFrom(
  'SKLEARN_SERVER',
  'XGBOOST_SERVER',
  'MLFLOW_SERVER',
  'HUGGINGFACE_SERVER',
  'TRITON_SERVER',
);
const image = fc.constant('registry.test/image:1');
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const unit = (children: fc.Arbitrary<object[]>) =>
  fc.record({
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
    type: maybe(fc.constantFrom('MODEL', 'TRANSFORMER', 'ROUTER', 'COMBINER', 'OUTPUT_TRANSFORMER')),
    server: maybe(server),
    image: maybe(image),
    uri: maybe(fc.constant('s3://models/x')),
    logger: maybe(fc.record({ mode: fc.constantFrom('all', 'request'), url: fc.constant('http://log.test/') })),
    children,
  });
const leaf = unit(fc.constant([]));
const node = unit(fc.array(unit(fc.array(leaf, { maxLength: 2 })), { maxLength: 2 }));
const predictor = fc.record({
  name: fc.constantFrom('main', 'canary', 'next'),
  traffic: maybe(fc.constantFrom(0, 10, 50, 90, 100)),
  shadow: maybe(fc.boolean()),
  uri: maybe(fc.constant('s3://models/y')),
  graph: maybe(node),
});
const model = fc.record({
  server: maybe(server),
  image: maybe(image),
  uri: maybe(fc.constant('s3://models/z')),
  protocol: maybe(fc.constantFrom('v2', 'seldon', 'tensorflow')),
  engine: maybe(fc.boolean()),
  graph: maybe(node),
  predictors: maybe(fc.array(predictor, { maxLength: 3 })),
});

test('whatever a model file says, it is refused by synth or accepted by the webhook', () => {
  const seen = { refused: 0, accepted: 0 };
  fc.assert(
    fc.property(model, (settings) => {
      const files = {
        'test/platform.yaml': 'frontend: {enabled: false}\naccess: {kind: gateway, domain: ml.test}\n',
        'test/models/m.yaml': stringify(JSON.parse(JSON.stringify(settings))),
      };
      try {
        for (const object of environmentsIn(files).flatMap((config) => deployments(objectsOf(config)))) {
          expect(refusals(object)).toEqual([]);
        }
        seen.accepted += 1;
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        seen.refused += 1;
      }
    }),
    { numRuns: 400, seed: 7 },
  );
  expect(seen.accepted).toBeGreaterThan(20);
  expect(seen.refused).toBeGreaterThan(20);
});
