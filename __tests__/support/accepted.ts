/** Texts that somebody has looked at and accepted, each in a file of its own. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const HINT = 'Look at what changed, and accept it with "npx jest __tests__/environments -u".';

/** Whether jest runs with -u. Its own snapshots are written unasked, but for those of `jest --ci`; nothing is here. */
const accepting = () => expect.getState().snapshotState._updateSnapshot === 'all';

/**
 * Holds a text to its accepted form, or accepts it where jest runs with -u.
 * @throws Error when the file is missing or says something else
 */
export function expectAccepted(file: string, text: string): void {
  if (accepting()) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return;
  }
  if (!existsSync(file)) throw new Error(`${file} is not written yet. ${HINT}\n\n${text}`);
  try {
    expect(text).toBe(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} says something else. ${HINT}\n\n${error instanceof Error ? error.message : error}`);
  }
}

/**
 * Refuses accepted files of what is not there any more, or removes them where jest runs with -u.
 * @throws Error that names them
 */
export function expectNoneLeftOver(files: readonly string[]): void {
  if (accepting()) for (const file of files) rmSync(file);
  else if (files.length > 0) throw new Error(`${files.join(', ')}: of an environment that is gone. ${HINT}`);
}
