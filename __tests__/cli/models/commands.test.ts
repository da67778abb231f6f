/** `ml-platform models resolve` and `models promote`. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../support/cli';
import { writeFiles } from '../../support/environments';
import { lockEntry, lockText } from '../../support/lock';
import { FakeMlflow, mlmodel } from '../../support/mlflow';

const MODEL = 'server: MLFLOW_SERVER\nuri: models:/churn@blue\n';
const COLUMNS = [{ type: 'double', name: 'tenure', required: true }];
const LOCK = 'environments/dev/models.lock.yaml';

let root: string;
let mlflow: FakeMlflow;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'models-'));
  const environment = (name: string) => ({
    [`environments/${name}/platform.yaml`]: 'frontend: {model: churn}\n',
    [`environments/${name}/models/churn.yaml`]: MODEL,
  });
  writeFiles(root, { ...environment('dev'), ...environment('live') });
  mlflow = await FakeMlflow.start();
  for (const version of ['1', '2']) {
    mlflow.versions[`churn/${version}`] = { source: `mlflow-artifacts:/7/${version}` };
    mlflow.files[`7/${version}/MLmodel`] = mlmodel(COLUMNS);
  }
  mlflow.aliases['churn@blue'] = '1';
});
afterEach(async () => {
  rmSync(root, { recursive: true });
  await mlflow.stop();
});

const text = (path: string) => readFileSync(join(root, path), 'utf8');

/** Runs a command beside the environments of this test. */
const run = (command: 'resolve' | 'promote', ...args: string[]) =>
  runCli(root, ['models', command, ...args], { MLFLOW_TRACKING_URI: mlflow.address });

test('resolve writes what the names stand for, and nothing more when run again', async () => {
  expect(await run('resolve', 'dev')).toMatchObject({
    status: 0,
    stdout: `churn: version 1 of churn, s3://models/7/1\n${LOCK}: 1 model, 1 changed\n`,
  });
  const first = text(LOCK);
  expect(first).toContain('artifacts: s3://models/7/1\n');
  expect((await run('resolve', 'dev')).stdout).toBe(`${LOCK}: 1 model, 0 changed\n`);
  expect(text(LOCK)).toBe(first);
});

test('resolve warns of a model that was saved with other versions than its server has, and goes on', async () => {
  mlflow.files['7/1/python_env.yaml'] = 'python: 3.12.4\n';
  mlflow.files['7/1/requirements.txt'] = 'numpy==1.26.4\n';
  const { status, stderr } = await run('resolve', 'dev');
  expect(status).toBe(0);
  expect(stderr).toContain(
    'churn: warning: models:/churn@blue was saved with Python 3.12.4, numpy 1.26.4, and the image of MLFLOW_SERVER has Python 3.10, numpy 2.2.6; it may not load\n',
  );
  expect((await run('resolve', 'dev', '--check')).status).toBe(0);
});

test('resolve --check fails when an alias has moved since, and writes nothing', async () => {
  await run('resolve', 'dev');
  const locked = text(LOCK);
  expect(await run('resolve', 'dev', '--check')).toMatchObject({ status: 0 });
  mlflow.aliases['churn@blue'] = '2';
  const { status, stdout, stderr } = await run('resolve', 'dev', '--check');
  expect(status).toBe(1);
  expect(stdout).toBe('churn: version 1 of churn -> version 2 of churn, s3://models/7/2\n');
  expect(stderr).toContain(`${LOCK} is out of date; run "npx ml-platform models resolve dev"`);
  expect(text(LOCK)).toBe(locked);
});

test('resolve writes nothing when one of the models is not to be had, and names every one', async () => {
  writeFiles(root, {
    'environments/dev/models/a.yaml': MODEL.replace('blue', 'none'),
    'environments/dev/models/b.yaml': MODEL.replace('@blue', '/9'),
  });
  const { status, stderr } = await run('resolve', 'dev');
  expect(status).toBe(1);
  expect(stderr.trimEnd().split('\n').slice(-3)).toEqual([
    'environments/dev/models/a.yaml: uri: is models:/churn@none: Registered model alias none not found.',
    'environments/dev/models/b.yaml: uri: is models:/churn/9: Model Version (name=churn, version=9) not found',
    `nothing was written: ${LOCK} is as it was`,
  ]);
  expect(readdirSync(join(root, 'environments/dev'))).not.toContain('models.lock.yaml');
});

test('resolve takes one model, and leaves the others as they are', async () => {
  writeFiles(root, { 'environments/dev/models/other.yaml': MODEL });
  await run('resolve', 'dev');
  mlflow.aliases['churn@blue'] = '2';
  await run('resolve', 'dev', 'other');
  expect(text(LOCK).match(/artifacts: .*/g)).toEqual(['artifacts: s3://models/7/1', 'artifacts: s3://models/7/2']);
});

test('resolve replaces an entry that somebody edited', async () => {
  await run('resolve', 'dev');
  const good = text(LOCK);
  writeFiles(root, { [LOCK]: good.replace('7/1', '7/2') });
  expect((await run('resolve', 'dev', 'churn')).status).toBe(0);
  expect(text(LOCK).replace(/(resolved|checksum): .*/g, '')).toBe(good.replace(/(resolved|checksum): .*/g, ''));
});

test('resolve asks no other registry than before', async () => {
  await run('resolve', 'dev');
  const before = text(LOCK);
  mlflow.created += 1;
  const { status, stderr } = await run('resolve', 'dev');
  expect(status).toBe(1);
  expect(stderr).toContain(
    `${LOCK} was made from the registry of 2026-01-02T00:00:00.000Z (then at ${mlflow.address})`,
  );
  expect(text(LOCK)).toBe(before);
  expect((await run('resolve', 'dev', '--new-registry')).status).toBe(0);
});

test.each<[string, string[], number, string]>([
  ['no environment', [], 2, "error: missing required argument 'env'"],
  ['an unknown one', ['none'], 2, 'environments/ has no environment "none"; it has dev, live'],
  ['an unknown model', ['dev', 'none'], 2, 'environments/dev: has no model none; it has churn'],
  ['no server', ['dev', '--server', 'http://127.0.0.1:1'], 1, 'cannot reach the MLflow server at http://127.0.0.1:1'],
  [
    'no address',
    ['dev', '--server', 'mlflow'],
    2,
    '--server: must be the address of an MLflow server, not "mlflow", such as "http://localhost:5000"',
  ],
  [
    'a login in the address',
    ['dev', '--server', 'http://me:pw@x'],
    2,
    '--server: must have no login; set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD',
  ],
])('resolve with %s says so', async (_, args, code, message) => {
  const { status, stderr } = await run('resolve', ...args);
  expect(status).toBe(code);
  expect(stderr).toContain(message);
  expect(stderr).not.toMatch(/^ +at /m);
});

describe('promote', () => {
  const old = lockEntry({ metrics: { auc: 0.7, rmse: 2 } });
  const now = lockEntry({ registered: { name: 'churn', version: '13' }, metrics: { auc: 0.75 } });
  const locks = (live: typeof old | undefined, dev = now) =>
    writeFiles(root, {
      [LOCK]: lockText({ churn: dev }),
      ...(live ? { 'environments/live/models.lock.yaml': lockText({ churn: live }) } : {}),
    });
  const promote = (...args: string[]) => run('promote', 'churn', '--from', 'dev', '--to', 'live', ...args);

  test('copies the entry, and shows both versions side by side', async () => {
    locks(old);
    const { status, stdout } = await promote();
    expect(status).toBe(0);
    expect(stdout).toContain('| version | version 12 of churn | version 13 of churn |  |\n');
    expect(stdout).toContain('| auc | 0.7 | 0.75 | +0.05 |\n| rmse | 2 |  |  |\n');
    expect(stdout).toContain('The signature is the same.');
    expect(text('environments/live/models.lock.yaml')).toContain(lockText({ churn: now }));
  });

  test('brings a model to an environment that has none yet', async () => {
    locks(undefined);
    expect((await promote()).status).toBe(0);
    expect(text('environments/live/models.lock.yaml')).toContain(lockText({ churn: now }));
  });

  test('keeps callers from breaking, unless told that they may', async () => {
    const inputs = [...(now.signature?.inputs ?? []), { name: 'age', type: 'long', required: true }];
    locks(old, lockEntry({ ...now, signature: { inputs, outputs: now.signature?.outputs ?? [] } }));
    const { status, stdout, stderr } = await promote();
    expect(status).toBe(1);
    expect(stdout).toContain('- **breaks callers**: input age: new, long\n');
    expect(stderr).toBe(
      'nothing was written: callers of churn in live would break; change them first, and say --allow-signature-change\n',
    );
    expect(text('environments/live/models.lock.yaml')).toBe(lockText({ churn: old }));
    expect((await promote('--allow-signature-change')).status).toBe(0);
  });

  test.each<[string, string[], string]>([
    ['from nowhere', ['churn', '--to', 'live'], "error: required option '--from <env>' not specified"],
    ['no model', ['--from', 'dev', '--to', 'live'], "error: missing required argument 'model'"],
    [
      'from an unknown place',
      ['churn', '--from', 'none', '--to', 'live'],
      'has no environment "none"; it has dev, live',
    ],
    ['to where it is', ['churn', '--from', 'dev', '--to', 'dev'], '--from and --to are both "dev"'],
  ])('refuses to promote %s', async (_, args, message) => {
    const { status, stderr } = await run('promote', ...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });

  test.each<[string, () => void, string]>([
    [
      'the model was never resolved',
      () => {},
      `${LOCK} has no entry for churn as its file is; run "npx ml-platform models resolve dev churn"`,
    ],
    [
      'the target calls it something else',
      () => {
        locks(old);
        writeFiles(root, { 'environments/live/models/churn.yaml': MODEL.replace('blue', 'red') });
      },
      'environments/live/models/churn.yaml: uri: is models:/churn@red, but environments/dev has models:/churn@blue; make them the same',
    ],
    [
      'the target has another server',
      () => locks(lockEntry({ registry: '2025-01-01T00:00:00.000Z', server: 'http://live' })),
      'environments/live/models.lock.yaml: is of the MLflow server at http://live (registry of 2025-01-01T00:00:00.000Z)',
    ],
    [
      'the target has another bucket',
      () => {
        locks(undefined);
        writeFiles(root, {
          'environments/live/platform.yaml': 'objectStore: {bucket: live}\nfrontend: {model: churn}\n',
        });
      },
      'uri: s3://models/7/models/m-89ab/artifacts is outside the bucket "live"',
    ],
    [
      'the entry was edited',
      () => writeFiles(root, { [LOCK]: lockText({ churn: now }).replace('0.75', '0.99') }),
      `${LOCK}: models.churn: was changed by hand`,
    ],
    [
      'the target has no such model',
      () => rmSync(join(root, 'environments/live/models/churn.yaml')),
      'environments/live/models/churn.yaml: not found; start with a copy of environments/dev/models/churn.yaml',
    ],
  ])('refuses when %s', async (_, prepare, message) => {
    prepare();
    const { status, stderr } = await promote();
    expect(status).toBe(1);
    expect(stderr).toContain(message);
  });
});
