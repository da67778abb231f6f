/** `ml-platform init`: what it writes, and what it leaves alone. */
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { loadEnvironments } from '../../../charts/environment/environments';
import { renderEnvironments } from '../../../charts/rendering/render';
import { documentation } from '../../../cli/docs/documentation';
import { runCli } from '../../support/cli';
import { type Files, writeFiles } from '../../support/environments';
import { readFolder } from '../../support/folders';

const TEMPLATE = 'cli/init/template';
const SCHEMAS = ['environments/model.schema.json', 'environments/platform.schema.json'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ml-platform-init-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const init = (...args: string[]) => runCli(folder, ['init', ...args]);
const written = () => {
  const files = Object.entries(readFolder(folder));
  return Object.fromEntries(files.filter(([path]) => !path.startsWith('dist/')));
};

describe('in an empty folder', () => {
  test('writes the template, and the schemas as "npm run docs" writes them', async () => {
    expect(await init()).toMatchObject({ status: 0, stderr: '' });
    const docs = documentation((path) => readFileSync(path, 'utf8'));
    const schemas = SCHEMAS.map((path) => [path, docs[path]]);
    expect(written()).toEqual({ ...readFolder(TEMPLATE), ...Object.fromEntries(schemas) });
  });

  test('renders dist/ right away', async () => {
    await init();
    const files = [...renderEnvironments(loadEnvironments(`${TEMPLATE}/environments`))];
    expect(readFolder(join(folder, 'dist'))).toEqual(Object.fromEntries(files.map(({ path, text }) => [path, text])));
  });

  test('says of each file that it was written', async () => {
    const { stdout } = await init();
    for (const path of Object.keys(written())) expect(stdout).toContain(`wrote ${path}\n`);
  });

  test('gives the environment the name that the user chose', async () => {
    expect((await init('acme-staging')).status).toBe(0);
    const paths = Object.keys(written()).filter((path) => /\/.*\//.test(path) && path.startsWith('environments/'));
    expect(new Set(paths.map((path) => path.split('/')[1]))).toEqual(new Set(['acme-staging']));
    expect(existsSync(join(folder, 'dist/acme-staging/kustomization.yaml'))).toBe(true);
  });

  test('writes files whose first line names a schema that is there', async () => {
    await init('acme-staging');
    const files = Object.entries(written()).filter(([path]) => /^environments\/.*\.yaml$/.test(path));
    expect(files.length).toBeGreaterThan(2);
    for (const [path, text] of files) {
      const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? [];
      expect(SCHEMAS).toContain(join(dirname(path), schema));
    }
  });

  test('writes a cdk8s.yaml whose app renders dist/ for cdk8s, too', async () => {
    await init();
    const { app, output } = parse(readFileSync(join(folder, 'cdk8s.yaml'), 'utf8'));
    expect(app).toBe('npx --no-install ml-platform synth');
    rmSync(join(folder, 'dist'), { recursive: true });
    expect((await runCli(folder, ['synth'], { CDK8S_OUTDIR: output })).status).toBe(0);
    expect(readFolder(join(folder, output))).toEqual(readFolder(join(folder, 'dist')));
    expect(lstatSync(join(folder, 'dist')).isDirectory()).toBe(true);
  });
});

describe('where something is already', () => {
  const MINE = 'this is mine\n';

  test.each(['.gitignore', '.github/workflows/dist.yaml', 'cdk8s.yaml'])('keeps %s, and says so', async (path) => {
    writeFiles(folder, { [path]: MINE });
    const { status, stdout } = await init();
    expect(status).toBe(0);
    expect(readFileSync(join(folder, path), 'utf8')).toBe(MINE);
    expect(stdout).toContain(`kept ${path}, which is there already`);
  });

  // They belong to the version of the program, and nobody edits them.
  test.each(SCHEMAS)('brings %s up to date, and says so only where it changes', async (path) => {
    writeFiles(folder, { [path]: MINE });
    expect((await init()).stdout).toContain(`updated ${path}\n`);
    const docs = documentation((file) => readFileSync(file, 'utf8'));
    expect(readFileSync(join(folder, path), 'utf8')).toBe(docs[path]);
    expect((await init()).stdout).not.toContain(path);
  });

  test('keeps a link that leads nowhere', async () => {
    symlinkSync('nowhere', join(folder, 'cdk8s.yaml'));
    expect((await init()).stdout).toContain('kept cdk8s.yaml');
    expect(existsSync(join(folder, 'nowhere'))).toBe(false);
  });

  test.each<[string, string[]]>([
    ['node_modules/\n/.dist.*/\n', ['*.env']],
    ['# mine\r\nnode_modules/\r\n', ['*.env', '/.dist.*/']],
    ['*.env\n/.dist.*/\nnode_modules/\n', []],
  ])('says what a .gitignore %j lacks', async (text, missing) => {
    writeFiles(folder, { '.gitignore': text });
    const advice = missing.length === 0 ? '' : `; add to it: ${missing.join(' ')}`;
    expect((await init()).stdout).toContain(`kept .gitignore, which is there already${advice}\n`);
  });

  test('keeps dist/, whosever it is', async () => {
    writeFiles(folder, { 'dist/index.js': MINE });
    expect((await init()).stdout).toContain('kept dist/, which is there already');
    expect(readFolder(join(folder, 'dist'))).toEqual({ 'index.js': MINE });
  });

  describe('an environment', () => {
    const OWN: Files = { 'environments/prod/platform.yaml': 'frontend: {enabled: false}\n' };
    const environments = () =>
      Object.fromEntries(Object.entries(written()).filter(([path]) => /^environments\/.*\.yaml$/.test(path)));

    test.each([[[]], [['prod']]])('is left as it is by init %j, and none is added', async (args) => {
      writeFiles(folder, OWN);
      const { status, stdout } = await init(...args);
      expect(status).toBe(0);
      expect(stdout).toContain('kept environments/prod/, which is there already\n');
      expect(environments()).toEqual(OWN);
    });

    test('gets another beside it, and nothing that its owner has removed comes back', async () => {
      writeFiles(folder, OWN);
      const { stdout } = await init('small');
      expect(stdout).not.toContain('environments/prod');
      for (const path of ['.gitignore', '.github', 'cdk8s.yaml']) expect(existsSync(join(folder, path))).toBe(false);
      expect(Object.keys(environments())).toEqual([
        'environments/prod/platform.yaml',
        'environments/small/models/mlflow-wine.yaml',
        'environments/small/models/xgb-wine-k8s.yaml',
        'environments/small/platform.yaml',
      ]);
    });
  });

  test('keeps a folder that has the name of a file', async () => {
    mkdirSync(join(folder, '.gitignore'));
    expect((await init()).stdout).toContain('kept .gitignore, which is there already\n');
    expect(lstatSync(join(folder, '.gitignore')).isDirectory()).toBe(true);
  });
});

describe('a wrong command line', () => {
  test.each(['Prod', 'a_b', 'a.b', 'a-', '../up', '', 'x'.repeat(64)])('%j names no environment', async (name) => {
    const { status, stderr } = await init(name);
    expect(status).toBe(2);
    expect(stderr).toContain(`"${name}" cannot name an environment: it is a lower-case DNS label, such as "minikube"`);
    expect(readFolder(folder)).toEqual({});
  });

  test.each([[['one', 'two']], [['--force']]])('%j is refused', async (args) => {
    expect((await init(...args)).status).toBe(2);
    expect(readFolder(folder)).toEqual({});
  });

  test('--help writes nothing', async () => {
    const { status, stdout } = await init('--help');
    expect(status).toBe(0);
    expect(stdout).toContain('npx ml-platform init production');
    expect(readFolder(folder)).toEqual({});
  });
});
