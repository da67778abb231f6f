/** Builds commands from a Go module of e2e/kubernetes/, once, into an ignored folder of the checkout. */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** Folders with a module each. */
export const MODULES = 'e2e/kubernetes';

/** The folder of a module. */
export const folderOf = (project: string, name: string): string => join(project, MODULES, name);

/** The folder of a module's source, which is fetched where it is not there yet. */
export function sourceOf(module: string, name: string): string {
  const told = execFileSync('go', ['mod', 'download', '-json', name], { cwd: module, encoding: 'utf8' });
  return (JSON.parse(told) as { readonly Dir: string }).Dir;
}

/** A module one of whose files is missing or cannot be built, and the file that serves. */
export interface Mend {
  readonly module: string;
  /** A file of the module, or of the folder here. */
  readonly from: string;
  readonly to: string;
  /** Whether it is of the folder here. @default false */
  readonly ours?: boolean;
}

interface Build {
  readonly project: string;
  /** The folder of its module. */
  readonly name: string;
  readonly what: string;
  /** For the linker. */
  readonly stamp?: string;
  readonly mend?: Mend;
  /** What is to be done with the folder of the commands. */
  readonly finish?: (folder: string, module: string) => void;
}

/** @returns the folder of the built commands, named by what they were built from */
export async function build({ project, name, what, stamp = '', mend, finish }: Build): Promise<string> {
  const module = folderOf(project, name);
  const hash = createHash('sha256');
  const sources = readdirSync(module, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => join(module, name));
  for (const file of sources.filter((path) => statSync(path).isFile())) hash.update(readFileSync(file));
  const cache = join(project, '.cache/e2e');
  const folder = join(cache, `${name}-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(folder)) return join(folder, 'bin');

  console.error(`building ${what}`);
  const start = Date.now();
  mkdirSync(cache, { recursive: true });
  const temporary = mkdtempSync(join(cache, 'building-'));
  const progress = setInterval(() => {
    console.error(`  building ${name}, ${Math.round((Date.now() - start) / 1000)} s`);
  }, 30_000);
  // An interrupted build leaves nothing but what Go itself keeps.
  const discard = () => rmSync(temporary, { recursive: true, force: true });
  process.once('exit', discard);
  const end = (signal: NodeJS.Signals) => process.exit(signal === 'SIGINT' ? 130 : 143);
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    // "providerless" leaves out the cloud providers that older releases still had inside.
    const flags = ['-trimpath', '-buildvcs=false', '-tags', 'providerless', '-ldflags', `-s -w ${stamp}`];
    if (mend !== undefined) flags.push('-modfile', mended(temporary, module, mend));
    await run('go', ['build', ...flags, '-o', `${temporary}/bin/`, 'tool'], module);
    finish?.(join(temporary, 'bin'), module);
    rmSync(join(temporary, MENDED), { recursive: true, force: true });
    rename(temporary, folder);
  } finally {
    clearInterval(progress);
    process.off('SIGINT', end).off('SIGTERM', end).off('exit', discard);
    discard();
  }
  console.error(`  built in ${Math.round((Date.now() - start) / 1000)} s`);
  return join(folder, 'bin');
}

const MENDED = 'mended';

/**
 * Copies the module, with the file that serves.
 * @returns a go.mod that takes the copy
 */
function mended(temporary: string, folder: string, { module, from, to, ours = false }: Mend): string {
  const copy = join(temporary, MENDED, 'source');
  cpSync(sourceOf(folder, module), copy, { recursive: true });
  cpSync(join(ours ? folder : copy, from), join(copy, to), { force: true });
  cpSync(join(folder, 'go.sum'), join(temporary, MENDED, 'go.sum'));
  const file = join(temporary, MENDED, 'go.mod');
  writeFileSync(file, `${readFileSync(join(folder, 'go.mod'), 'utf8')}\nreplace ${module} => ${copy}\n`);
  return file;
}

/** Another run may have built the same in the meantime, and may be using it. */
function rename(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ${args[0]} failed in ${cwd}`)),
    );
  });
}
