/** Waits for changes of files. */
import { existsSync, type FSWatcher, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Editors save a file in several steps: changes that follow each other within so many milliseconds are one. */
const QUIET = 100;

/**
 * Yields at once, and then each time that something below a folder has changed and nothing more for a moment. What
 * changes while the caller is at work is the next change. It never ends by itself.
 *
 * @throws Error when the folder is not there
 */
export async function* changesBelow(root: string): AsyncGenerator<void, never> {
  // Not watch's own "recursive", which on Linux needs a watch for each file: a user may have some ten thousand of them.
  const watchers = new Map<string, FSWatcher>();
  let changed = false;
  let wake = () => {};
  const note = () => {
    changed = true;
    wake();
  };
  const follow = () => {
    const folders = new Set(foldersBelow(root));
    for (const [folder, watcher] of watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      watchers.delete(folder);
    }
    for (const folder of folders) {
      if (!watchers.has(folder)) watchers.set(folder, watch(folder, note).on('error', note));
    }
  };
  const followAgain = () => {
    try {
      follow();
    } catch (error) {
      const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!isGone || !existsSync(root)) throw error;
      // A folder went while it was looked at, as on "git switch": the next round sees what is left.
      changed = true;
    }
  };
  try {
    follow();
    yield;
    for (;;) {
      if (!changed) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      do {
        changed = false;
        await sleep(QUIET);
      } while (changed);
      followAgain();
      yield;
    }
  } finally {
    for (const watcher of watchers.values()) watcher.close();
  }
}

function foldersBelow(root: string): string[] {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  return [root, ...entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))];
}
