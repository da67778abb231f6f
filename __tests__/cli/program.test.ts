/** The command line of `ml-platform`: help, and what it says where it is wrong. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { createProgram, PACKAGED } from '../../cli/program';
import { runCli } from '../support/cli';
import { silent } from '../support/terminal';

/** Every command by its words, the program itself being no words. */
function commands(command: Command, words: readonly string[] = []): [string[], Command][] {
  return [[[...words], command], ...command.commands.flatMap((below) => commands(below, [...words, below.name()]))];
}
const all = commands(createProgram(silent));
const run = (...args: string[]) => runCli('.', args);

test('the commands are those that the documents name', () => {
  expect(all.map(([words]) => words.join(' '))).toEqual([
    '',
    'init',
    'synth',
    'secrets',
    'doctor',
    'deploy',
    'status',
    'models',
    'models resolve',
    'models promote',
    'models import',
    'images',
    'publish',
    'report',
    'completion',
    'docs',
    'import',
  ]);
});

test('the package has no command that writes sources of this project', () => {
  const packaged = createProgram(silent, PACKAGED).commands.map((command) => command.name());
  expect(packaged).toEqual([
    'init',
    'synth',
    'secrets',
    'doctor',
    'deploy',
    'status',
    'models',
    'images',
    'publish',
    'report',
    'completion',
  ]);
});

describe.each(all.map(([words, command]) => ({ name: ['ml-platform', ...words].join(' '), words, command })))(
  '$name',
  ({ name, words, command }) => {
    test('--help has every option with what it does, an example and the exit codes', async () => {
      const { status, stdout, stderr } = await run(...words, '--help');
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toContain(`Usage: ${name} `);
      for (const { flags, description } of command.options) {
        expect(stdout).toContain(flags);
        expect(description).not.toBe('');
      }
      expect(stdout).toMatch(/\nExamples:\n {2}.*(npx ml-platform|npm run) /);
      expect(stdout).toContain(
        '\nExit codes: 0 done; 1 the input is wrong or a check failed; 2 the command line is wrong.\n',
      );
    });

    test('refuses an option that it does not know', async () => {
      const { status, stdout, stderr } = await run(...words, '--nonsense');
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(/^error: (unknown option '--nonsense'|required option .* not specified)\n/);
    });
  },
);

test.each([
  [['sytnh'], "error: unknown command 'sytnh'\n(Did you mean synth?)\n"],
  [['models', 'resolv'], "error: unknown command 'resolv'\n(Did you mean resolve?)\n"],
  [['secrets', '--lst', 'x'], "error: unknown option '--lst'\n(Did you mean --list?)\n"],
  [['docs', 'README.md'], "error: too many arguments for 'docs'. Expected 0 arguments but got 1.\n"],
  [['completion', 'sh'], 'Allowed choices are bash, zsh, fish.\n'],
  [[], 'Usage: ml-platform <command> [options]\n'],
])('%j is a wrong command line', async (args, message) => {
  const { status, stdout, stderr } = await run(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
});

test('--version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(await run('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
});

test.each(['synth', 'secrets', 'models', 'docs', 'import', 'examples'])('npm run %s only calls the program', (name) => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  const command = name === 'examples' ? 'synth' : name;
  expect(scripts[name]).toMatch(
    new RegExp(`^(cd \\w+ && )?node (\\.\\./)?cli/run\\.mjs (\\.\\./)?cli/main\\.ts ${command}\\b`),
  );
});
