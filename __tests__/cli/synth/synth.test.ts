/** The commands of README.md that render dist/, run in a copy of the project. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { runProgram } from '../../../cli/program';
import { synthForCdk8s } from '../../../cli/synth/cdk8s';
import { type Finished, runCli, runIn } from '../../support/cli';
import { type Files, MODEL, writeFiles } from '../../support/environments';
import { readFolder } from '../../support/folders';
import { copyProject, type Project } from '../../support/project';

const SYNTH = ['node', 'cli/run.mjs', 'cli/main.ts', 'synth'] as const;
/** The app of cdk8s.yaml. */
const APP = ['node', 'cli/run.mjs', 'main.ts'] as const;
/** What npx starts, without the half second that npx takes. It takes seconds itself. */
const CLI = ['node_modules/.bin/cdk8s', 'synth'] as const;

const synth = (...args: string[]) => runCli(project.root, ['synth', ...args]);
/** What the app of cdk8s.yaml does, once the CLI has emptied its output folder. */
const app = (outdir: string) =>
  runIn(project.root, (terminal) => synthForCdk8s(terminal).then(() => 0), { CDK8S_OUTDIR: outdir });
const COMMANDS: readonly [string, () => Promise<Finished>][] = [
  ['ml-platform synth', () => synth()],
  ['the app of cdk8s synth', () => app('node_modules/.cache/cdk8s')],
];

jest.setTimeout(60_000);

const ENVIRONMENTS: Files = {
  'environments/prod/platform.yaml': 'mlflow: {replicas: 2}\n',
  'environments/prod/models/mlflow-wine.yaml': MODEL,
  'environments/small/platform.yaml': 'frontend: {enabled: false}\n',
};
const FAULTY: Files = {
  'environments/prod/platform.yaml': 'mlflow: {replica: 2}\n',
  'environments/small/platform.yaml': 'frontend: {enabled: false}\npostgresql: {storage: {size: 8GB}}\n',
};
const FAULTS = [
  'environments/prod/platform.yaml: mlflow.replica: unknown field; did you mean "replicas"?',
  'environments/small/platform.yaml: postgresql.storage.size: must be an amount of bytes, not "8GB", such as "8Gi"',
];

let project: Project;
/** dist/ as these environments render it. */
let rendered: Record<string, string>;

const dist = () => readFolder(project.path('dist'));
/** What a command says on standard error, but for what npm and the CLI add of their own. */
const complaints = (stderr: string) =>
  (stderr.split(/^Error: command /m)[0] ?? '').split('\n').filter((line) => line !== '' && !line.startsWith('npm '));

beforeAll(() => {
  project = copyProject();
  writeFiles(project.root, ENVIRONMENTS);
  const { status, stderr } = project.run(SYNTH);
  if (status !== 0) throw new Error(stderr);
  rendered = dist();
  cpSync(project.path('dist'), project.path('saved'), { recursive: true });
});
afterAll(() => project.remove());

beforeEach(() => {
  const ours = new Set([
    'saved',
    'cdk8s.yaml',
    'charts',
    'crds',
    'imports',
    'main.ts',
    'package.json',
    'cli',
    'config',
  ]);
  for (const name of readdirSync(project.root)) {
    if (!ours.has(name) && name !== 'node_modules') rmSync(project.path(name), { recursive: true });
  }
  rmSync(project.path('node_modules/.cache/cdk8s'), { recursive: true, force: true });
  writeFiles(project.root, ENVIRONMENTS);
  cpSync(project.path('saved'), project.path('dist'), { recursive: true });
});

test('both are the commands that the project names', () => {
  const { scripts } = JSON.parse(readFileSync(project.path('package.json'), 'utf8'));
  expect(scripts.synth).toBe(SYNTH.join(' '));
  expect(readFileSync(project.path('cdk8s.yaml'), 'utf8')).toContain(`app: ${APP.join(' ')}\n`);
});

describe.each(COMMANDS)('%s', (_, run) => {
  test('makes dist/ where there is none', async () => {
    rmSync(project.path('dist'), { recursive: true });
    expect(await run()).toMatchObject({ status: 0, stderr: '' });
    expect(dist()).toEqual(rendered);
  });

  test('removes what is no longer made, and touches nothing outside dist/', async () => {
    writeFiles(project.root, {
      'dist/retired/50-models/stale.yaml': 'stale',
      'dist/prod/50-models/stale.yaml': 'stale',
      'overlays/mine.yaml': 'mine',
      'README.md': 'mine',
    });
    const outside = () => {
      const entries = readdirSync(project.root).filter((name) => !['dist', 'node_modules', 'saved'].includes(name));
      return Object.fromEntries(entries.map((name) => [name, readOne(project.path(name))]));
    };
    const before = outside();
    expect((await run()).status).toBe(0);
    expect(dist()).toEqual(rendered);
    expect(outside()).toEqual(before);
  });

  test('says every fault of every file, writes nothing and fails', async () => {
    writeFiles(project.root, FAULTY);
    const { status, stderr, stdout } = await run();
    expect(status).toBe(1);
    expect(complaints(stderr)).toEqual([...FAULTS, 'nothing was written: 2 problems, dist/ is as it was']);
    expect(stdout).not.toMatch(/problem|objects/);
    expect(dist()).toEqual(rendered);
    expect(readdirSync(project.root).filter((name) => name.startsWith('.dist'))).toEqual([]);
  });

  test('puts back what a killed run took away, even if a file is faulty', async () => {
    renameSync(project.path('dist'), project.path('.dist.old'));
    writeFiles(project.root, FAULTY);
    expect((await run()).status).toBe(1);
    expect(dist()).toEqual(rendered);
  });
});

/** A file's text, or those of a folder's files. */
function readOne(path: string): unknown {
  const files = readFolder(path.slice(0, path.lastIndexOf('/')));
  const name = path.slice(path.lastIndexOf('/') + 1);
  return files[name] ?? readFolder(path);
}

describe('ml-platform synth', () => {
  test('says what each environment comes to', async () => {
    expect((await synth()).stdout.split('\n')).toEqual([
      expect.stringMatching(/^prod: \d+ objects, 1 model; requests \d+m CPU, \d+Mi memory, \d+Mi volumes$/),
      expect.stringMatching(/^small: \d+ objects, 0 models; requests \d+m CPU, \d+Mi memory, \d+Mi volumes$/),
      `${Object.keys(rendered).length} files in dist/`,
      'no file changed',
      '',
    ]);
  });

  test('says how many series Prometheus gets, and more with each pod of a model', async () => {
    const said = async (replicas: number) => {
      writeFiles(project.root, {
        'environments/prod/platform.yaml': 'monitoring: {enabled: true}\n',
        'environments/prod/models/wide.yaml': `server: MLFLOW_SERVER\nuri: s3://models/w/1\nreplicas: ${replicas}\n`,
      });
      return Number(/^prod: .*; about (\d+) series in Prometheus$/m.exec((await synth()).stdout)?.[1]);
    };
    const few = await said(1);
    expect(few).toBeGreaterThan(2000);
    // Two digits are told.
    expect(await said(100)).toBeGreaterThanOrEqual(few + 99 * 60);
  });

  test('of one environment leaves the others in dist/ as they are', async () => {
    writeFiles(project.root, {
      'environments/prod/platform.yaml': 'mlflow: {replicas: 3}\n',
      'environments/small/platform.yaml': 'nonsense: 1\n',
      'dist/small/mine.yaml': 'mine',
      'dist/prod/50-models/stale.yaml': 'stale',
    });
    const { status, stdout } = await synth('prod');
    expect(status).toBe(0);
    expect(stdout).toContain('files in dist/prod/\n');
    expect(stdout).not.toContain('small');
    expect(stdout).toContain('  40-tracking: changed mlflow.yaml\n  50-models: removed stale.yaml\n');
    const found = dist();
    expect(found['prod/40-tracking/mlflow.yaml']).toContain('replicas: 3');
    expect(Object.keys(found).sort()).toEqual([...Object.keys(rendered), 'small/mine.yaml'].sort());
    const small = Object.entries(rendered).filter(([path]) => path.startsWith('small/'));
    expect(found).toMatchObject(Object.fromEntries(small));
  });

  test('of an environment that is not there names those that are', async () => {
    const { status, stderr } = await synth('prod', 'smal');
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'environments/ has no environment "smal"; it has prod, small\n',
    });
    expect(dist()).toEqual(rendered);
  });

  test.each([
    [
      'a model file that cannot be read',
      () => symlinkSync('nowhere', project.path('environments/prod/models/x.yaml')),
      'environments/prod/models/x.yaml: is a link to nothing; let it lead to a file or a folder, or remove it',
    ],
    [
      'an output folder that is a file',
      () => {
        rmSync(project.path('dist'), { recursive: true });
        writeFileSync(project.path('dist'), 'mine');
      },
      'will not replace dist: it is not a folder',
    ],
  ])('says of %s what is wrong, in one line and without a stack trace', (_, prepare, line) => {
    prepare();
    const { status, stderr, stdout } = project.run(SYNTH);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toBe(`${line}\nnothing was written: 1 problem, dist/ is as it was\n`);
  });
});

test('synth says to run it again where another run has replaced dist/ meanwhile, whose files stay', async () => {
  const replaceDist = () => {
    cpSync(project.path('dist'), project.path('other'), { recursive: true });
    rmSync(project.path('dist'), { recursive: true });
    renameSync(project.path('other'), project.path('dist'));
    writeFiles(project.root, { 'dist/small/of-the-other-run.yaml': '' });
  };
  // It is asked between two files, and after the last one.
  const interruption = Object.assign(new AbortController().signal, { throwIfAborted: replaceDist });
  const finished = await runIn(project.root, (terminal) =>
    runProgram(['synth'], { ...terminal, interruptible: (work) => work(interruption) }),
  );
  expect(finished).toEqual({
    status: 1,
    stdout: '',
    stderr: `another run has just replaced ${project.path('dist')}, and this one has written nothing; run it again when no other is going on\n`,
  });
  expect(dist()).toEqual({ ...rendered, 'small/of-the-other-run.yaml': '' });
  expect(await synth()).toMatchObject({ status: 0 });
  expect(dist()).toEqual(rendered);
});

test('synth --watch renders again whenever a file changes, goes on after a mistake, and ends by Ctrl-C', async () => {
  const child = spawn(SYNTH[0], [...SYNTH.slice(1), '--watch'], { cwd: project.root, env: project.env });
  const ended = once(child, 'exit');
  let said = '';
  const hears = async (text: string) => {
    while (!said.includes(text)) {
      if (child.exitCode !== null) throw new Error(said);
      await sleep(5);
    }
    said = '';
  };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  await hears('no file changed\n');
  writeFiles(project.root, { 'environments/prod/models/churn.yaml': MODEL.replace('/wine', '/churn') });
  await hears('  kubectl apply --server-side -f dist/prod/50-models\n');
  writeFiles(project.root, FAULTY);
  await hears('nothing was written: 2 problems, dist/ is as it was\n');
  writeFiles(project.root, ENVIRONMENTS);
  await hears('no file changed\n');
  child.kill('SIGINT');
  const [code, signal] = await ended;
  // Shells report both as 130.
  expect(['SIGINT', 130]).toContain(code ?? signal);
}, 120_000);

describe('cdk8s synth', () => {
  test.each(['.', '..', ''])('refuses to replace the project where CDK8S_OUTDIR is %j', async (outdir) => {
    const { status, stderr } = await app(outdir);
    expect(status).toBe(1);
    expect(stderr).toContain(`will not replace ${outdir}: the project is inside it; use a folder such as "dist"\n`);
    expect(existsSync(project.path('main.ts'))).toBe(true);
    expect(dist()).toEqual(rendered);
  });

  test('renders elsewhere where CDK8S_OUTDIR says so, and leaves dist/ alone', async () => {
    writeFiles(project.root, { 'dist/mine.yaml': 'mine' });
    const { status, stdout } = await app('out/other');
    expect(status).toBe(0);
    expect(stdout).toContain('files in out/other/\n');
    expect(readFolder(project.path('out/other'))).toEqual(rendered);
    expect(dist()).toHaveProperty(['mine.yaml'], 'mine');
  });

  test('runs by npx, and lists the files', () => {
    rmSync(project.path('dist'), { recursive: true });
    const { status, stdout, stderr } = project.run(['npx', '--no-install', 'cdk8s', 'synth']);
    expect({ status, complaints: complaints(stderr) }).toEqual({ status: 0, complaints: [] });
    const listed = [...stdout.matchAll(/^ {2}- node_modules\/\.cache\/cdk8s\/(.+)$/gm)].map(([, path]) => path);
    // It lists manifests only.
    expect(listed.sort()).toEqual(
      Object.keys(rendered)
        .filter((path) => path.endsWith('.yaml'))
        .sort(),
    );
    expect(dist()).toEqual(rendered);
  });

  test('has its own output folder, which links to dist/ and which it may empty', () => {
    for (const run of [1, 2]) {
      expect([run, project.run(CLI).status]).toEqual([run, 0]);
      expect(readlinkSync(project.path('node_modules/.cache/cdk8s'))).toBe('../../dist');
    }
    expect(dist()).toEqual(rendered);
    writeFiles(project.root, FAULTY);
    const { status, stderr } = project.run(CLI);
    expect(status).toBe(1);
    expect(complaints(stderr)).toEqual([...FAULTS, 'nothing was written: 2 problems, dist/ is as it was']);
    expect(dist()).toEqual(rendered);
  });

  test('--output renders there, and leaves dist/ alone', () => {
    writeFiles(project.root, { 'dist/mine.yaml': 'mine', 'other/stale.yaml': 'stale' });
    expect(project.run([...CLI, '--output', 'other'])).toMatchObject({ status: 0, stderr: '' });
    expect(readFolder(project.path('other'))).toEqual(rendered);
    expect(dist()).toEqual({ ...rendered, 'mine.yaml': 'mine' });
  });

  test('--stdout leaves dist/ alone', () => {
    writeFiles(project.root, { 'dist/mine.yaml': 'mine' });
    project.run([...CLI, '--stdout']);
    expect(dist()).toEqual({ ...rendered, 'mine.yaml': 'mine' });
    writeFiles(project.root, FAULTY);
    const { status, stdout, stderr } = project.run([...CLI, '--stdout']);
    expect({ status, stdout, said: complaints(stderr).slice(0, 2) }).toEqual({ status: 1, stdout: '', said: FAULTS });
    expect(dist()).toEqual({ ...rendered, 'mine.yaml': 'mine' });
  });
});

describe('a run that is ended on the way leaves the whole old output or the whole new one', () => {
  const COUNT = 300;
  const MODELS = Object.fromEntries(
    Array.from({ length: COUNT }, (_, i) => [`environments/small/models/m${i}.yaml`, MODEL]),
  );
  let large: Record<string, string>;

  beforeEach(() => writeFiles(project.root, MODELS));

  /** Starts a command in a process group of its own, as a shell does. */
  const start = ([command = '', ...args]: readonly string[]): ChildProcess =>
    spawn(command, args, { cwd: project.root, env: project.env, detached: true, stdio: 'ignore' });

  /** Sends a signal to every process of a command, as Ctrl+C does, and waits until the last has ended. */
  async function signal(child: ChildProcess, name: NodeJS.Signals): Promise<void> {
    const group = -(child.pid ?? Number.NaN);
    if (child.exitCode === null) {
      const ended = once(child, 'exit');
      process.kill(group, name);
      await ended;
    }
    for (let waits = 0; waits < 300 && isRunning(group); waits++) await sleep(10);
  }

  test('or, where nothing ends it, the whole new one', () => {
    expect(project.run(SYNTH).status).toBe(0);
    large = dist();
    expect(Object.keys(large)).toHaveLength(Object.keys(rendered).length + COUNT);
  });

  test.each<[NodeJS.Signals, number, string, readonly string[]]>([
    ['SIGINT', 60, 'npm run synth', SYNTH],
    ['SIGINT', 300, 'npm run synth', SYNTH],
    ['SIGTERM', 350, 'npm run synth', SYNTH],
    ['SIGKILL', 300, 'npm run synth', SYNTH],
    ['SIGKILL', 380, 'npm run synth', SYNTH],
    ['SIGINT', 800, 'cdk8s synth', CLI],
    ['SIGKILL', 900, 'cdk8s synth', CLI],
  ])('%s after %d ms of %s', async (name, delay, _, command) => {
    const child = start(command);
    await sleep(delay);
    await signal(child, name);
    if (name === 'SIGKILL') {
      // A process that is killed can mend nothing: the next run does, even one that fails.
      writeFiles(project.root, FAULTY);
      expect(project.run(SYNTH).status).toBe(1);
    }
    const found = dist();
    expect(found).toEqual(Object.keys(found).length > COUNT ? large : rendered);
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
