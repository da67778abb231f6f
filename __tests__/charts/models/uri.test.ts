import { parseModelUri } from '../../../charts/models/uri';

const ID = '0123456789abcdef0123456789abcdef';

test.each([
  ['s3://lake/a/b-1', { kind: 'location', location: 's3://lake/a/b-1' }],
  ['models:/churn@champion', { kind: 'alias', name: 'churn', alias: 'champion' }],
  ['models:/Red wine v1.2@blue_1', { kind: 'alias', name: 'Red wine v1.2', alias: 'blue_1' }],
  ['models:/churn/12', { kind: 'version', name: 'churn', version: '12' }],
  [`models:/m-${ID}`, { kind: 'logged', id: `m-${ID}` }],
  [`runs:/${ID}/model`, { kind: 'run', run: ID, path: 'model' }],
  [`runs:/${ID}/deep/model`, { kind: 'run', run: ID, path: 'deep/model' }],
])('%s is understood', (uri, parsed) => {
  expect(parseModelUri(uri)).toEqual(parsed);
});

test.each([
  ['a name without a version', 'models:/churn'],
  ['a stage, which MLflow has given up', 'models:/churn/Production'],
  ['the latest version, which is another one tomorrow', 'models:/churn/latest'],
  ['version 0', 'models:/churn/0'],
  ['an empty alias', 'models:/churn@'],
  ['two aliases', 'models:/churn@a@b'],
  ['a name that ends in a blank', 'models:/churn @a'],
  ['a run without the name of a model', `runs:/${ID}`],
  ['a run that is none', 'runs:/latest/model'],
  ['a way out of the run', `runs:/${ID}/../other`],
  ['a bucket without a path', 's3://lake'],
  ['a line break', 'models:/churn@a\n'],
  ['a remote without a path', 'gs://'],
  ['a volume that is none', 'pvc://Claim/a'],
])('%s is refused', (_, uri) => {
  expect(parseModelUri(uri)).toBeUndefined();
});
