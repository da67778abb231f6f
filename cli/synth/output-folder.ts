/** Writes a whole output folder at once: either all of it is new, or the old one stays as it was. */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  cpSync,
  existsSync,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { digestOf } from '../../charts/digest';

export interface OutputFile {
  /** Path below the output folder, with forward slashes. */
  readonly path: string;
  /** Of the text, by digestOf(), where it is known; then the text is asked for only where a file has to be written. */
  readonly digest?: string;
  readonly text: string;
}

/** How a file differs from the one of its path that was there before. */
export type Difference = 'added' | 'changed' | 'none';

/**
 * Replaces a folder by these files. They are put beside it and take its place by renaming, so a run that fails or is
 * killed leaves the old folder. Files that are no longer made disappear with it. A file that is the same as before is
 * not written again: it gets a second name in the new folder and loses the one in the old.
 *
 * @param keeps whether what stands in the folder itself under this name stays in it
 * @param note called with each file
 * @returns how many files were written
 * @throws Error when the folder is not one to replace, or when two files have one path; what `files` throws
 */
export async function replaceFolder(
  folder: string,
  files: Iterable<OutputFile> | AsyncIterable<OutputFile>,
  keeps: (name: string) => boolean = () => false,
  note: (path: string, difference: Difference) => void = () => {},
): Promise<number> {
  const target = resolve(folder);
  refuseUnsafe(folder, target);
  mkdirSync(dirname(target), { recursive: true });
  recoverFolder(folder);

  const { old, prefix } = siblings(target);
  const staged = `${prefix}new-${randomUUID()}`;
  mkdirSync(staged);
  try {
    const count = await writeAll(staged, files, target, note);
    for (const name of existsSync(target) ? readdirSync(target).filter(keeps) : []) {
      cpSync(join(target, name), join(staged, name), { recursive: true, verbatimSymlinks: true });
    }
    if (existsSync(target)) renameSync(target, old);
    try {
      renameSync(staged, target);
    } catch (error) {
      if (existsSync(old)) renameSync(old, target);
      throw error;
    }
    rmSync(old, { recursive: true, force: true });
    return count;
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
}

/**
 * Undoes what a killed run left: one that died between the two renames has the old folder under its other name, and
 * any may have left files it had not finished.
 */
export function recoverFolder(folder: string): void {
  const target = resolve(folder);
  const { old, prefix } = siblings(target);
  if (existsSync(old)) {
    if (existsSync(target)) rmSync(old, { recursive: true });
    else renameSync(old, target);
  }
  if (existsSync(dirname(target))) sweep(prefix);
}

/** Names beside a folder for what is on its way in or out. */
function siblings(target: string) {
  const prefix = join(dirname(target), `.${basename(target)}.`);
  return { prefix, old: `${prefix}old` };
}

/** Removes what a killed run had staged: anything too old to belong to a run that is still going. */
function sweep(prefix: string): void {
  for (const name of readdirSync(dirname(prefix))) {
    const path = join(dirname(prefix), name);
    const staged = name.startsWith(`${basename(prefix)}new-`);
    if (staged && Date.now() - lstatSync(path).mtimeMs > 600_000) rmSync(path, { recursive: true, force: true });
  }
}

async function writeAll(
  root: string,
  files: Iterable<OutputFile> | AsyncIterable<OutputFile>,
  previous: string,
  note: (path: string, difference: Difference) => void,
): Promise<number> {
  const written = new Set<string>();
  const folders = new Set<string>();
  for await (const output of files) {
    const { path } = output;
    // Two names that differ in case only are one file on macOS and Windows.
    const key = path.toLowerCase();
    if (written.has(key)) throw new Error(`two outputs have one path: ${path}`);
    if (isOutside(root, resolve(root, path))) throw new Error(`an output lies outside its folder: ${path}`);
    written.add(key);
    const file = join(root, path);
    if (!folders.has(dirname(file))) {
      folders.add(dirname(file));
      mkdirSync(dirname(file), { recursive: true });
    }
    const before = join(previous, path);
    const difference = compare(before, output);
    if (difference !== 'none' || !link(before, file)) writeFileSync(file, output.text);
    note(path, difference);
  }
  return written.size;
}

/** How a new file differs from what has its name; a link or an executable is another file. */
function compare(path: string, output: OutputFile): Difference {
  let found: number;
  try {
    found = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'added' : 'changed';
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

function hasText(file: number, size: number, output: OutputFile): boolean {
  if (output.digest !== undefined) return digestOf(readFileSync(file)) === output.digest;
  // The length tells most files that have changed, without a look inside.
  return size === Buffer.byteLength(output.text) && readFileSync(file).equals(Buffer.from(output.text));
}

/**
 * Gives a file a second name.
 * @returns false where it cannot have one
 */
function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch {
    // Some file systems have no hard links, and another run may have just replaced the folder.
    return false;
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
