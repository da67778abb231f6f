import { readFileSync, type Stats, statSync } from 'node:fs';
import { digestOf } from './digest';

/** Some file systems count time in steps as long as this. */
const STEP_MS = 2000;

/**
 * What changes with every change of a file, whatever time of change a program gives it. A look at it takes less than half of
 * the time that reading takes, of which there are 20,000 with 10,000 models.
 * @returns undefined for a file that is so new that another change may leave its stamp as it is
 */
export function stampOf({ ino, size, mtimeMs, ctimeMs }: Stats): string | undefined {
  return Date.now() - ctimeMs > STEP_MS ? `${ino} ${size} ${mtimeMs} ${ctimeMs}` : undefined;
}

/** A file, read when its bytes are asked for. */
export class SourceFile {
  /** From before the file is read, so that a change meanwhile shows in it. */
  readonly stamp: string | undefined;
  private content: Buffer | undefined;
  private sum: string | undefined;

  constructor(readonly path: string) {
    const state = statSync(path, { throwIfNoEntry: false });
    this.stamp = state && stampOf(state);
  }

  get bytes(): Buffer {
    this.content ??= readFileSync(this.path);
    return this.content;
  }

  /** By digestOf(). */
  get digest(): string {
    this.sum ??= digestOf(this.bytes);
    return this.sum;
  }
}
