/** cli/run.mjs keeps a program's bundle while no source changes: a kept one must never be an old one. */
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const PROJECT = dirname(dirname(__dirname));
const LIMIT = 60_000;

let root: string;
const path = (name: string) => join(root, name);
const CACHE = 'node_modules/.cache/ml-platform';
/** The kept bundle, whatever it is called. */
const bundleFile = () => path(`${CACHE}/${readdirSync(path(CACHE))[0]}`);
const SOURCES = {
  'programs/hello.ts': `
    import { place } from './place';
    import library from 'library';
    import script from './script.sh';
    console.log('hello', place, library, script, ...process.argv.slice(2));
    process.exitCode = 3;`,
  'programs/place.ts': 'export const place: string = "here";',
  'programs/script.sh': 'echo one',
  'node_modules/library/index.js': 'module.exports = "1.0";',
  'node_modules/.package-lock.json': '{"library": "1.0"}',
  'package.json': '{}',
  'tsconfig.json': '{}',
};

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
  }
}

const run = (...args: string[]): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, ['cli/run.mjs', 'programs/hello.ts', ...args], { cwd: root, encoding: 'utf8' });
/** What the program prints, where it runs as it should. */
function printed(): string {
  const { status, stdout, stderr } = run();
  expect({ status, stderr }).toEqual({ status: 3, stderr: '' });
  return stdout.trim();
}
/** Without it nothing can be bundled, so that a run shows whether it needs to. */
const removeEsbuild = () => rmSync(path('node_modules/esbuild'));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ml-platform-'));
  for (const name of ['run.mjs', 'bundle.mjs', 'esbuild-options.mjs'])
    cpSync(join(PROJECT, 'cli', name), path(`cli/${name}`));
  write(SOURCES);
  symlinkSync(join(PROJECT, 'node_modules/esbuild'), path('node_modules/esbuild'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test(
  'a program gets its arguments, and its exit code is the command’s',
  () => {
    expect(run('a', 'b c')).toMatchObject({ status: 3, stdout: 'hello here 1.0 echo one a b c\n', stderr: '' });
  },
  LIMIT,
);

test(
  'where nothing is installed, that is what it says',
  () => {
    removeEsbuild();
    const stderr = 'the libraries of this project are not installed; run "npm ci"\n';
    expect(run()).toMatchObject({ status: 1, stdout: '', stderr });
  },
  LIMIT,
);

test(
  'a program that does not compile is an error, and is not kept',
  () => {
    write({ 'programs/place.ts': 'export const place = ;' });
    expect(run()).toMatchObject({ status: 1, stderr: expect.stringContaining('programs/place.ts:1:21') });
    write(SOURCES);
    expect(printed()).toBe('hello here 1.0 echo one');
  },
  LIMIT,
);

test(
  'the second run bundles nothing',
  () => {
    printed();
    removeEsbuild();
    expect(printed()).toBe('hello here 1.0 echo one');
  },
  LIMIT,
);

test(
  'a kept bundle with letters that ASCII lacks says the same, and does not grow',
  () => {
    // esbuild keeps such comments as they are.
    write({ 'node_modules/library/index.js': '/*! © Müller */ module.exports = "1.0 ü";' });
    expect(printed()).toBe('hello here 1.0 ü echo one');
    const kept = readFileSync(bundleFile());
    expect(kept.includes('©')).toBe(true);
    for (const _ of [2, 3]) expect(printed()).toBe('hello here 1.0 ü echo one');
    expect(readFileSync(bundleFile()).equals(kept)).toBe(true);
  },
  LIMIT,
);

test.each<[string, Partial<typeof SOURCES>, string]>([
  ['the program', { 'programs/hello.ts': 'console.log("new"); process.exitCode = 3;' }, 'new'],
  [
    'a file that it imports',
    { 'programs/place.ts': 'export const place: string = "away";' },
    'hello away 1.0 echo one',
  ],
  ['a script that it carries', { 'programs/script.sh': 'echo two' }, 'hello here 1.0 echo two'],
  [
    'an installed library',
    {
      'node_modules/library/index.js': 'module.exports = "2.0";',
      'node_modules/.package-lock.json': '{"library": "2.0"}',
    },
    'hello here 2.0 echo one',
  ],
])(
  'the run after a change of %s bundles anew',
  (_, change, expected) => {
    printed();
    write(change as Record<string, string>);
    expect(printed()).toBe(expected);
    write(SOURCES);
    expect(printed()).toBe('hello here 1.0 echo one');
  },
  LIMIT,
);

test(
  'a source of the same length and time as before is seen to have changed',
  async () => {
    const long = new Date('2020-01-01');
    utimesSync(path('programs/place.ts'), long, long);
    // By then no source has changed lately, and all are known by what the file system says of them.
    await setTimeout(2100);
    printed();
    write({ 'programs/place.ts': 'export const place: string = "gone";' });
    utimesSync(path('programs/place.ts'), long, long);
    expect(printed()).toBe('hello gone 1.0 echo one');
  },
  LIMIT,
);

test.each<[string, (bundle: Buffer) => Buffer]>([
  ['is empty', () => Buffer.alloc(0)],
  ['is cut off', (bundle) => bundle.subarray(0, bundle.length - 1)],
  ['has other machine code', (bundle) => Buffer.concat([bundle.subarray(0, bundle.length - 9), Buffer.alloc(9, 0x5a)])],
  ['has another program', (bundle) => Buffer.from(bundle.toString('latin1').replace('here', 'gone'), 'latin1')],
  ['is something else', () => Buffer.from('hello\n')],
])(
  'a kept bundle that %s is ignored',
  (_, damage) => {
    printed();
    const good = readFileSync(bundleFile());
    writeFileSync(bundleFile(), damage(good));
    expect(printed()).toBe('hello here 1.0 echo one');
    removeEsbuild();
    expect(printed()).toBe('hello here 1.0 echo one');
  },
  LIMIT,
);

test(
  'where nothing can be kept, programs run all the same',
  () => {
    write({ 'node_modules/.cache': 'a file' });
    expect([printed(), printed()]).toEqual(Array(2).fill('hello here 1.0 echo one'));
  },
  LIMIT,
);

test(
  'several runs at once keep one whole bundle, and nothing else',
  async () => {
    const start = () => spawn(process.execPath, ['cli/run.mjs', 'programs/hello.ts'], { cwd: root, stdio: 'ignore' });
    const ends = Array.from({ length: 4 }, () => once(start(), 'exit'));
    expect((await Promise.all(ends)).map(([code]) => code)).toEqual([3, 3, 3, 3]);
    expect(readdirSync(path(CACHE))).toEqual([expect.stringMatching(/^hello\.ts-[0-9a-f]{16}\.bundle$/)]);
    removeEsbuild();
    expect(printed()).toBe('hello here 1.0 echo one');
  },
  LIMIT,
);

test(
  'two checkouts that share their libraries keep a bundle each',
  () => {
    printed();
    const other = mkdtempSync(join(tmpdir(), 'ml-platform-'));
    try {
      for (const name of ['cli', 'programs', 'package.json', 'tsconfig.json'])
        cpSync(path(name), join(other, name), { recursive: true });
      symlinkSync(path('node_modules'), join(other, 'node_modules'));
      writeFileSync(join(other, 'programs/place.ts'), 'export const place = "there";');
      const { stdout } = spawnSync(process.execPath, ['cli/run.mjs', 'programs/hello.ts'], { cwd: other });
      expect(String(stdout)).toBe('hello there 1.0 echo one\n');
    } finally {
      rmSync(other, { recursive: true });
    }
    expect(readdirSync(path(CACHE))).toHaveLength(2);
    removeEsbuild();
    expect(printed()).toBe('hello here 1.0 echo one');
  },
  LIMIT,
);

test(
  'a program is told its digest, which is another when a source has changed',
  () => {
    const say = { 'programs/hello.ts': 'console.log(process.env.ML_PLATFORM_PROGRAM); process.exitCode = 3;' };
    write(say);
    const first = printed();
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(printed()).toBe(first);
    write({ 'programs/hello.ts': `${say['programs/hello.ts']} console.log();` });
    expect(printed()).not.toBe(first);
  },
  LIMIT,
);
