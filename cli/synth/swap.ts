/**
 * Puts a new folder in the place of an old one, so that whoever looks, and whenever the run is killed, one of the two is
 * there as a whole.
 *
 * Parts that stay the same are moved from the old folder to the new one, which takes one renaming for thousands of files.
 * From then on neither is whole. So what is to be done is written down before, and a run that dies is finished by the next.
 */
import { randomUUID } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** What is to be done. */
interface Plan {
  /** The name of the new folder, beside the old one. */
  readonly staged: string;
  /** Paths of the parts that the old folder hands over. */
  readonly moves: readonly string[];
}

/** Another run has put a folder of its own in the place of the old one, which this run was reading. */
export class ReplacedMeanwhile extends Error {
  constructor(folder: string) {
    super(
      `another run has just replaced ${folder}, and this one has written nothing; run it again when no other is going on`,
    );
  }
}

/** Names beside a folder for what is on its way in or out. */
export function siblings(target: string) {
  const prefix = join(dirname(target), `.${basename(target)}.`);
  return { staged: `${prefix}new-`, left: `${prefix}left-`, old: `${prefix}old`, plan: `${prefix}plan` };
}

/**
 * @param staged the new folder, beside the old one, without the parts that are moved
 * @param inode of the folder that the new one has parts of; undefined where it has none
 * @throws ReplacedMeanwhile where the old folder is another by now; then it stays as it is
 */
export function swap(target: string, staged: string, moves: readonly string[], inode: number | undefined): void {
  const { old, plan } = siblings(target);
  if (moves.length > 0) writeFileSync(plan, JSON.stringify({ staged: basename(staged), moves } satisfies Plan));
  if (existsSync(target)) renameSync(target, old);
  const moved: string[] = [];
  try {
    if (inode !== undefined && statSync(old).ino !== inode) throw new ReplacedMeanwhile(target);
    for (const path of moves) {
      move(old, staged, path);
      moved.push(path);
    }
    renameSync(staged, target);
  } catch (error) {
    // Where this fails too, the plan is still there for the next run.
    for (const path of moved) move(staged, old, path);
    if (existsSync(old)) renameSync(old, target);
    rmSync(plan, { force: true });
    throw error;
  }
  rmSync(plan, { force: true });
  rmSync(old, { recursive: true, force: true });
}

/** Removes what is staged, unless the next run needs it to finish. */
export function discard(target: string, staged: string): void {
  if (!existsSync(siblings(target).plan)) rmSync(staged, { recursive: true, force: true });
}

/** Leaves what is staged to the next run to remove: for thousands of files that takes longer than somebody waits who ends a run. */
export function leave(target: string, staged: string): void {
  renameSync(staged, `${siblings(target).left}${randomUUID()}`);
}

function move(from: string, to: string, path: string): void {
  mkdirSync(dirname(join(to, path)), { recursive: true });
  renameSync(join(from, path), join(to, path));
}

/** Finishes what a killed run has begun, and removes files that it had not finished. */
export function recoverFolder(folder: string): void {
  const target = resolve(folder);
  const { old, plan } = siblings(target);
  if (existsSync(old)) {
    if (!existsSync(target)) finish(target);
    rmSync(old, { recursive: true, force: true });
  }
  rmSync(plan, { force: true });
  if (existsSync(dirname(target))) sweep(target);
}

function finish(target: string): void {
  const { old, plan } = siblings(target);
  const { staged, moves } = existsSync(plan) ? read(plan) : { staged: '', moves: [] };
  const folder = join(dirname(target), staged);
  // A run without a plan has moved nothing out of the old folder.
  const isBegun = staged !== '' && existsSync(folder);
  if (isBegun) for (const path of moves) if (existsSync(join(old, path))) move(old, folder, path);
  renameSync(isBegun ? folder : old, target);
}

const read = (plan: string): Plan => JSON.parse(readFileSync(plan, 'utf8'));

/** Removes what other runs have left, and what killed ones had staged: anything too old for a run that is still going. */
function sweep(target: string): void {
  const { left, staged } = siblings(target);
  const folder = dirname(target);
  const isOld = (name: string) => Date.now() - lstatSync(join(folder, name)).mtimeMs > 600_000;
  for (const name of readdirSync(folder)) {
    if (name.startsWith(basename(left)) || (name.startsWith(basename(staged)) && isOld(name)))
      rmSync(join(folder, name), { recursive: true, force: true });
  }
}
