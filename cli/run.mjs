/**
 * Runs a TypeScript program of this project: node cli/run.mjs FILE [ARGUMENT...]
 *
 * The program and its libraries are bundled into one file, which is kept with the code that V8 has made of it. While no
 * source changes, a run starts neither esbuild nor V8's compiler: that takes half of its time (`npm run bench`).
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [entry, ...args] = process.argv.slice(2);
if (entry === undefined) {
  console.error('usage: node cli/run.mjs FILE [ARGUMENT...], such as "node cli/run.mjs main.ts"');
  process.exit(2);
}
const program = resolve(entry);
// By its whole path: several checkouts may share one node_modules/.
const keptIn = join(
  root,
  'node_modules/.cache/ml-platform',
  `${basename(program)}-${digestOf(program).slice(0, 16)}.bundle`,
);

// Node.js 20 compiles to the fastest code what a run of a fifth of a second hardly calls again, which takes a sixth of its
// CPU (`npm run bench`). Later versions wait by themselves, and do not know the flag. The code that V8 keeps is of its flags.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--interrupt-budget=1000000');
start(readKept() ?? (await bundled()));

/** Runs a bundle; what is kept of it is not held in memory any longer then. */
function start({ sources, code, identity, compiled }) {
  const script = new Script(code, { filename: program, cachedData: compiled });
  // Another version of Node.js has other machine code.
  if (compiled === undefined || script.cachedDataRejected)
    process.once('exit', () => keep({ sources, code, identity, script }));
  // What is kept between runs of the program is of use to the same program only.
  process.env.ML_PLATFORM_PROGRAM = identity;
  process.argv.splice(1, process.argv.length, program, ...args);
  const module = { exports: {} };
  script.runInThisContext()(createRequire(program), module, module.exports);
}

/** The last bundle; undefined where there is none, where it is damaged, or where a source has changed since. */
function readKept() {
  try {
    const bytes = readFileSync(keptIn);
    const end = bytes.indexOf('\n') + 1;
    const { sources, length, encoding, identity, digest } = JSON.parse(bytes.toString('utf8', 0, end));
    const body = bytes.subarray(end);
    // V8 crashes on code that is damaged.
    if (digestOf(body) !== digest) return undefined;
    if (!sources.every(isUnchanged)) return undefined;
    return { sources, identity, code: body.toString(encoding, 0, length), compiled: body.subarray(length) };
  } catch {
    return undefined;
  }
}

/**
 * Whether a source is as it was. Most have the stamp of before and are not read, which saves a twentieth of a small run.
 */
function isUnchanged([path, digest, stamp]) {
  return stampOf(path) === stamp || digestOf(readFileSync(`${root}/${path}`)) === digest;
}

/** What changes with every change of a file, whatever time of change a program gives it. */
function stampOf(path) {
  const { ino, size, mtimeMs, ctimeMs } = statSync(`${root}/${path}`);
  return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
}

/**
 * The stamp of a source, if it has not changed since the bundle was begun. No stamp of the last seconds is trusted: some
 * file systems count in steps of two seconds.
 */
function steadyStampOf(path, began) {
  return statSync(join(root, path)).ctimeMs < began - 2000 ? stampOf(path) : undefined;
}

async function bundled() {
  try {
    const { bundle } = await import('./bundle.mjs');
    const began = Date.now();
    const { sources, code: body } = await bundle(root, program);
    const code = `(function (require, module, exports) {${body}\n})`;
    const stamped = sources.map(([path, digest]) => [path, digest, steadyStampOf(path, began)]);
    return { sources: stamped, code, identity: digestOf(code) };
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    console.error('the libraries of this project are not installed; run "npm ci"');
    process.exit(1);
  }
}

/** Keeps the bundle when the program ends: V8 compiles a function when it is first called. */
function keep({ sources, code, identity, script }) {
  const text = Buffer.from(code);
  const body = Buffer.concat([text, script.createCachedData()]);
  // Text without other letters than those of ASCII is read faster as such; a licence in a comment may have others.
  const encoding = text.length === code.length ? 'latin1' : 'utf8';
  const header = `${JSON.stringify({ sources, length: text.length, encoding, identity, digest: digestOf(body) })}\n`;
  // Several runs may end at once, and any may be killed: a complete file is renamed into place.
  const unfinished = `${keptIn}.${process.pid}`;
  try {
    mkdirSync(dirname(keptIn), { recursive: true });
    try {
      writeFileSync(unfinished, Buffer.concat([Buffer.from(header), body]));
      renameSync(unfinished, keptIn);
    } finally {
      rmSync(unfinished, { force: true });
    }
  } catch {
    // Where nothing can be written, each run bundles anew.
  }
}

function digestOf(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}
