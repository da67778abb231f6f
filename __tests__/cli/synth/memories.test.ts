/**
 * What is kept between runs makes them faster, and never different. A kept model is planted that says what its file does
 * not: it shows in dist/ as long as nothing has changed, which proves that it is used, and no longer after a change.
 */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEnvironment } from '../../../charts/environment/environments';
import { toYaml } from '../../../charts/lib/yaml';
import { digestOf } from '../../../charts/rendering/digest';
import { listImages } from '../../../cli/images/list';
import { runCli } from '../../support/cli';
import { type Files, MODEL, writeFiles } from '../../support/environments';
import { readFolder } from '../../support/folders';
import { lockEntry, lockText } from '../../support/lock';

const FILES: Files = {
  'environments/shared.yaml': 'mlflow: {replicas: 2}\n',
  'environments/model-base.yaml': 'server: MLFLOW_SERVER\n',
  'environments/own/platform.yaml': 'extends: ../shared\n',
  'environments/own/models/mlflow-wine.yaml': MODEL,
  'environments/own/models/churn.yaml': 'server: XGBOOST_SERVER\nuri: s3://models/churn/1\n',
  'environments/own/models/gone.yaml': 'server: XGBOOST_SERVER\nuri: s3://models/gone/1\n',
  'environments/own/models/iris.yaml': 'extends: ../../model-base\nuri: s3://models/iris/1\n',
};
const PLANTED = 's3://models/planted/1';
const CHURN = 'environments/own/models/churn.yaml';
const RENDERED_CHURN = 'dist/own/50-models/churn.yaml';

let root: string;
const path = (name: string) => join(root, name);
const kept = () => path('node_modules/.cache/ml-platform/own.models');
const dist = () => readFolder(path('dist'));
/** Which program runs: without it, nothing is kept. */
type Variables = Readonly<Record<string, string>>;
const PROGRAM = { ML_PLATFORM_PROGRAM: 'one' };
const synth = (program: Variables = PROGRAM) => runCli(root, ['synth'], program);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ml-platform-'));
  writeFiles(root, FILES);
  mkdirSync(path('node_modules'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Has the kept file say of the model "churn" that its files lie elsewhere, as if that had been its first content. */
function plant(): void {
  const lines = readFileSync(kept(), 'utf8').split('\n').slice(0, -1);
  const planted = lines.map((line) => (line.includes(CHURN) ? line.replace('s3://models/churn/1', PLANTED) : line));
  // Without what was rendered of it: it is rendered of what is planted.
  const text = `${planted.map((line) => (line.includes(PLANTED) ? line.replace(/\],[^\]]*\]$/, '],null,null]') : line)).join('\n')}\n`;
  writeFileSync(kept(), `${text}${digestOf(text)}`);
}
/** A lock that has every image of the environment. */
const imageLock = () => {
  const images = listImages(loadEnvironment(path('environments'), 'own')).map(({ image }) => image);
  const digest = `sha256:${'f'.repeat(64)}`;
  return toYaml([{ images: Object.fromEntries(images.map((image) => [image, { digest }])) }]);
};
const isPlanted = () => JSON.stringify(dist()).includes(PLANTED);

describe('a kept model', () => {
  /** What a first run leaves. */
  let first: string;
  beforeAll(async () => {
    first = mkdtempSync(join(tmpdir(), 'ml-platform-'));
    writeFiles(first, FILES);
    mkdirSync(join(first, 'node_modules'));
    expect(await runCli(first, ['synth'], PROGRAM)).toMatchObject({ status: 0 });
  });
  afterAll(() => rmSync(first, { recursive: true }));
  beforeEach(() => {
    cpSync(first, root, { recursive: true });
    plant();
  });

  test('is used while nothing has changed', async () => {
    await synth();
    expect(isPlanted()).toBe(true);
  });

  test('is used where another model is added, changed or removed', async () => {
    writeFiles(root, {
      'environments/own/models/new.yaml': MODEL,
      'environments/own/models/mlflow-wine.yaml': `${MODEL}\n`,
    });
    rmSync(path('environments/own/models/gone.yaml'));
    expect(await synth()).toMatchObject({ status: 0 });
    expect(isPlanted()).toBe(true);
  });

  test.each<[string, () => void]>([
    ['its file', () => writeFiles(root, { [CHURN]: 'server: XGBOOST_SERVER\nuri: s3://models/churn/2\n' })],
    [
      'its file, in place, with the time of before',
      () => disguise(CHURN, (text) => text.replace('churn/1', 'churn/2')),
    ],
    ['the name of its file', () => renameSync(path(CHURN), path('environments/own/models/churn-2.yaml'))],
    [
      'the platform file',
      () => writeFiles(root, { 'environments/own/platform.yaml': 'extends: ../shared\nmlflow: {replicas: 1}\n' }),
    ],
    [
      'what the platform file extends',
      () => writeFiles(root, { 'environments/shared.yaml': 'mlflow: {replicas: 3}\n' }),
    ],
    ['the lock', () => writeFiles(root, { 'environments/own/models.lock.yaml': lockText({ other: lockEntry() }) })],
    ['the lock of images', () => writeFiles(root, { 'environments/own/images.lock.yaml': imageLock() })],
    ['the kept file, by hand', () => writeFileSync(kept(), readFileSync(kept(), 'utf8').replace('churn', 'chorn'))],
    ['the end of the kept file', () => writeFileSync(kept(), readFileSync(kept()).subarray(0, -9))],
    ['the whole of the kept file', () => writeFileSync(kept(), '')],
  ])('is not used after a change of %s, and the run is as one that has nothing', async (_, change) => {
    change();
    const copy = `${root}-copy`;
    try {
      cpSync(root, copy, { recursive: true });
      const fresh = await runCli(copy, ['synth']);
      expect(fresh).toMatchObject({ status: 0 });
      expect(await synth()).toEqual(fresh);
      expect(isPlanted()).toBe(false);
      expect(dist()).toEqual(readFolder(join(copy, 'dist')));
    } finally {
      rmSync(copy, { recursive: true });
    }
  });

  test.each<[string, string]>([
    ['a patch of a model', 'patches: [{target: {kind: SeldonDeployment, name: churn}, merge: {spec: {replicas: 3}}}]'],
    ['labels of all objects', 'commonLabels: {example.com/team: crimson}'],
    ['annotations of all objects', 'commonAnnotations: {example.com/owner: crimson}'],
    ['who chooses users', 'podSecurity: {uids: assigned}'],
    ['the architectures of nodes', 'architectures: [amd64, arm64]'],
    ['the namespace of models', 'namespaces: {models: crimson}\nremoved: [Namespace ml-models]'],
    ['the registry of images', 'images: {registry: mirror.example.com}'],
  ])('follows %s, and so does every other model', async (_, settings) => {
    const before = dist();
    const copy = `${root}-copy`;
    try {
      writeFiles(root, { 'environments/own/platform.yaml': `extends: ../shared\n${settings}\n` });
      cpSync(root, copy, { recursive: true });
      rmSync(join(copy, 'node_modules'), { recursive: true });
      const fresh = await runCli(copy, ['synth']);
      expect(fresh).toMatchObject({ status: 0 });
      expect(await synth()).toEqual(fresh);
      const after = dist();
      expect(after).toEqual(readFolder(join(copy, 'dist')));
      expect(after['own/50-models/churn.yaml']).not.toBe(before['own/50-models/churn.yaml']);
      // The second run with these settings uses what the first has kept.
      await synth();
      expect(dist()).toEqual(after);
    } finally {
      rmSync(copy, { recursive: true });
    }
  });

  test('is not used where cdk8s sorts fields in another way', async () => {
    await synth({ ...PROGRAM, CDK8S_DISABLE_SORT: '1' });
    expect(isPlanted()).toBe(false);
  });

  test('is not used by another program, nor by one that does not know which it is', async () => {
    const others: Variables[] = [{}, { ML_PLATFORM_PROGRAM: 'two' }];
    for (const program of others) {
      await synth(program);
      expect(isPlanted()).toBe(false);
    }
  });

  test('is dropped with its file', async () => {
    rmSync(path(CHURN));
    await synth();
    expect(readFileSync(kept(), 'utf8')).not.toContain(CHURN);
  });
});

test('a model that extends a file follows it', async () => {
  await synth();
  writeFiles(root, { 'environments/model-base.yaml': 'server: SKLEARN_SERVER\n' });
  expect((await synth()).stdout).toContain('50-models: changed iris.yaml\n');
  expect(dist()['own/50-models/iris.yaml']).toContain('SKLEARN_SERVER');
});

test('two models whose objects have one name are refused, though one of them is kept', async () => {
  await synth();
  writeFiles(root, { 'environments/own/models/again.yaml': `name: churn\n${MODEL}` });
  expect(await synth()).toMatchObject({ status: 1, stderr: expect.stringContaining('"churn"') });
  expect(await synth()).toEqual(await synth({}));
});

describe('the file of a kept model in dist/', () => {
  const file = () => path(RENDERED_CHURN);
  test.each<[string, () => void]>([
    ['edited', () => writeFileSync(file(), readFileSync(file(), 'utf8').replace('churn', 'chorn'))],
    ['deleted', () => rmSync(file())],
    [
      'replaced by a link',
      () => {
        renameSync(file(), path('elsewhere'));
        symlinkSync('../../../elsewhere', file());
      },
    ],
  ])('is made anew where somebody has %s it', async (_, damage) => {
    await synth();
    const before = dist();
    damage();
    expect((await synth()).stdout).toContain('churn.yaml');
    expect(dist()).toEqual(before);
  });

  test('is made anew with the whole of dist/, of models of every kind', async () => {
    cpSync('examples/environments', path('environments'), { recursive: true });
    expect(await synth()).toMatchObject({ status: 0 });
    const before = dist();
    expect(before).toMatchObject(readFolder('examples/dist'));
    rmSync(path('dist'), { recursive: true });
    await synth();
    expect(dist()).toEqual(before);
  });
});

/** Writes a file anew, in place, and gives it the time of change that it had. */
function disguise(name: string, change: (text: string) => string): void {
  const { atime, mtime } = statSync(path(name));
  writeFileSync(path(name), change(readFileSync(path(name), 'utf8')));
  utimesSync(path(name), atime, mtime);
}

/** The stamp of a new file is not trusted: the clock goes on by what makes it old. */
function noLongerNew(): void {
  const now = Date.now() + 10_000;
  jest.spyOn(Date, 'now').mockReturnValue(now);
}
afterEach(() => jest.restoreAllMocks());

describe('files that are no longer new', () => {
  beforeEach(async () => {
    await synth();
    // A time that can be given back exactly.
    for (const file of [CHURN, RENDERED_CHURN]) utimesSync(path(file), 0, 1_000_000_000);
    noLongerNew();
    await synth();
  }, 60_000);

  test('are not read while their stamps are those of before', async () => {
    plant();
    const lines = readFileSync(kept(), 'utf8').split('\n').slice(0, -1);
    const text = `${lines.map((line) => (line.includes(PLANTED) ? line.replace(/"digest":"[^"]+"/, '"digest":"other"') : line)).join('\n')}\n`;
    writeFileSync(kept(), `${text}${digestOf(text)}`);
    await synth();
    expect(isPlanted()).toBe(true);
  });

  test('are read where they were changed and have the time and the length of before', async () => {
    plant();
    disguise(CHURN, (text) => text.replace('churn/1', 'churn/2'));
    noLongerNew();
    await synth();
    expect(isPlanted()).toBe(false);
    expect(dist()['own/50-models/churn.yaml']).toContain('s3://models/churn/2');
  });

  test('of dist/ are made anew where they have the time and the length of before', async () => {
    const before = dist();
    disguise(RENDERED_CHURN, (text) => text.replace('churn', 'chorn'));
    noLongerNew();
    expect((await synth()).stdout).toContain('churn.yaml');
    expect(dist()).toEqual(before);
  });
});

test('a model that is kept is neither rendered nor written again', async () => {
  await synth();
  const identity = () => statSync(path(RENDERED_CHURN)).ino;
  const before = identity();
  expect((await synth()).stdout).toContain('no file changed');
  expect(identity()).toBe(before);
});

test('nothing is kept where there is no node_modules/, nor of a run that fails', async () => {
  rmSync(path('node_modules'), { recursive: true });
  await synth();
  expect(readdirSync(root).sort()).toEqual(['dist', 'environments']);
  mkdirSync(path('node_modules'));
  writeFiles(root, { [CHURN]: 'server: NONE\n' });
  await synth();
  expect(readdirSync(path('node_modules'))).toEqual([]);
});
