/** What the names of models stand for, by what the MLflow server says. */
import { findModel } from '../../../cli/models/find';
import { formatProblem } from '../../../cli/models/format';
import { MlflowServer } from '../../../cli/models/mlflow';
import { FakeMlflow, mlmodel } from '../../support/mlflow';

const RUN = '00112233445566778899aabbccddeeff';
const LOGGED = 'm-ffeeddccbbaa99887766554433221100';
const COLUMNS = [
  { type: 'long', name: 'tenure', required: true },
  { type: 'string', name: 'plan', required: false },
];

let mlflow: FakeMlflow;
beforeEach(async () => {
  mlflow = await FakeMlflow.start();
  mlflow.runs[RUN] = { metrics: { auc: 0.75 }, models: [LOGGED], folder: `3/${RUN}/artifacts` };
  mlflow.logged[LOGGED] = { name: 'churn', folder: `3/models/${LOGGED}/artifacts`, run: RUN, metrics: { auc: 0.8 } };
  mlflow.files[`3/models/${LOGGED}/artifacts/MLmodel`] = mlmodel(COLUMNS);
  mlflow.files[`3/models/${LOGGED}/artifacts/model.pkl`] = 'bytes';
  mlflow.files[`3/models/${LOGGED}/artifacts/code/a b.py`] = 'print()';
  mlflow.versions['churn/4'] = { source: `models:/${LOGGED}`, run_id: RUN };
  mlflow.aliases['churn@blue'] = '4';
});
afterEach(() => mlflow.stop());

const find = (uri: string) => findModel(new MlflowServer(mlflow.address, {}), uri, 'lake');
const FILES = `s3://lake/3/models/${LOGGED}/artifacts`;

test.each(['models:/churn@blue', 'models:/churn/4'])('%s is a registered version', async (uri) => {
  expect((await find(uri)).version).toMatchObject({
    artifacts: FILES,
    registered: { name: 'churn', version: '4' },
    run: RUN,
    logged: LOGGED,
    metrics: { auc: 0.8 },
  });
});

test.each([`models:/${LOGGED}`, `runs:/${RUN}/churn`])('%s is a logged model of MLflow 3', async (uri) => {
  const { version } = await find(uri);
  expect(version).toMatchObject({ artifacts: FILES, run: RUN, logged: LOGGED });
  expect(version).not.toHaveProperty('registered');
});

test('a model that an older client logged lies in the folder of its run', async () => {
  mlflow.files[`3/${RUN}/artifacts/old/MLmodel`] = mlmodel(COLUMNS, `run_id: ${RUN}\n`);
  mlflow.versions['churn/1'] = { source: `mlflow-artifacts:/3/${RUN}/artifacts/old`, run_id: RUN };
  const expected = { artifacts: `s3://lake/3/${RUN}/artifacts/old`, run: RUN, metrics: { auc: 0.75 } };
  expect((await find(`runs:/${RUN}/old`)).version).toMatchObject(expected);
  expect((await find('models:/churn/1')).version).toMatchObject(expected);
});

test('a plain place is looked at too', async () => {
  mlflow.files['own/1/model.json'] = '{}';
  expect((await find('s3://lake/own/1/')).version).toMatchObject({ artifacts: 's3://lake/own/1', metrics: {} });
});

test('an address with the host of the server is the same place', async () => {
  mlflow.versions['churn/1'] = { source: `mlflow-artifacts://tracking:5000/3/models/${LOGGED}/artifacts` };
  expect((await find('models:/churn/1')).version.artifacts).toBe(FILES);
});

test('the signature has the columns, and the values of the input example', async () => {
  const info = 'saved_input_example_info: {artifact_path: input_example.json, type: dataframe}\n';
  mlflow.files[`3/models/${LOGGED}/artifacts/MLmodel`] = mlmodel(COLUMNS, info);
  const example = JSON.stringify({ columns: ['plan', 'tenure'], data: [['gold', 9]] });
  mlflow.files[`3/models/${LOGGED}/artifacts/input_example.json`] = example;
  expect((await find('models:/churn/4')).version.signature).toEqual({
    inputs: [
      { name: 'tenure', type: 'long', required: true, example: 9 },
      { name: 'plan', type: 'string', required: false, example: 'gold' },
    ],
    outputs: [{ type: 'float64', shape: [-1], required: true }],
  });
});

describe('the digest', () => {
  const digest = async () => (await find('models:/churn/4')).version.digest;
  const path = `3/models/${LOGGED}/artifacts/model.pkl`;

  test('is the same while the files are', async () => expect(await digest()).toBe(await digest()));

  test.each<[string, () => void]>([
    ['content', () => Object.assign(mlflow.files, { [path]: 'bytez' })],
    ['name', () => Object.assign(mlflow.files, { [`${path}2`]: mlflow.files[path] }) && delete mlflow.files[path]],
    ['number', () => delete mlflow.files[path]],
  ])('changes with the %s of files', async (_, change) => {
    const before = await digest();
    change();
    expect(await digest()).not.toBe(before);
  });
});

test.each<[string, string, () => void, string]>([
  ['an alias that there is not', 'models:/churn@red', () => {}, 'Registered model alias red not found.'],
  ['a version that there is not', 'models:/churn/9', () => {}, 'Model Version (name=churn, version=9) not found'],
  [
    'a run that there is not',
    `runs:/${RUN.replace('0', '1')}/churn`,
    () => {},
    `Run with id=${RUN.replace('0', '1')} not found`,
  ],
  [
    'a deleted run',
    `runs:/${RUN}/churn`,
    () => Object.assign(mlflow.runs[RUN] ?? {}, { deleted: true }),
    `run ${RUN} is deleted`,
  ],
  [
    'files that are gone',
    'models:/churn/4',
    () => Object.assign(mlflow, { files: {} }),
    `there are no files at 3/models/${LOGGED}/artifacts in the artifact store`,
  ],
  [
    'a version that is not ready',
    'models:/churn/4',
    () => Object.assign(mlflow.versions['churn/4'] ?? {}, { status: 'PENDING_REGISTRATION' }),
    'version 4 of churn is not ready: PENDING_REGISTRATION',
  ],
  [
    'files that the server does not proxy',
    'models:/churn/4',
    () => Object.assign(mlflow.versions, { 'churn/4': { source: 's3://elsewhere/x' } }),
    'its files are at s3://elsewhere/x, which the server does not proxy; log the model to this server anew',
  ],
  [
    'an MLmodel file that is none',
    'models:/churn/4',
    () => Object.assign(mlflow.files, { [`3/models/${LOGGED}/artifacts/MLmodel`]: 'flavors: 3' }),
    `the file 3/models/${LOGGED}/artifacts/MLmodel is not as MLflow writes it`,
  ],
])('%s: the answer says so', async (_, uri, prepare, message) => {
  prepare();
  await expect(find(uri)).rejects.toThrow(message);
});

test.each([
  [
    { status: 401, body: '' },
    'refuses the login (HTTP 401); set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD',
  ],
  [{ status: 200, body: '<html>' }, 'does not answer as an MLflow server does'],
  [{ status: 502, body: 'Bad Gateway' }, 'does not answer as an MLflow server does (HTTP 502); --server names another'],
])('a server that answers %j is named', async (instead, message) => {
  mlflow.instead = instead;
  await expect(find('models:/churn/4')).rejects.toThrow(`${mlflow.address} ${message}`);
});

test.each([
  ['MLFLOW_SERVER', 'v2', ['model.pkl'], /has no MLmodel file/],
  ['SKLEARN_SERVER', 'v2', ['model.bst'], /has no file model.joblib or model.pickle or model.pkl, .*it has model.bst$/],
  ['SKLEARN_SERVER', 'v2', ['model.pkl'], undefined],
  ['XGBOOST_SERVER', 'v2', ['model.ubj'], undefined],
  ['XGBOOST_SERVER', 'seldon', ['model.ubj'], /has no file model.bst, which XGBOOST_SERVER loads with protocol seldon/],
  ['TRITON_SERVER', 'v2', ['anything'], undefined],
] as const)('%s with protocol %s and the files %j', (server, protocol, files, said) => {
  const problem = formatProblem(server, protocol, { digest: '', bytes: 0, files: [...files] });
  if (said) expect(problem).toMatch(said);
  else expect(problem).toBeUndefined();
});

test('MLFLOW_SERVER and a signature without outputs', () => {
  const signature = { inputs: [{ name: 'a', type: 'double', required: true }], outputs: [] };
  const mlmodel = { flavors: ['python_function'] };
  expect(formatProblem('MLFLOW_SERVER', 'v2', { digest: '', bytes: 0, files: [], mlmodel, signature })).toMatch(
    /without outputs/,
  );
  expect(formatProblem('MLFLOW_SERVER', 'v2', { digest: '', bytes: 0, files: [], mlmodel })).toBeUndefined();
});
