/** What a run changes in an output folder. */
import { readdirSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { Difference } from './comparison';

export interface Change {
  readonly kind: 'added' | 'changed' | 'removed';
  /** Path below the output folder, with forward slashes. */
  readonly path: string;
}

/** The changes of a run, noted file by file. */
export class Changes {
  private readonly noted: Change[] = [];
  private gone = new Set<string>();

  /** @param before the files that are there now */
  begin(before: Iterable<string>): void {
    this.gone = new Set(before);
  }

  readonly note = (path: string, difference: Difference): void => {
    this.gone.delete(path);
    if (difference !== 'none') this.noted.push({ kind: difference, path });
  };

  /** After the last file: those that are no longer made are among them. */
  get all(): readonly Change[] {
    return [...this.noted, ...[...this.gone].map((path): Change => ({ kind: 'removed', path }))];
  }
}

/** Every file below a folder, by its path there. None where it is no folder. */
export function filesBelow(folder: string): string[] {
  try {
    const parents = new Map<string, string>();
    const parentOf = (path: string) => parents.get(path) ?? relative(folder, path).replaceAll(sep, '/');
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ name, parentPath }) => {
        const parent = parentOf(parentPath);
        parents.set(parentPath, parent);
        return parent === '' ? name : `${parent}/${name}`;
      });
  } catch {
    return [];
  }
}
