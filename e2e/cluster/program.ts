/** How the programs of e2e/ read their command line, and what they need of the machine. */
import { spawnSync } from 'node:child_process';
import { type Command, CommanderError } from 'commander';
import { runCommand, UsageError } from '../../cli/command';

/**
 * Runs a program of one command, and sets the exit code.
 * @param action does its work, and returns the exit code
 */
export function runProgram<Options extends object>(
  program: Command,
  action: (options: Options) => number | Promise<number>,
): Promise<void> {
  return runCommand(async () => {
    let code = 0;
    try {
      await program
        .exitOverride()
        .showHelpAfterError('(--help says more)')
        .action(async (options: Options) => {
          code = await action(options);
        })
        .parseAsync();
    } catch (error) {
      // Commander has printed the help that was asked for, or what is wrong with the arguments.
      if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
      throw error;
    }
    return code;
  });
}

/** @throws UsageError where this machine cannot make namespaces */
export function requireLinuxAndRoot(): void {
  if (process.platform !== 'linux') throw new UsageError('this needs Linux: it runs in namespaces of its own');
  if (process.getuid?.() !== 0) throw new UsageError('this needs root: it makes namespaces and mounts');
}

/**
 * @param sources commands, and what to install for each
 * @throws UsageError with the first that is missing
 */
export function requireCommands(sources: Readonly<Record<string, string>>): void {
  for (const [command, source] of Object.entries(sources)) {
    if (spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0) {
      throw new UsageError(`this needs the command ${command}; install ${source}`);
    }
  }
}
