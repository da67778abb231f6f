/** How a program ends: what went wrong is said without a stack trace, and the exit code tells of what kind it was. */
import { constants } from 'node:os';

/** The command line is wrong: exit code 2. Every other Error is about the input or a failed check: exit code 1. */
export class UsageError extends Error {}

/** The user ended the run, such as by Ctrl-C: exit code 128 and the signal's number, as shells have it. */
export class Interrupted extends Error {
  constructor(
    readonly signal: NodeJS.Signals,
    consequence = 'nothing was written',
  ) {
    super(`interrupted: ${consequence}`);
  }
}

/** Runs a program, says what went wrong, and sets the exit code. */
export async function runCommand(main: () => number | Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    console.error(error.message);
    process.exitCode = exitCodeOf(error);
  }
}

export function exitCodeOf(error: Error): number {
  if (error instanceof Interrupted) return 128 + constants.signals[error.signal];
  return error instanceof UsageError ? 2 : 1;
}
