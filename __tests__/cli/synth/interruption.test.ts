/** Ctrl-C while dist/ is rendered. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Interrupted } from '../../../cli/command';
import { replaceFolder } from '../../../cli/synth/output-folder';
import { synth } from '../../../cli/synth/synth';
import { Turns } from '../../../cli/synth/turns';
import type { Terminal } from '../../../cli/terminal';
import { writeFiles } from '../../support/environments';
import { readFolder } from '../../support/folders';
import { silent } from '../../support/terminal';

/** To remove thousands of files takes longer than a user waits for the end. */
const LEFT = expect.stringMatching(/^\.dist\.left-/);

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ml-platform-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('long work', () => {
  test('goes on for some milliseconds, and then gives way', async () => {
    const turns = new Turns(new AbortController().signal);
    let handled = false;
    setImmediate(() => {
      handled = true;
    });
    while (!turns.isOver);
    expect(handled).toBe(false);
    await turns.next();
    expect(handled).toBe(true);
  });

  test('ends with the reason of the interruption, even where it has no end', async () => {
    const controller = new AbortController();
    const turns = new Turns(controller.signal);
    setImmediate(() => controller.abort(new Interrupted('SIGTERM')));
    const endless = async () => {
      for (;;) if (turns.isOver) await turns.next();
    };
    await expect(endless()).rejects.toThrow(Interrupted);
  }, 20_000);
});

test('synth that is interrupted leaves dist/ as it was', async () => {
  writeFiles(root, { 'environments/own/platform.yaml': 'frontend: {enabled: false}\n', 'dist/own/old.yaml': 'old' });
  const terminal: Terminal = {
    ...silent,
    interruptible: (work) => work(AbortSignal.abort(new Interrupted('SIGINT'))),
  };
  const before = process.cwd();
  process.chdir(root);
  try {
    await expect(synth(terminal)).rejects.toThrow('interrupted: nothing was written');
  } finally {
    process.chdir(before);
  }
  expect(readFolder(join(root, 'dist'))).toEqual({ 'own/old.yaml': 'old' });
  expect(readdirSync(root).sort()).toEqual([LEFT, 'dist', 'environments']);
});

describe('a process that writes', () => {
  let program: string;
  beforeAll(() => {
    program = join(mkdtempSync(join(tmpdir(), 'ml-platform-')), 'endless-folder.cjs');
    execFileSync(resolve('node_modules/.bin/esbuild'), [
      resolve('__tests__/support/endless-folder.ts'),
      '--bundle',
      '--platform=node',
      '--log-level=warning',
      `--outfile=${program}`,
    ]);
  }, 60_000);
  afterAll(() => rmSync(join(program, '..'), { recursive: true }));

  test.each<[NodeJS.Signals, number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])(
    'ends by %s with exit code %i, and leaves the old folder, and beside it what the next run removes',
    async (signal, code) => {
      const dist = join(root, 'dist');
      await replaceFolder(dist, [{ path: 'old.yaml', text: 'old' }]);
      const child = spawn(process.execPath, [program, dist], { stdio: ['ignore', 'pipe', 'ignore'] });
      const ended = once(child, 'exit');
      await once(child.stdout, 'data');
      child.kill(signal);
      // As npm does, which passes on what the terminal has sent already.
      child.kill(signal);
      expect(await ended).toEqual([code, null]);
      expect(readFolder(dist)).toEqual({ 'old.yaml': 'old' });
      expect(readdirSync(root).sort()).toEqual([LEFT, 'dist']);
      await replaceFolder(dist, [{ path: 'new.yaml', text: 'new' }]);
      expect(readdirSync(root)).toEqual(['dist']);
    },
    60_000,
  );
});
