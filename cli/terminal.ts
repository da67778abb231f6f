/** What commands use of the process that runs them. */
import { setMaxListeners } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { Interrupted } from './command';

export interface Terminal {
  /** Environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes to standard output: what the user asked for. */
  out(text: string): void;
  /** Writes to standard error: progress and problems. */
  err(text: string): void;
  /**
   * The screen that standard error is on, on which lines can be written over.
   * @default - it goes to a file, a pipe or the log of a CI run
   */
  readonly screen?: { readonly columns: number; readonly rows: number };
  /**
   * Asks the user for a line.
   * @default - nobody is there to answer
   */
  ask?(question: string): Promise<string>;
  /**
   * Runs work that has something to put in order before the process may end. A signal aborts the AbortSignal, with an
   * Interrupted as its reason, instead of ending the process at once.
   */
  interruptible<T>(work: (interruption: AbortSignal) => Promise<T>): Promise<T>;
}

async function ask({ stdin, stderr }: NodeJS.Process, question: string): Promise<string> {
  const reader = createInterface({ input: stdin, output: stderr });
  // Ctrl-D, or Ctrl-C, is no answer.
  const closed = new Promise<string>((resolve) => reader.once('close', () => resolve('')));
  try {
    return await Promise.race([reader.question(question), closed]);
  } finally {
    reader.close();
  }
}

export function terminalOf(process: NodeJS.Process): Terminal {
  // Whoever reads may stop before all is said, as head does. The work is done all the same.
  const onError = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  };
  process.stdout.on('error', onError);
  process.stderr.on('error', onError);
  const { stdin, stderr, env } = process;
  const hasScreen = stderr.isTTY && !env?.CI && env?.TERM !== 'dumb';
  return {
    env,
    // Asked for anew each time: a window changes its size.
    get screen() {
      return hasScreen ? { columns: stderr.columns, rows: stderr.rows } : undefined;
    },
    ...(stdin?.isTTY && hasScreen && { ask: (question: string) => ask(process, question) }),
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    async interruptible(work) {
      const controller = new AbortController();
      // Many programs run at once, and each ends with it.
      setMaxListeners(0, controller.signal);
      const abort = (signal: NodeJS.Signals) => controller.abort(new Interrupted(signal));
      const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
      // Not "once": npm passes on a Ctrl-C that the terminal has already sent to the whole process group.
      for (const signal of signals) process.on(signal, abort);
      try {
        return await work(controller.signal);
      } finally {
        for (const signal of signals) process.off(signal, abort);
      }
    },
  };
}
