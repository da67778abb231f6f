/** Lets a signal end long work that never waits. */
import { setImmediate } from 'node:timers/promises';

/** Node handles signals, and goes on with files that are being written, only between two turns of its event loop. */
const MILLISECONDS = 5;

/** The turns of the event loop that long work takes. */
export class Turns {
  private began = performance.now();

  constructor(private readonly interruption?: AbortSignal) {}

  /** Whether it is time for the next one. */
  get isOver(): boolean {
    return performance.now() - this.began >= MILLISECONDS;
  }

  /**
   * Gives way to everything else, once.
   * @throws the reason of the interruption, where there is one
   */
  async next(): Promise<void> {
    await setImmediate();
    this.interruption?.throwIfAborted();
    this.began = performance.now();
  }
}
