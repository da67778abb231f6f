/** What commands use of the process that runs them. */
import { Interrupted } from './command';

export interface Terminal {
  /** Environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes to standard output: what the user asked for. */
  out(text: string): void;
  /** Writes to standard error: progress and problems. */
  err(text: string): void;
  /**
   * Runs work that has something to put in order before the process may end. A signal aborts the AbortSignal, with an
   * Interrupted as its reason, instead of ending the process at once.
   */
  interruptible<T>(work: (interruption: AbortSignal) => Promise<T>): Promise<T>;
}

export function terminalOf(process: NodeJS.Process): Terminal {
  // Whoever reads may stop before all is said, as head does. The work is done all the same.
  const onError = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  };
  process.stdout.on('error', onError);
  process.stderr.on('error', onError);
  return {
    env: process.env,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    async interruptible(work) {
      const controller = new AbortController();
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
