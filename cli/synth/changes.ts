/** What a run changes in an output folder. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { OutputFile } from './output-folder';

export interface Change {
  readonly kind: 'added' | 'changed' | 'removed';
  /** Path below the output folder, with forward slashes. */
  readonly path: string;
}

/**
 * Passes new files on, and notes how each differs from the file of its path that is there now. After the last one it
 * notes the files that are no longer made.
 *
 * @param before the files that are there now
 */
export function* compared(
  files: Iterable<OutputFile>,
  folder: string,
  before: Iterable<string>,
  note: (change: Change) => void,
): Iterable<OutputFile> {
  const old = new Set(before);
  for (const file of files) {
    const { path, text } = file;
    if (!old.delete(path)) note({ kind: 'added', path });
    else if (readFileSync(join(folder, path), 'utf8') !== text) note({ kind: 'changed', path });
    yield file;
  }
  for (const path of old) note({ kind: 'removed', path });
}

/** Every file below a folder, by its path there. None where it is no folder. */
export function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'));
  } catch {
    return [];
  }
}
