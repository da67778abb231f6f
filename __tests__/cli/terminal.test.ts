/** What commands use of their process. */
import { spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { Interrupted } from '../../cli/command';
import { terminalOf } from '../../cli/terminal';

const stdout = new EventEmitter();
const stderr = new EventEmitter();
/** As much of a process as these tests need. */
const signals = Object.assign(new EventEmitter(), { stdout, stderr });
const terminal = terminalOf(signals as unknown as NodeJS.Process);

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

test('any number of programs may wait for the interruption, without a warning of Node.js', () => {
  const run = ['cli/run.mjs', '__tests__/support/many-programs.ts'];
  expect(spawnSync(process.execPath, run, { encoding: 'utf8' }).stderr).toBe('');
});

test('signals end the process as ever when the work is over, however it ended', async () => {
  await terminal.interruptible(async () => {});
  await expect(terminal.interruptible(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(signals.eventNames()).toEqual([]);
});

describe.each([
  ['standard output', stdout],
  ['standard error', stderr],
])('%s', (_, stream) => {
  test('that nobody reads any more is no error', () => {
    expect(() => stream.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))).not.toThrow();
  });

  test('that cannot be written otherwise is one', () => {
    expect(() => stream.emit('error', Object.assign(new Error('disk full'), { code: 'ENOSPC' }))).toThrow('disk full');
  });
});
