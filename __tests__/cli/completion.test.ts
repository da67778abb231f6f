/** `ml-platform completion`, by the shell that every machine of ours has. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandWords } from '../../cli/completion/words';
import { createProgram } from '../../cli/program';
import { runCli } from '../support/cli';
import { silent } from '../support/terminal';

/** What is typed, the last word being the one to complete, and what is offered. */
const CASES: readonly [string, string[]][] = [
  ['ml-platform s', ['synth', 'secrets', 'status']],
  ['ml-platform models ', ['resolve', 'promote', 'import', '--help']],
  ['ml-platform models resolve --n', ['--new-registry']],
  ['ml-platform models resolve d', ['dev']],
  ['ml-platform models promote wine --from l', ['live']],
  ['ml-platform synth --watch ', ['--watch', '--help', 'dev', 'live']],
  ['ml-platform completion ', ['bash', 'zsh', 'fish', '--help']],
  ['ml-platform docs l', []],
];

let root: string;
let completed: string[];
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'ml-platform-'));
  for (const name of ['dev', 'live']) mkdirSync(join(root, 'environments', name), { recursive: true });
  writeFileSync(join(root, 'environments/platform.schema.json'), '');
  const { stdout } = await runCli('.', ['completion', 'bash']);
  // One shell for all cases, a line for each.
  const asked = CASES.map(([line]) => {
    const words = line.split(' ');
    return `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _ml_platform; echo "\${COMPREPLY[*]}"`;
  });
  const { stdout: answers, stderr } = spawnSync('bash', ['-c', [stdout, ...asked].join('\n')], {
    cwd: root,
    encoding: 'utf8',
  });
  if (stderr !== '') throw new Error(stderr);
  completed = answers.split('\n');
}, 30_000);
afterAll(() => rmSync(root, { recursive: true }));

test.each(CASES.map(([line, offered], index) => ({ line, offered, index })))(
  'bash completes "$line" with $offered',
  ({ offered, index }) => {
    expect(completed[index]).toBe(offered.join(' '));
  },
);

test.each(['zsh', 'fish'])('the script for %s has every command with what may follow it', async (shell) => {
  const { stdout } = await runCli('.', ['completion', shell]);
  for (const { command, words } of commandWords(createProgram(silent))) {
    expect(stdout).toContain(`'${command}'`);
    expect(stdout).toContain(words.join(' '));
  }
});
