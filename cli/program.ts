/** The command tree of `ml-platform`. */
import { Command, CommanderError } from 'commander';
import { version } from '../package.json';
import { addCompletion } from './completion/completion';
import { addDeploy } from './deploy/command';
import { addDocs } from './docs/docs';
import { addDoctor } from './doctor/command';
import { examples } from './help';
import { addImages } from './images/images';
import { addImport } from './import';
import { addInit } from './init/init';
import { addModels } from './models/models';
import { addPublish } from './publish/publish';
import { addReport } from './report/report';
import { addSecrets } from './secrets/secrets';
import { addStatus } from './status/command';
import { addSynth } from './synth/command';
import type { Terminal } from './terminal';

const EXIT_CODES = `
Exit codes: 0 done; 1 the input is wrong or a check failed; 2 the command line is wrong.`;

/** Adds one command to the program. A new command exports such a function, which is listed here. */
type AddCommand = (program: Command, terminal: Terminal) => void;

/** The commands for environments, which the installed package has. */
export const PACKAGED: readonly AddCommand[] = [
  addInit,
  addSynth,
  addSecrets,
  addDoctor,
  addDeploy,
  addStatus,
  addModels,
  addImages,
  addPublish,
  addReport,
  addCompletion,
];

/** All commands. A clone also has those that write sources of this project. */
const ALL: readonly AddCommand[] = [...PACKAGED, addDocs, addImport];

/** The program with these commands. */
export function createProgram(terminal: Terminal, commands = ALL): Command {
  const program = new Command('ml-platform')
    .description('Renders an ML platform from small environment files into plain Kubernetes YAML.')
    .usage('<command> [options]')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print how to use it')
    .helpCommand(false)
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showHelpAfterError('(--help says more)')
    .addHelpText('after', examples('npx ml-platform synth', 'npx ml-platform synth --help'))
    .addHelpText('afterAll', EXIT_CODES)
    .exitOverride();
  for (const add of commands) add(program, terminal);
  return program;
}

/**
 * Runs the command that the arguments name.
 * @returns the exit code
 * @throws Error what the command throws
 */
export async function runProgram(args: readonly string[], terminal: Terminal, commands = ALL): Promise<number> {
  try {
    await createProgram(terminal, commands).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has printed the help that was asked for, or what is wrong with the arguments.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}
