/** A run of which many programs are to end with it, as those of doctor are. */
import { terminalOf } from '../../cli/terminal';

void terminalOf(process).interruptible(async (interruption) => {
  for (let program = 0; program < 50; program++) interruption.addEventListener('abort', () => {});
});
