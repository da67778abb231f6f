/** Writes a whole output folder at once: either all of it is new, or the old one stays as it was. */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
} from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { RenderedFile } from '../../charts/rendering/render';
import { Interrupted } from '../command';
import { filesBelow } from './changes';
import { compare, type Difference } from './comparison';
import { discard, leave, ReplacedMeanwhile, recoverFolder, siblings, swap } from './swap';
import { Turns } from './turns';
import { Writing } from './writing';

export interface ReplaceProps {
  /** Whether what stands in the folder itself under this name stays in it. @default - nothing does */
  readonly keeps?: (name: string) => boolean;
  /** Called before the first file, with the paths of those that are there now. @default - nobody is told */
  readonly begin?: (before: readonly string[]) => void;
  /** Called with each file. @default - nobody is told */
  readonly note?: (path: string, difference: Difference) => void;
  /** Ends the work, and leaves the old folder. @default - nothing does */
  readonly interruption?: AbortSignal;
}

/**
 * Replaces a folder by these files. They are put beside it and take its place by renaming, so a run that fails or is
 * killed leaves the old folder. Files that are no longer made disappear with it. A file that is the same as before is
 * not written again: it moves to the new folder.
 *
 * @returns how many files were written
 * @throws Error when the folder is not one to replace, or when two files have one path; what `files` throws; the reason
 * of the interruption; ReplacedMeanwhile
 */
export async function replaceFolder(
  folder: string,
  files: Iterable<RenderedFile>,
  { keeps = () => false, begin = () => {}, note = () => {}, interruption }: ReplaceProps = {},
): Promise<number> {
  const target = resolve(folder);
  refuseUnsafe(folder, target);
  mkdirSync(dirname(target), { recursive: true });
  recoverFolder(folder);

  const held = hold(target);
  const inode = inodeOf(target);
  const staged = `${siblings(target).staged}${randomUUID()}`;
  mkdirSync(staged);
  try {
    const before = filesBelow(target);
    begin(before);
    const { count, same } = await writeAll(staged, files, target, new Set(before), note, new Turns(interruption));
    const kept = existsSync(target) ? readdirSync(target).filter(keeps) : [];
    const moves = [...kept, ...takeOver(staged, target, same)];
    swap(target, staged, moves, same.size + kept.length > 0 ? inode : undefined);
    return count;
  } catch (error) {
    if (error instanceof Interrupted) leave(target, staged);
    // Files that this run was about to compare or to keep are gone with the folder of before.
    if (isOfFileSystem(error) && inodeOf(target) !== inode) throw new ReplacedMeanwhile(target);
    throw error;
  } finally {
    discard(target, staged);
    if (held !== undefined) closeSync(held);
  }
}

/**
 * Keeps a folder open. Until it is closed no other folder gets its inode, which tells whether another run has replaced it;
 * a file system gives the number of a folder that is gone to the next one.
 */
function hold(folder: string): number | undefined {
  try {
    return openSync(folder, constants.O_RDONLY);
  } catch {
    // It is not there, or folders cannot be opened, as on Windows.
    return undefined;
  }
}

const inodeOf = (folder: string) => statSync(folder, { throwIfNoEntry: false })?.ino;

const isOfFileSystem = (error: unknown) => (error as NodeJS.ErrnoException).syscall !== undefined;

/** A part of a path that is "..". */
const LEADS_OUT = /(^|[/\\])\.\.([/\\]|$)/;

/** Files that are as they were, by their folder; "." is the output folder itself. */
type Same = ReadonlyMap<string, readonly string[]>;

/** Writes the files that differ from those of before. */
async function writeAll(
  root: string,
  files: Iterable<RenderedFile>,
  previous: string,
  before: ReadonlySet<string>,
  note: (path: string, difference: Difference) => void,
  turns: Turns,
): Promise<{ count: number; same: Same }> {
  const seen = new Set<string>();
  const folders = new Map<string, { readonly same: string[]; isMade: boolean }>();
  const writing = new Writing();
  try {
    for (const output of files) {
      const { path } = output;
      // Two names that differ in case only are one file on macOS and Windows.
      const key = path.toLowerCase();
      if (seen.has(key)) throw new Error(`two outputs have one path: ${path}`);
      if (isAbsolute(path) || LEADS_OUT.test(path)) throw new Error(`an output lies outside its folder: ${path}`);
      seen.add(key);
      const parent = dirname(path);
      const folder = folders.get(parent) ?? { same: [], isMade: false };
      folders.set(parent, folder);
      const difference = before.has(path) ? compare(`${previous}/${path}`, output) : 'added';
      if (difference === 'none') folder.same.push(path);
      else {
        if (!folder.isMade) mkdirSync(join(root, parent), { recursive: true });
        folder.isMade = true;
        writing.write(`${root}/${path}`, output.text);
        if (writing.isFull) await writing.waitForRoom();
      }
      note(path, difference);
      if (turns.isOver) await turns.next();
    }
    await turns.next();
  } finally {
    // Whoever removes the folder after a failure removes all of it.
    await writing.finish();
  }
  const withSame = [...folders].filter(([, { same }]) => same.length > 0);
  return { count: seen.size, same: new Map(withSame.map(([parent, { same }]) => [parent, same])) };
}

/**
 * Gives files that are as they were a second name in the new folder.
 * @returns the folders that are the same as a whole: they are moved, which takes one renaming instead of thousands of names
 */
function takeOver(root: string, previous: string, same: Same): string[] {
  const moves: string[] = [];
  for (const [folder, paths] of same) {
    const isWhole = !existsSync(join(root, folder)) && readdirSync(join(previous, folder)).length === paths.length;
    if (isWhole) {
      moves.push(folder);
      continue;
    }
    mkdirSync(join(root, folder), { recursive: true });
    for (const path of paths) link(join(previous, path), join(root, path));
  }
  return moves;
}

function link(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // Some file systems have no hard links.
    copyFileSync(from, to);
  }
}

function refuseUnsafe(folder: string, target: string): void {
  if (!isOutside(target, process.cwd())) {
    throw new Error(`will not replace ${folder}: the project is inside it; use a folder such as "dist"`);
  }
  const found = lstatSync(target, { throwIfNoEntry: false });
  if (found && !found.isDirectory()) throw new Error(`will not replace ${folder}: it is not a folder`);
}

/** A path that lies beside or above a folder. */
function isOutside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
}
