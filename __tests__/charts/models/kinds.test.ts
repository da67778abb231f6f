/** Models share what they have in common, and each is the same as if it did not. */
import type { ModelConfig } from '../../../charts/models/join-lock';
import { joined, Kinds, partsOf } from '../../../charts/models/kinds';
import { environmentsIn } from '../../support/environments';

const GRAPH = `
protocol: seldon
graph:
  name: merge
  type: COMBINER
  image: registry.example.com/team/merge:1.0
  children:
    - {name: a, server: SKLEARN_SERVER, uri: s3://models/elsewhere/a}
    - {name: b, server: XGBOOST_SERVER, uri: s3://models/elsewhere/b}
`;
const PLAIN = 'server: XGBOOST_SERVER\nresources: {requests: {memory: 300Mi}}\n';

/** Models of one environment, by their names. */
function modelsOf(files: Readonly<Record<string, string>>): Record<string, ModelConfig> {
  const models = Object.entries(files).map(([name, text]) => [`test/models/${name}.yaml`, text]);
  const [environment] = environmentsIn({
    'test/platform.yaml': 'frontend: {enabled: false}',
    ...Object.fromEntries(models),
  });
  return Object.fromEntries((environment?.models ?? []).map((model) => [model.name, model]));
}
const copy = (model: ModelConfig): ModelConfig => structuredClone(model);

test.each([
  ['a plain one', `${PLAIN}uri: s3://models/elsewhere/plain\n`, ['churn', 's3://models/elsewhere/plain']],
  ['one whose files are in its image', 'image: registry.example.com/team/own:2\n', ['churn']],
  ['a graph', GRAPH, ['churn', 's3://models/elsewhere/a', 's3://models/elsewhere/b']],
])('the words of %s are its name and the places of its files, and make it whole again', (_, text, words) => {
  const { churn } = modelsOf({ churn: text }) as { churn: ModelConfig };
  const parts = partsOf(churn);
  expect(parts.words).toEqual(words);
  expect(JSON.stringify(parts.common)).not.toMatch(/churn|elsewhere/);
  expect(joined(parts)).toEqual(churn);
});

test('a model that differs from an earlier one in its words has the rest of that one', () => {
  const { one, two } = modelsOf({
    one: `${PLAIN}uri: s3://models/first/1\n`,
    two: `${PLAIN}uri: s3://models/second/2\n`,
  }) as Record<'one' | 'two', ModelConfig>;
  const kinds = new Kinds();
  const first = kinds.shared(copy(one));
  const second = kinds.shared(copy(two));
  expect([first, second]).toEqual([one, two]);
  expect(second.predictors[0]?.graph.resources).toBe(first.predictors[0]?.graph.resources);
});

test('a model that differs in anything else shares nothing', () => {
  const { one, two } = modelsOf({
    one: `${PLAIN}uri: s3://models/first/1\n`,
    two: `${PLAIN}uri: s3://models/first/1\nreplicas: 3\n`,
  }) as Record<'one' | 'two', ModelConfig>;
  const kinds = new Kinds();
  const first = kinds.shared(copy(one));
  const second = kinds.shared(copy(two));
  expect(second).toEqual(two);
  expect(second.predictors[0]?.graph.resources).not.toBe(first.predictors[0]?.graph.resources);
});
