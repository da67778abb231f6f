/**
 * The package as its users have it: packed, installed in an empty folder, and used there. Needs the npm registry.
 *
 * Run by `npm run test:package`, apart from `npm test`: installing takes half a minute.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { writeFiles } from '../../__tests__/support/environments';
import { readFolder } from '../../__tests__/support/folders';
import { loadEnvironments } from '../../charts/environment/environments';
import { renderEnvironments } from '../../charts/rendering/render';
import { version } from '../../package.json';

const ROOT = dirname(dirname(__dirname));
/** A folder that holds the packed package and, beside it, the repository that uses it. */
const folder = mkdtempSync(join(tmpdir(), 'ml-platform-package-'));
const own = join(folder, 'own');
const ENVIRONMENT = 'acme-staging';

/** Runs a command to its end. */
function run(cwd: string, command: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  // What "npm run" tells its children of the project is not for npm in another folder.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(lifecycle|package|config_local_prefix)|INIT_CWD$|NODE_PATH$|NODE_ENV$)/.test(name),
  );
  const env = { ...Object.fromEntries(inherited), CDK8S_CHECK_UPGRADE: 'false', ...variables };
  const [file = '', ...args] = command;
  const { status, stdout, stderr, error } = spawnSync(file, args, { cwd, env, encoding: 'utf8' });
  return { status, stdout, stderr: error ? `${error}` : stderr };
}

/** Runs a command that must succeed, in the repository that uses the package. */
function ok(...command: readonly string[]): string {
  const { status, stdout, stderr } = run(own, command);
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

/** What the sources of this project render from the environments of that repository. */
function renderedFromSource(): Record<string, string> {
  const files = renderEnvironments(loadEnvironments(`${own}/environments`));
  return Object.fromEntries([...files].map(({ path, text }) => [path, text]));
}

const dist = () => readFolder(join(own, 'dist'));

beforeAll(() => {
  const packed = run(ROOT, ['npm', 'pack', '--silent', '--pack-destination', folder]);
  if (packed.status !== 0) throw new Error(`${packed.stdout}${packed.stderr}`);
  const dependencies = { 'ml-platform': `file:../ml-platform-${version}.tgz` };
  writeFiles(own, { 'package.json': JSON.stringify({ private: true, dependencies }) });
  ok('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund');
  ok('npx', '--no-install', 'ml-platform', 'init', ENVIRONMENT);
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true }));

const MINUTES = 120_000;

describe('the package', () => {
  const installed = () => join(own, 'node_modules/ml-platform');

  test('carries bundles, types, documents and the folders that images are built from, and no sources or tests', () => {
    expect(readdirSync(installed()).sort()).toEqual(
      ['LICENSE', 'README.md', 'build', 'cli', 'datascience', 'docs', 'examples', 'frontend', 'package.json'].sort(),
    );
    const paths = Object.keys(readFolder(installed()));
    expect(paths.filter((path) => path.startsWith('cli/'))).toEqual(['cli/bin.mjs']);
    expect(paths.filter((path) => /(^|\/)(tests?|__\w+__|\.venv|.*\.env)(\/|$)|(?<!\.d)\.ts$/.test(path))).toEqual([]);
    expect(paths).toEqual(
      expect.arrayContaining(['frontend/Dockerfile', 'datascience/Dockerfile', 'docs/configuration.md']),
    );
  });

  test('carries the licence of each library in its bundles', () => {
    const licences = readFileSync(join(installed(), 'build/LICENSES.txt'), 'utf8');
    for (const library of ['cdk8s', 'commander', 'js-yaml', 'zod']) {
      expect(licences).toMatch(new RegExp(`^${library} \\d\\S+ \\((MIT|Apache-2.0)\\)$`, 'm'));
    }
  });

  test('has no command that writes sources of this project', () => {
    const { status, stderr } = run(own, ['npx', '--no-install', 'ml-platform', 'docs']);
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining("unknown command 'docs'") });
  });

  test('knows its version', () => {
    expect(ok('npx', '--no-install', 'ml-platform', '--version')).toBe(`${version}\n`);
  });
});

describe('a repository of one’s own', () => {
  test('is rendered by init as the sources render it', () => {
    expect(Object.keys(dist())).toContain(`${ENVIRONMENT}/kustomization.yaml`);
    expect(dist()).toEqual(renderedFromSource());
  });

  test.each([
    ['ml-platform synth', 'replicas: 2'],
    ['cdk8s synth', 'replicas: 3'],
  ])(
    'is rendered by npx %s after a change',
    (command, setting) => {
      const before = dist();
      appendFileSync(join(own, `environments/${ENVIRONMENT}/platform.yaml`), `\nmlflow: {${setting}}\n`);
      try {
        ok('npx', '--no-install', ...command.split(' '));
        expect(dist()).not.toEqual(before);
        expect(dist()).toEqual(renderedFromSource());
      } finally {
        writeFiles(own, { [`environments/${ENVIRONMENT}/platform.yaml`]: '' });
      }
    },
    MINUTES,
  );

  test(
    'keeps its dist/ when cdk8s synth finds a fault',
    () => {
      const before = dist();
      writeFiles(own, { [`environments/${ENVIRONMENT}/platform.yaml`]: 'mlflow: {replica: 2}\n' });
      const { status, stderr } = run(own, ['npx', '--no-install', 'cdk8s', 'synth']);
      writeFiles(own, { [`environments/${ENVIRONMENT}/platform.yaml`]: '' });
      expect(status).not.toBe(0);
      expect(stderr).toContain('did you mean "replicas"?');
      expect(dist()).toEqual(before);
    },
    MINUTES,
  );

  describe('has a workflow', () => {
    const { jobs } = parse(readFileSync('cli/init/template/.github/workflows/dist.yaml', 'utf8')) as {
      jobs: Record<string, { steps: { run?: string }[] }>;
    };
    const scripts = Object.values(jobs)
      .flatMap(({ steps }) => steps)
      .flatMap(({ run: script }) => script ?? []);
    /** What the workflow runs in a fresh clone, where "npm ci" has installed the package. */
    const workflow = () =>
      run(own, ['bash', '-eo', 'pipefail', '-c', scripts.filter((script) => script !== 'npm ci').join('\n')]);
    const commit = () => {
      ok('git', 'add', '--all');
      ok('git', '-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '-m', 'a');
    };

    beforeAll(() => {
      ok('git', 'init', '--quiet');
      ok('npx', '--no-install', 'ml-platform', 'synth');
      writeFiles(own, { [`environments/${ENVIRONMENT}/secrets.env`]: 'POSTGRES_PASSWORD=secret\n' });
      commit();
    }, MINUTES);

    test('that begins with npm ci', () => {
      expect(scripts[0]).toBe('npm ci');
      expect(scripts.length).toBeGreaterThan(2);
    });

    test('and Git has neither libraries nor passwords', () => {
      expect(
        ok('git', 'ls-files')
          .split('\n')
          .filter((path) => /node_modules|\.env/.test(path)),
      ).toEqual([]);
    });

    test(
      'which passes where dist/ is current',
      () => {
        expect(workflow()).toMatchObject({ status: 0 });
      },
      MINUTES,
    );

    test.each([
      ['changes a file of dist/', `environments/${ENVIRONMENT}/platform.yaml`, 'mlflow: {replicas: 3}\n'],
      ['adds a folder to it', 'environments/second/platform.yaml', 'frontend: {enabled: false}\n'],
    ])(
      'which fails where a commit %s but does not have it',
      (_, path, text) => {
        writeFiles(own, { [path]: text });
        ok('git', 'add', path);
        const { status, stderr } = workflow();
        expect(status).toBe(1);
        expect(stderr).toContain('run "npx ml-platform synth" and commit dist/');
        commit();
        expect(workflow()).toMatchObject({ status: 0 });
      },
      MINUTES,
    );
  });
});

describe('the components in somebody else’s App', () => {
  const app = join(own, 'app');

  beforeAll(() => {
    mkdirSync(app);
    copyFileSync(join(ROOT, 'e2e/package/app.ts'), join(app, 'app.ts'));
    const compilerOptions = { module: 'nodenext', target: 'es2022', strict: true, types: ['node'] };
    writeFiles(app, { 'tsconfig.json': JSON.stringify({ compilerOptions, files: ['app.ts'] }) });
  });

  // Without skipLibCheck, so that each type of the package is one that its users have.
  test(
    'have types that tsc --strict accepts, to the last',
    () => {
      expect(run(app, [join(ROOT, 'node_modules/.bin/tsc')])).toEqual({ status: 0, stdout: '', stderr: '' });
    },
    MINUTES,
  );

  test(
    'are charts of its cdk8s, and are synthesized as from source',
    () => {
      expect(run(app, ['node', 'app.js'], { CDK8S_OUTDIR: 'packed' })).toMatchObject({ status: 0, stderr: '' });
      const source = ['node', 'cli/run.mjs', 'e2e/package/app.ts'];
      expect(run(ROOT, source, { CDK8S_OUTDIR: join(app, 'source') })).toMatchObject({ status: 0, stderr: '' });
      const packed = readFolder(join(app, 'packed'));
      expect(packed).toEqual(readFolder(join(app, 'source')));
      const text = Object.values(packed).join('\n');
      for (const name of ['acme-db', 'acme-store', 'acme-tracking', 'acme-seldon', 'acme-models', 'acme-front']) {
        expect(text).toContain(`namespace: ${name}\n`);
      }
      expect(text).toContain('kind: SeldonDeployment\n');
    },
    MINUTES,
  );

  test('are named exports of an ES module, too', () => {
    writeFiles(app, {
      'app.mjs': "import { Mlflow, Postgresql } from 'ml-platform';\nconsole.log(Mlflow.name, Postgresql.name);\n",
    });
    expect(run(app, ['node', 'app.mjs'])).toEqual({ status: 0, stdout: 'Mlflow Postgresql\n', stderr: '' });
  });
});
