/** Terminals that are not the process's. */
import type { Terminal } from '../../cli/terminal';

/** Says nothing, and is never interrupted. */
export const silent: Terminal = {
  env: {},
  out: () => {},
  err: () => {},
  interruptible: (work) => work(new AbortController().signal),
};
