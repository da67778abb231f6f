/** Runs commands as a user does, without the second that a process of its own takes. */
import { exitCodeOf } from '../../cli/command';
import { runProgram } from '../../cli/program';
import type { Terminal } from '../../cli/terminal';
import { silent } from './terminal';

export interface Finished {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Variables = Readonly<Record<string, string>>;

/**
 * Runs `ml-platform` in a folder.
 * @param env its environment variables
 */
export const runCli = (folder: string, args: readonly string[], env?: Variables): Promise<Finished> =>
  runIn(folder, (terminal) => runProgram(args, terminal), env);

/** Runs a program in a folder, as runCommand() does in a process. */
export async function runIn(
  folder: string,
  main: (terminal: Terminal) => Promise<number>,
  env: Variables = {},
): Promise<Finished> {
  const written = { stdout: '', stderr: '' };
  const terminal: Terminal = {
    ...silent,
    env,
    out: (text) => {
      written.stdout += text;
    },
    err: (text) => {
      written.stderr += text;
    },
  };
  const before = process.cwd();
  process.chdir(folder);
  try {
    return { status: await main(terminal), ...written };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { status: exitCodeOf(error), stdout: written.stdout, stderr: `${written.stderr}${error.message}\n` };
  } finally {
    process.chdir(before);
  }
}
