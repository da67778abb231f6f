/** What models.lock.yaml means to synth. */

import { environmentsIn, problemsIn } from '../../support/environments';
import { lockEntry, lockText } from '../../support/lock';

const PLATFORM = 'frontend: {model: m}\n';
const model = (more = '', uri = 'models:/churn@blue') => `server: MLFLOW_SERVER\nuri: ${uri}\n${more}`;
const files = (lock: string | undefined, text = model()) => ({
  'test/platform.yaml': PLATFORM,
  'test/models/m.yaml': text,
  ...(lock === undefined ? {} : { 'test/models.lock.yaml': lock }),
});
const loaded = (text?: string, entry = lockEntry()) => {
  const config = environmentsIn(files(lockText({ m: entry }), text))[0]?.models[0];
  if (config === undefined) throw new Error('no model');
  return config;
};

const rootOf = ({ predictors: [main] }: ReturnType<typeof loaded>) => main?.graph ?? raise('no predictor');
const raise = (text: string): never => {
  throw new Error(text);
};

test('a registry name stands for the files that the lock names', () => {
  expect(rootOf(loaded()).uri).toBe('s3://models/7/models/m-89ab/artifacts');
  expect(rootOf(loaded()).version?.registered).toEqual({ name: 'churn', version: '12' });
});

test('a plain place needs no entry', () => {
  const text = model('form: {inputs: [{name: a}]}', 's3://models/a/1');
  expect(environmentsIn(files(undefined, text))[0]?.models[0]?.predictors[0]?.graph.version).toBeUndefined();
});

test('the form has the columns of the signature, in their order, and starts with the input example', () => {
  const text = model('form: {inputs: [{name: plan, choices: [gold, tin]}, {name: tenure, unit: months, max: 99}]}');
  expect(loaded(text).form?.inputs).toEqual([
    { name: 'tenure', type: 'long', required: true, unit: 'months', max: 99, default: 9 },
    { name: 'plan', type: 'string', required: false, choices: ['gold', 'tin'] },
  ]);
});

test('an example outside the range of the form is not what it starts with', () => {
  expect(loaded(model('form: {inputs: [{name: tenure, max: 8}]}')).form?.inputs[0]).not.toHaveProperty('default');
});

test('a tensor has no columns: the file names them', () => {
  const entry = lockEntry({
    signature: { inputs: [{ type: 'float64', shape: [-1, 2], required: true }], outputs: [] },
  });
  const form = loaded(model('form: {inputs: [{name: a}, {name: b, type: long}]}'), entry).form;
  expect(form?.inputs.map(({ name, type }) => [name, type])).toEqual([
    ['a', 'double'],
    ['b', 'long'],
  ]);
});

const RESOLVE = 'run "npx ml-platform models resolve test m"';

test.each([
  [
    'no lock',
    undefined,
    model(),
    `models/m.yaml: uri: is models:/churn@blue, which models.lock.yaml does not resolve; ${RESOLVE}`,
  ],
  [
    'a lock without the model',
    lockText({ other: lockEntry() }),
    model(),
    `models/m.yaml: uri: is models:/churn@blue, which models.lock.yaml does not resolve; ${RESOLVE}`,
  ],
  [
    'an entry of another name',
    lockText({ m: lockEntry({ uri: 'models:/churn@green' }) }),
    model(),
    `models/m.yaml: uri: is models:/churn@blue, but models.lock.yaml resolves models:/churn@green; ${RESOLVE}`,
  ],
  [
    'an entry edited by hand',
    lockText({ m: lockEntry() }).replace('m-89ab', 'm-89ac'),
    model(),
    `models.lock.yaml: models.m: was changed by hand: its checksum does not match; restore it, or ${RESOLVE}`,
  ],
  [
    'a metric edited by hand',
    lockText({ m: lockEntry() }).replace('auc: 0.75', 'auc: 0.95'),
    model(),
    `models.lock.yaml: models.m: was changed by hand: its checksum does not match; restore it, or ${RESOLVE}`,
  ],
  [
    'files in another bucket',
    lockText({ m: lockEntry({ artifacts: 's3://theirs/7/a' }) }),
    model(),
    'models/m.yaml: uri: is s3://theirs/7/a, outside the bucket that models are read from, such as "s3://models/m/1"',
  ],
  [
    'a column that the signature does not have',
    lockText({ m: lockEntry() }),
    model('form: {inputs: [{name: age}]}'),
    'models/m.yaml: form.inputs[0].name: is "age", which is no column of the signature: tenure, plan',
  ],
  [
    'another type than the signature has',
    lockText({ m: lockEntry() }),
    model('form: {inputs: [{name: tenure, type: double}]}'),
    'models/m.yaml: form.inputs[0].type: is double, but the signature says long; remove it',
  ],
  [
    'a fraction where the signature wants whole numbers',
    lockText({ m: lockEntry() }),
    model('form: {inputs: [{name: tenure, default: 1.5}]}'),
    'models/m.yaml: form.inputs[0].default: has 1.5, which is no long',
  ],
  [
    'a range for text',
    lockText({ m: lockEntry() }),
    model('form: {inputs: [{name: plan, max: 3}]}'),
    'models/m.yaml: form.inputs[0].max: is for numbers, and "plan" is a string; remove it',
  ],
  [
    'no columns at all',
    lockText({ m: lockEntry({ signature: undefined }) }),
    model(),
    'platform.yaml: frontend.model: is "m", whose columns are not known; list them in its file, under form.inputs',
  ],
  [
    'a field that there is not',
    'models: {m: {url: x}}',
    model('form: {inputs: [{name: a}]}', 's3://models/a/1'),
    expect.stringMatching(/^models\.lock\.yaml: models\.m\.url: unknown field; did you mean "uri"\?$/),
  ],
])('%s is refused', (_, lock, text, expected) => {
  const problems = problemsIn(files(lock, text)).map((line) => line.replace('environments/test/', ''));
  expect(problems).toContainEqual(expected);
});

test('an entry is the same whatever the order of its keys', () => {
  const { checksum, ...rest } = lockEntry();
  const reversed = Object.fromEntries(Object.entries(rest).reverse());
  expect(lockEntry(reversed).checksum).toBe(checksum);
});
