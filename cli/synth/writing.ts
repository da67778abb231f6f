/** Writes files on other threads while this one makes the next. */
import { writeFile } from 'node:fs';

/** More files at once than Node.js has threads for them, so that none of these waits; few enough to be no memory. */
const AT_ONCE = 64;

/**
 * Files that are being written. With many models the disk takes about as long as rendering does, and on a busy machine
 * longer.
 */
export class Writing {
  private count = 0;
  private failure: Error | undefined;
  private wake = () => {};

  /**
   * Begins to write a file.
   * @throws what went wrong with a file before
   */
  write(path: string, text: string): void {
    if (this.failure) throw this.failure;
    this.count++;
    writeFile(path, text, (error) => {
      this.count--;
      this.failure ??= error ?? undefined;
      this.wake();
    });
  }

  /** Whether no other file is to be written now. */
  get isFull(): boolean {
    return this.count >= AT_ONCE;
  }

  /** Waits until there is room for another. */
  async waitForRoom(): Promise<void> {
    await this.until(AT_ONCE - 1);
  }

  /**
   * Waits until no file is being written.
   * @throws what went wrong with one of them
   */
  async finish(): Promise<void> {
    await this.until(0);
    if (this.failure) throw this.failure;
  }

  private async until(most: number): Promise<void> {
    while (this.count > most) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}
