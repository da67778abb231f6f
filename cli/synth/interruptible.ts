/** Lets a signal end long work that never waits. */
import { setImmediate } from 'node:timers/promises';

/** Node runs a signal's handler only between two turns of its event loop, so the work pauses that often. */
const MILLISECONDS = 50;

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
