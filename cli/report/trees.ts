/** The two sides of a report: a folder such as dist/, or dist/ at a revision of Git. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LOCK_FILE } from '../../config/read';
import { UsageError } from '../command';
import { ENVIRONMENTS } from '../environments';
import { filesBelow } from '../synth/changes';
import { DIST } from '../synth/synth';

/** A rendered tree: files by their paths below dist/. */
export interface Tree {
  /** Of each file an identifier that is the same where the bytes are: that of Git's object. */
  readonly files: ReadonlyMap<string, string>;
  /** The texts of files, in their order. */
  read(paths: readonly string[]): string[];
  /** models.lock.yaml of an environment; undefined where there is none. */
  lock(environment: string): string | undefined;
}

/**
 * @param name a folder that is there, or a revision
 * @throws UsageError where it is neither
 */
export function openTree(name: string): Tree {
  return statSync(name, { throwIfNoEntry: false })?.isDirectory() ? folder(name) : revision(name);
}

function folder(root: string): Tree {
  const texts = new Map<string, Buffer>();
  const files = new Map<string, string>();
  for (const path of filesBelow(root)) {
    const bytes = bytesOf(join(root, path));
    texts.set(path, bytes);
    files.set(path, objectId(bytes));
  }
  return {
    files,
    read: (paths) => paths.map((path) => String(texts.get(path))),
    lock: (environment) => {
      const file = join(dirname(root), ENVIRONMENTS, environment, LOCK_FILE);
      return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    },
  };
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    throw new UsageError(`${file}: cannot be read: ${reason}; name a folder that synth has written, such as ${DIST}`);
  }
}

/** What Git calls a file with these bytes, in a repository of the usual format. */
const objectId = (bytes: Buffer) => createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');

function revision(name: string): Tree {
  // What starts with "-" would be an option to Git.
  if (name.startsWith('-') || git(['rev-parse', '--verify', '--quiet', `${name}^{commit}`]) === undefined) {
    throw new UsageError(`${name}: no folder, and no revision of Git, such as "origin/main"`);
  }
  const listed = String(git(['ls-tree', '-r', '-z', name, '--', `${DIST}/`]) ?? '');
  const files = new Map(
    listed
      .split('\0')
      .filter((line) => line !== '')
      .map((line): [string, string] => {
        const [facts = '', path = ''] = line.split('\t');
        return [path.slice(DIST.length + 1), facts.split(' ')[2] ?? ''];
      }),
  );
  return {
    files,
    read: (paths) => objects(paths.map((path) => files.get(path) ?? '')),
    lock: (environment) => git(['show', `${name}:./${ENVIRONMENTS}/${environment}/${LOCK_FILE}`])?.toString(),
  };
}

/** The contents of objects: https://git-scm.com/docs/git-cat-file#_batch_output */
function objects(ids: readonly string[]): string[] {
  if (ids.length === 0) return [];
  const output = git(['cat-file', '--batch'], ids.map((id) => `${id}\n`).join(''));
  if (output === undefined) throw new Error('git cat-file failed');
  let position = 0;
  return ids.map((id) => {
    const end = output.indexOf('\n', position);
    const size = Number(output.toString('utf8', position, end).split(' ')[2]);
    if (Number.isNaN(size)) throw new Error(`git has no object ${id}; fetch the whole history`);
    position = end + 1 + size + 1;
    return output.toString('utf8', end + 1, end + 1 + size);
  });
}

/** What Git prints; undefined where it fails. */
function git(args: readonly string[], input?: string): Buffer | undefined {
  try {
    return execFileSync('git', args, { input, maxBuffer: 2 ** 30, stdio: ['pipe', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
}
