/** Output folders are replaced at once, or stay as they were: whatever fails, and whenever a run is killed. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { digestOf } from '../../../charts/rendering/digest';
import type { RenderedFile } from '../../../charts/rendering/render';
import { replaceFolder } from '../../../cli/synth/output-folder';
import { readFolder } from '../../support/folders';
import { outputs } from '../../support/outputs';

let root: string;
let dist: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ml-platform-'));
  dist = join(root, 'dist');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** What readFolder() finds after these were written. */
const written = (files: readonly RenderedFile[]) => Object.fromEntries(files.map(({ path, text }) => [path, text]));
const OLD = written(outputs('old'));

/** Files, and then a fault. */
function* failing(count: number): Iterable<RenderedFile> {
  yield* outputs('new', count);
  throw new Error('the third model is broken');
}

describe('a folder is replaced', () => {
  test('that was not there, with the folders above it', async () => {
    const deep = join(root, 'a/b/dist');
    expect(await replaceFolder(deep, outputs('new'))).toBe(4);
    expect(readFolder(deep)).toEqual(written(outputs('new')));
  });

  test('with all of what was in it: no stale file or folder stays', async () => {
    await replaceFolder(dist, [...outputs('old', 9), { path: 'gone/deep/stale.yaml', text: '' }]);
    await replaceFolder(dist, outputs('new', 2));
    expect(readFolder(dist)).toEqual(written(outputs('new', 2)));
    expect(readdirSync(dist).sort()).toEqual(['env-0', 'env-1', 'only-new.yaml']);
  });

  test('by nothing, where nothing is made', async () => {
    await replaceFolder(dist, outputs('old'));
    expect(await replaceFolder(dist, [])).toBe(0);
    expect(readdirSync(dist)).toEqual([]);
  });

  test('where a name is now a folder that was a file, and the reverse', async () => {
    await replaceFolder(dist, [
      { path: 'a', text: 'file' },
      { path: 'b/c', text: 'file' },
    ]);
    const swapped = [
      { path: 'a/c', text: 'file' },
      { path: 'b', text: 'file' },
    ];
    await replaceFolder(dist, swapped);
    expect(readFolder(dist)).toEqual(written(swapped));
  });

  test('but for the entries that are to be kept, whole as they are', async () => {
    await replaceFolder(dist, outputs('old', 9));
    await replaceFolder(dist, [{ path: 'env-1/a.yaml', text: 'new' }], { keeps: (name) => name !== 'env-1' });
    const kept = Object.entries(written(outputs('old', 9))).filter(([path]) => !path.startsWith('env-1/'));
    expect(readFolder(dist)).toEqual({ ...Object.fromEntries(kept), 'env-1/a.yaml': 'new' });
  });

  test('without a trace beside it', async () => {
    await replaceFolder(dist, outputs('old'));
    await replaceFolder(dist, outputs('new'));
    expect(readdirSync(root)).toEqual(['dist']);
  });

  test('and what lies beside it stays', async () => {
    writeFileSync(join(root, 'README.md'), 'mine');
    mkdirSync(join(root, '.dist.backup'));
    mkdirSync(join(root, 'dist.old'));
    await replaceFolder(dist, outputs('new'));
    expect(readdirSync(root).sort()).toEqual(['.dist.backup', 'README.md', 'dist', 'dist.old']);
  });

  test('that other users may read, as the umask has it', async () => {
    const before = process.umask(0o022);
    try {
      await replaceFolder(dist, outputs('new'));
    } finally {
      process.umask(before);
    }
    const modes = ['', 'env-0', 'env-0/stage', 'only-new.yaml'].map((path) => statSync(join(dist, path)).mode & 0o777);
    expect(modes).toEqual([0o755, 0o755, 0o755, 0o644]);
  });

  test('with names that only look like a way out', async () => {
    const files = [{ path: '..a/..b', text: 'file' }];
    await replaceFolder(dist, files);
    expect(readFolder(dist)).toEqual(written(files));
  });

  test('by a generator that is read once, and only after the old output is safe', async () => {
    await replaceFolder(dist, outputs('old'));
    function* looking(): Iterable<RenderedFile> {
      expect(readFolder(dist)).toEqual(OLD);
      yield* outputs('new');
      expect(readFolder(dist)).toEqual(OLD);
    }
    await replaceFolder(dist, looking());
    expect(readFolder(dist)).toEqual(written(outputs('new')));
  });
});

describe('a file that is the same as before is taken over: not written again', () => {
  const [FIRST, ...OTHERS] = outputs('old');
  const file = () => join(dist, FIRST?.path ?? '');
  const identity = (path: string) => {
    const { ino, mtimeMs } = statSync(path);
    return { ino, mtimeMs };
  };
  beforeEach(() => replaceFolder(dist, outputs('old')));

  test('while one that has changed is', async () => {
    const before = Object.keys(OLD).map((path) => identity(join(dist, path)));
    const changed = { path: FIRST?.path ?? '', text: 'changed' };
    await replaceFolder(dist, [...OTHERS, changed]);
    expect(readFolder(dist)).toEqual({ ...OLD, [changed.path]: 'changed' });
    const kept = Object.keys(OLD).filter((path, index) => identity(join(dist, path)).ino === before[index]?.ino);
    expect(kept.sort()).toEqual(OTHERS.map(({ path }) => path).sort());
  });

  test('and what is there is said before the first file is made', async () => {
    const said: (readonly string[])[] = [];
    function* asking(): Iterable<RenderedFile> {
      expect(said).toEqual([expect.arrayContaining(Object.keys(OLD))]);
      yield* OTHERS;
    }
    await replaceFolder(dist, asking(), { begin: (before) => said.push(before) });
    expect(said[0]).toHaveLength(Object.keys(OLD).length);
  });

  test('and each is said to be added, changed or neither', async () => {
    const said: [string, string][] = [];
    const [, second, ...others] = outputs('old');
    const now = [{ path: 'env-0/new.yaml', text: '' }, { path: FIRST?.path ?? '', text: 'changed' }, ...others];
    await replaceFolder(dist, now, { note: (...what) => said.push(what) });
    expect(second).toBeDefined();
    expect(said).toEqual([
      ['env-0/new.yaml', 'added'],
      [FIRST?.path, 'changed'],
      ...others.map(({ path }) => [path, 'none']),
    ]);
  });

  test('by its digest alone, where that is known', async () => {
    const asked: string[] = [];
    const files = outputs('old').map(({ path, text }) => ({
      path,
      digest: digestOf(text),
      get text() {
        asked.push(path);
        return text;
      },
    }));
    writeFileSync(file(), 'edited');
    await replaceFolder(dist, files);
    expect(asked).toEqual([FIRST?.path]);
    expect(readFolder(dist)).toEqual(OLD);
  });

  test('with its time and no other name', async () => {
    const before = identity(file());
    await replaceFolder(dist, outputs('old'));
    expect(identity(file())).toEqual(before);
    expect(statSync(file()).nlink).toBe(1);
  });

  test.each<[string, () => void]>([
    [
      'one of the same length and time that somebody has edited',
      () => {
        const { atime, mtime } = statSync(file());
        writeFileSync(file(), 'X'.repeat(FIRST?.text.length ?? 0));
        utimesSync(file(), atime, mtime);
      },
    ],
    ['one that was deleted', () => rmSync(file())],
    [
      'a link to the same text',
      () => {
        // As long as the text, which is the size that the link has.
        const name = 'x'.repeat(FIRST?.text.length ?? 0);
        renameSync(file(), join(dirname(file()), name));
        symlinkSync(name, file());
      },
    ],
    ['an executable', () => chmodSync(file(), 0o755)],
    [
      'a folder',
      () => {
        rmSync(file());
        mkdirSync(file());
      },
    ],
    [
      'one in a folder that is a link to the folder it was in',
      () => {
        renameSync(dirname(file()), join(root, 'elsewhere'));
        symlinkSync(join(root, 'elsewhere'), dirname(file()));
      },
    ],
  ])('but for %s', async (_, damage) => {
    damage();
    await replaceFolder(dist, outputs('old'));
    expect(readFolder(dist)).toEqual(OLD);
    expect(lstatSync(file()).isFile()).toBe(true);
    expect(lstatSync(dirname(file())).isDirectory()).toBe(true);
    expect(statSync(file()).mode & 0o111).toBe(0);
  });

  test('and a failure later leaves it where it is', async () => {
    const before = identity(file());
    function* faulty(): Iterable<RenderedFile> {
      yield* outputs('old');
      throw new Error('the third model is broken');
    }
    await expect(replaceFolder(dist, faulty())).rejects.toThrow('the third model is broken');
    expect(identity(file())).toEqual(before);
    expect(readFolder(dist)).toEqual(OLD);
    expect(statSync(file()).nlink).toBe(1);
  });
});

test('a folder that is the same is moved, unless something else is in it', async () => {
  await replaceFolder(dist, outputs('old', 9));
  const inodes = () => [0, 1, 2].map((index) => statSync(join(dist, `env-${index}/stage`)).ino);
  const before = inodes();
  writeFileSync(join(dist, 'env-1/stage/stale.yaml'), '');
  await replaceFolder(dist, [...outputs('old', 9), { path: 'env-2/stage/new.yaml', text: '' }]);
  expect(inodes().map((inode, index) => inode === before[index])).toEqual([true, false, false]);
  expect(readFolder(dist)).toEqual({ ...written(outputs('old', 9)), 'env-2/stage/new.yaml': '' });
});

test('a folder that another run has replaced meanwhile hands nothing over', async () => {
  await replaceFolder(dist, outputs('old', 9));
  function* replaced(): Iterable<RenderedFile> {
    yield* outputs('old', 9);
    renameSync(dist, join(root, 'aside'));
    cpSync(join(root, 'aside'), dist, { recursive: true });
    rmSync(join(root, 'aside'), { recursive: true });
    writeFileSync(join(dist, 'env-0/stage/0.yaml'), 'of the other run');
  }
  await expect(replaceFolder(dist, replaced())).rejects.toThrow(`another run has just replaced ${dist}`);
  expect(readFolder(dist)).toMatchObject({ 'env-0/stage/0.yaml': 'of the other run', 'env-1/stage/1.yaml': 'old 1\n' });
  expect(readdirSync(root)).toEqual(['dist']);
});

test('a folder that another run has emptied of what this one keeps is that of the other run', async () => {
  await replaceFolder(dist, outputs('old', 9));
  function* replaced(): Iterable<RenderedFile> {
    yield* outputs('old', 9);
    mkdirSync(join(root, 'other'));
    writeFileSync(join(root, 'other/new.yaml'), 'of the other run');
    rmSync(dist, { recursive: true });
    renameSync(join(root, 'other'), dist);
  }
  await expect(replaceFolder(dist, replaced())).rejects.toThrow(`another run has just replaced ${dist}`);
  expect(readFolder(dist)).toEqual({ 'new.yaml': 'of the other run' });
  expect(readdirSync(root)).toEqual(['dist']);
});

describe('a failure leaves the old folder as it was, and nothing beside it', () => {
  beforeEach(async () => {
    await replaceFolder(dist, outputs('old'));
  });
  afterEach(() => {
    expect(readFolder(dist)).toEqual(OLD);
    expect(readdirSync(root)).toEqual(['dist']);
  });

  test.each([0, 1, 50])('when a generator throws after %d files', async (count) => {
    await expect(replaceFolder(dist, failing(count))).rejects.toThrow('the third model is broken');
  });

  test('when two outputs have one path', async () => {
    const twice = [...outputs('new'), { path: 'env-0/stage/0.yaml', text: 'again' }];
    await expect(replaceFolder(dist, twice)).rejects.toThrow('two outputs have one path: env-0/stage/0.yaml');
  });

  test('when two outputs have paths that differ in case only, which are one on macOS and Windows', async () => {
    const twice = [...outputs('new'), { path: 'env-0/Stage/0.YAML', text: 'again' }];
    await expect(replaceFolder(dist, twice)).rejects.toThrow('two outputs have one path: env-0/Stage/0.YAML');
  });

  test('when one output is the folder of another', async () => {
    await expect(replaceFolder(dist, [...outputs('new'), { path: 'env-0', text: '' }])).rejects.toThrow('EISDIR');
  });

  test.each([
    '../outside.yaml',
    '../../outside.yaml',
    'env-0/../../outside.yaml',
    '..',
    '/tmp/ml-platform-outside.yaml',
  ])('when an output would lie outside, at %s', async (path) => {
    const files = [...outputs('new'), { path, text: '' }];
    await expect(replaceFolder(dist, files)).rejects.toThrow(`an output lies outside its folder: ${path}`);
    expect(existsSync('/tmp/ml-platform-outside.yaml')).toBe(false);
  });
});

describe('a folder that is not one to replace is refused, and not touched', () => {
  const none = () => failing(0);

  test('a file', async () => {
    writeFileSync(dist, 'mine');
    await expect(replaceFolder(dist, none())).rejects.toThrow(`will not replace ${dist}: it is not a folder`);
    expect(readFolder(root)).toEqual({ dist: 'mine' });
  });

  test('a link to a folder, whose files are not ours', async () => {
    await replaceFolder(join(root, 'elsewhere'), outputs('old'));
    symlinkSync('elsewhere', dist);
    await expect(replaceFolder(dist, none())).rejects.toThrow(`will not replace ${dist}: it is not a folder`);
    expect(readFolder(join(root, 'elsewhere'))).toEqual(OLD);
    expect(readlinkSync(dist)).toBe('elsewhere');
  });

  test('a link to nothing', async () => {
    symlinkSync('nowhere', dist);
    await expect(replaceFolder(dist, none())).rejects.toThrow(`will not replace ${dist}: it is not a folder`);
  });

  describe('the folder of the project, or one above it', () => {
    const before = process.cwd();
    let project: string;
    beforeEach(() => {
      project = join(root, 'home/..project/inner');
      mkdirSync(project, { recursive: true });
      writeFileSync(join(project, 'main.ts'), 'mine');
      process.chdir(project);
    });
    afterEach(() => {
      process.chdir(before);
      expect(readFolder(project)).toEqual({ 'main.ts': 'mine' });
    });

    test.each(['.', '', './', '..', '../..', '../../..', '../inner', 'dist/..', '/'])('as %j', async (folder) => {
      await expect(replaceFolder(folder, none())).rejects.toThrow(
        `will not replace ${folder}: the project is inside it; use a folder such as "dist"`,
      );
    });

    test('while one beside or below it is fine', async () => {
      await replaceFolder('out/dist', outputs('old'));
      await replaceFolder('../..other', outputs('old'));
      expect([readFolder('out/dist'), readFolder('../..other')]).toEqual([OLD, OLD]);
      rmSync('out', { recursive: true });
    });
  });
});

describe('what a killed run has left', () => {
  /** As a run that was killed between its two renamings leaves it. */
  const crash = async () => {
    await replaceFolder(dist, outputs('old'));
    renameSync(dist, join(root, '.dist.old'));
  };

  test('is put back by the next run, even if that fails', async () => {
    await crash();
    await expect(replaceFolder(dist, failing(2))).rejects.toThrow('the third model is broken');
    expect(readFolder(dist)).toEqual(OLD);
    expect(readdirSync(root)).toEqual(['dist']);
  });

  test('is replaced by the next run', async () => {
    await crash();
    await replaceFolder(dist, outputs('new'));
    expect(readFolder(dist)).toEqual(written(outputs('new')));
    expect(readdirSync(root)).toEqual(['dist']);
  });

  test('does not come back where the run had put the new folder in place', async () => {
    await crash();
    mkdirSync(dist);
    writeFileSync(join(dist, 'a.yaml'), 'newer');
    await expect(replaceFolder(dist, failing(2))).rejects.toThrow('the third model is broken');
    expect(readFolder(dist)).toEqual({ 'a.yaml': 'newer' });
    expect(readdirSync(root)).toEqual(['dist']);
  });

  test('is swept once it cannot be the work of a run that is still going', async () => {
    for (const name of ['.dist.new-young', '.dist.new-aged', '.other.new-aged']) mkdirSync(join(root, name));
    const hourAgo = new Date(Date.now() - 3_600_000);
    for (const name of ['.dist.new-aged', '.other.new-aged']) utimesSync(join(root, name), hourAgo, hourAgo);
    await replaceFolder(dist, outputs('new'));
    expect(readdirSync(root).sort()).toEqual(['.dist.new-young', '.other.new-aged', 'dist']);
  });
});

describe('a run that is killed', () => {
  const project = dirname(dirname(dirname(__dirname)));
  let program: string;
  beforeAll(() => {
    program = join(mkdtempSync(join(tmpdir(), 'ml-platform-')), 'replace-folder.cjs');
    execFileSync(join(project, 'node_modules/.bin/esbuild'), [
      join(project, '__tests__/support/replace-folder.ts'),
      '--bundle',
      '--platform=node',
      '--log-level=warning',
      `--outfile=${program}`,
    ]);
  });
  afterAll(() => rmSync(dirname(program), { recursive: true }));

  const COUNT = 1500;
  const NEW = written(outputs('new', COUNT));
  /** The next run, which fails, so that what it finds is what the killed one has left. */
  const nextRun = () => expect(replaceFolder(dist, failing(0))).rejects.toThrow('the third model is broken');

  test.each([
    ['file 1', OLD],
    ['file 750', OLD],
    [`file ${COUNT + 1}`, OLD],
    ['before rename 1', OLD],
    ['after rename 1', OLD],
    ['before rename 2', OLD],
    ['after rename 2', NEW],
    ['never', NEW],
  ])('at "%s" leaves one whole output', async (moment, expected) => {
    await replaceFolder(dist, outputs('old'));
    const { signal, status } = spawnSync(process.execPath, [program, dist, 'new', String(COUNT), moment]);
    expect(moment === 'never' ? status : signal).toBe(moment === 'never' ? 0 : 'SIGKILL');
    await nextRun();
    expect(readFolder(dist)).toEqual(expected);
    expect(readdirSync(root).filter((name) => name !== 'dist')).toHaveLength(expected === OLD ? 1 : 0);
  });

  test.each([
    ['link 1', 'before'],
    ['link 600', 'before'],
    ['before rename 1', 'before'],
    ['after rename 1', 'before'],
    ['before rename 2', 'before'],
    ['after rename 2', 'after'],
    ['never', 'after'],
  ])('at "%s", where most files are the same as before, leaves the whole output of %s', async (moment, expected) => {
    const before = [
      ...outputs('new', 700),
      ...outputs('old', 9).map(({ path, text }) => ({ path: `old/${path}`, text })),
    ];
    await replaceFolder(dist, before);
    const { signal, status } = spawnSync(process.execPath, [program, dist, 'new', '800', moment]);
    expect(moment === 'never' ? status : signal).toBe(moment === 'never' ? 0 : 'SIGKILL');
    await nextRun();
    expect(readFolder(dist)).toEqual(written(expected === 'before' ? before : outputs('new', 800)));
  });

  test.each([
    ['before rename 1', 'before'],
    ['after rename 1', 'after'],
    ['before rename 3', 'after'],
    ['after rename 3', 'after'],
    ['before rename 5', 'after'],
    ['after rename 5', 'after'],
    ['never', 'after'],
  ])('at "%s", while whole folders move, leaves the whole output of %s', async (moment, expected) => {
    const before = [...outputs('new', 9), { path: 'gone/stage/file.yaml', text: '' }];
    await replaceFolder(dist, before);
    const folder = statSync(join(dist, 'env-1/stage')).ino;
    const { signal, status } = spawnSync(process.execPath, [program, dist, 'new', '9', moment]);
    expect(moment === 'never' ? status : signal).toBe(moment === 'never' ? 0 : 'SIGKILL');
    await nextRun();
    expect(readFolder(dist)).toEqual(written(expected === 'before' ? before : outputs('new', 9)));
    expect(statSync(join(dist, 'env-1/stage')).ino).toBe(folder);
    // What was staged when nothing had been renamed yet is swept later.
    expect(readdirSync(root).filter((name) => name !== 'dist')).toHaveLength(expected === 'before' ? 1 : 0);
  });

  test.each([0, 3, 10, 25, 45, 70, 100, 150])('%d ms after it began leaves one whole output', async (delay) => {
    await replaceFolder(dist, outputs('old'));
    const child = spawn(process.execPath, [program, dist, 'new', String(COUNT), 'never']);
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    await sleep(delay);
    child.kill('SIGKILL');
    await ended;
    await nextRun();
    expect([OLD, NEW]).toContainEqual(readFolder(dist));
  });

  test('while others write the same folder leaves the whole output of one', async () => {
    const versions = ['a', 'b', 'c', 'd'];
    const start = (version: string): ChildProcess => spawn(process.execPath, [program, dist, version, '200', 'never']);
    const children = versions.map(start);
    const ends = children.map((child) => once(child, 'exit'));
    await Promise.race(ends);
    children[3]?.kill('SIGKILL');
    await Promise.all(ends);
    await nextRun();
    expect(versions.map((version) => written(outputs(version, 200)))).toContainEqual(readFolder(dist));
  });
});
