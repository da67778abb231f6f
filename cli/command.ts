/** What the commands of this project have in common. */

/** An error in what the user typed or gave: shown without a stack trace. */
export class UsageError extends Error {}

/** Runs a command, says what went wrong in a line each, and sets the exit code. */
export async function runCommand(main: () => number | Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
