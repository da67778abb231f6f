/** Lets a signal end long work that never waits. */
import { setImmediate } from 'node:timers/promises';

/** Node handles signals, and goes on with files that are being written, only between two turns of its event loop. */
const MILLISECONDS = 5;

/**
 * Passes items on, one by one.
 * @throws the reason of the interruption, where there is one
 */
export async function* interruptible<T>(items: Iterable<T>, interruption: AbortSignal): AsyncIterable<T> {
  let paused = performance.now();
  for (const item of items) {
    yield item;
    if (performance.now() - paused < MILLISECONDS) continue;
    await pause(interruption);
    paused = performance.now();
  }
  await pause(interruption);
}

async function pause(interruption: AbortSignal): Promise<void> {
  await setImmediate();
  interruption.throwIfAborted();
}
