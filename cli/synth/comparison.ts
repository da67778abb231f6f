/** Compares a file that is to be written with the one that has its name. */
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';
import { digestOf } from '../../charts/rendering/digest';
import type { RenderedFile } from '../../charts/rendering/render';
import { stampOf } from '../../charts/rendering/source-file';

/** How a file differs from the one of its path that was there before. */
export type Difference = 'added' | 'changed' | 'none';

/** How a new file differs from what has its name; a link or an executable is another file. */
export function compare(path: string, output: RenderedFile): Difference {
  const stamp = output.digest === undefined ? undefined : stampAt(path);
  if (stamp !== undefined && stamp === output.stamp) return 'none';
  const difference = compareText(path, output);
  if (difference === 'none' && stamp !== undefined) output.noteStamp?.(stamp);
  return difference;
}

function stampAt(path: string): string | undefined {
  const state = lstatSync(path, { throwIfNoEntry: false });
  return state && stampOf(state);
}

function compareText(path: string, output: RenderedFile): Difference {
  let found: number;
  try {
    found = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch {
    return 'changed';
  }
  try {
    const state = fstatSync(found);
    if (state.isDirectory()) return 'added';
    if (!state.isFile() || (state.mode & 0o111) !== 0) return 'changed';
    return hasText(found, state.size, output) ? 'none' : 'changed';
  } finally {
    closeSync(found);
  }
}

function hasText(file: number, size: number, output: RenderedFile): boolean {
  if (output.digest !== undefined) return digestOf(readFileSync(file)) === output.digest;
  // The length tells most files that have changed, without a look inside.
  return size === Buffer.byteLength(output.text) && readFileSync(file).equals(Buffer.from(output.text));
}
