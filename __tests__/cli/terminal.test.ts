/** What commands use of their process. */
import { EventEmitter } from 'node:events';
import { Interrupted } from '../../cli/command';
import { terminalOf } from '../../cli/terminal';

/** As much of a process as signals need. */
const signals = new EventEmitter();
const terminal = terminalOf(signals as NodeJS.Process);

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s interrupts work, and is its reason', async (name) => {
  await terminal.interruptible(async (interruption) => {
    expect(interruption.aborted).toBe(false);
    signals.emit(name, name);
    expect(interruption.reason).toEqual(new Interrupted(name));
  });
});

test('a second Ctrl-C does not end the process while work that was interrupted puts things in order', async () => {
  await terminal.interruptible(async () => {
    signals.emit('SIGINT', 'SIGINT');
    expect(signals.listenerCount('SIGINT')).toBe(1);
  });
});

test('signals end the process as ever when the work is over, however it ended', async () => {
  await terminal.interruptible(async () => {});
  await expect(terminal.interruptible(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(signals.eventNames()).toEqual([]);
});
