/** Writes files of a repository, and leaves alone what is its owner's. */
import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Files, GITIGNORE } from './template';

/**
 * Writes those of the files that are not there yet.
 * @param say is told, in a line each, what was done with each file
 * @throws Error when a file cannot be written
 */
export function writeMissing(files: Files, say: (line: string) => void): void {
  for (const [path, text] of Object.entries(files)) {
    // A link to nowhere is something, too.
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found) {
      say(`kept ${path}, which is there already${path === GITIGNORE && found.isFile() ? advice(path, text) : ''}`);
      continue;
    }
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: 'wx' });
    say(`wrote ${path}`);
  }
}

/**
 * Writes files that are not their owner's to change, so that they are those of this version.
 * @param say is told, in a line each, what was done with each file
 * @throws Error when a file cannot be written
 */
export function writeCurrent(files: Files, say: (line: string) => void): void {
  for (const [path, text] of Object.entries(files)) {
    const found = existsSync(path);
    if (found && readFileSync(path, 'utf8') === text) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    say(`${found ? 'updated' : 'wrote'} ${path}`);
  }
}

/** A .gitignore is often there first, and what it does not name, such as passwords, gets into Git. */
function advice(path: string, text: string): string {
  const existing = new Set(readFileSync(path, 'utf8').split(/\r?\n/));
  const missing = text.split('\n').filter((line) => line !== '' && !line.startsWith('#') && !existing.has(line));
  return missing.length === 0 ? '' : `; add to it: ${missing.join(' ')}`;
}
