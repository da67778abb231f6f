/** What `npm test` does before the tests: it installs where nothing is installed. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { withFolder, writeFiles } from '../support/environments';

const MINUTE = 60_000;

/** Runs the step in a folder where "npm" only says how it was called. */
function step(prepare: (folder: string) => void): string {
  return withFolder((folder) => {
    writeFiles(folder, { 'bin/npm': '#!/bin/sh\necho "npm $*"\n' });
    spawnSync('chmod', ['+x', join(folder, 'bin/npm')]);
    prepare(folder);
    const env = { ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}` };
    return spawnSync(process.execPath, [resolve('cli/installed.mjs')], { cwd: folder, env, encoding: 'utf8' }).stdout;
  });
}

test('npm ci runs where nothing is installed', () => expect(step(() => {})).toBe('npm ci\n'), MINUTE);

test(
  'nothing is installed again',
  () => expect(step((folder) => mkdirSync(join(folder, 'node_modules')))).toBe(''),
  MINUTE,
);
