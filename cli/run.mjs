/**
 * Runs a TypeScript program of this project: node cli/run.mjs FILE [ARGUMENT...]
 *
 * Measured with `npm run bench`: ts-node takes seconds, and node itself spends more time on finding and reading some
 * three hundred files of the libraries than on running the program. So the libraries are bundled once per installation,
 * and the project's own files at each run, which takes less than a tenth of a second and is never out of date.
 */
import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';
import { build } from 'esbuild';
import { ESBUILD_OPTIONS } from './esbuild-options.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const LIBRARIES = ['cdk8s', 'cdk8s-plus-27', 'commander', 'constructs', 'fastest-levenshtein', 'js-yaml', 'zod'];
const installed = join(root, 'node_modules/.package-lock.json');
const bundle = join(root, 'node_modules/.cache/ml-platform/libraries.cjs');
const common = { ...ESBUILD_OPTIONS, absWorkingDir: root };

const changed = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Bundles the libraries into one file, unless that was done since they were installed. */
async function bundleLibraries() {
  if (changed(bundle) > Math.max(changed(installed), changed(fileURLToPath(import.meta.url)))) return;
  mkdirSync(dirname(bundle), { recursive: true });
  // Several runs may start at once: each renames a complete file into place.
  const outfile = `${bundle}.${process.pid}`;
  const contents = `module.exports = { ${LIBRARIES.map((name) => `get '${name}'() { return require('${name}'); }`)} };`;
  try {
    await build({ ...common, stdin: { contents, resolveDir: root }, outfile });
    renameSync(outfile, bundle);
  } finally {
    rmSync(outfile, { force: true });
  }
}

/** Makes the program's imports of those libraries refer to the bundle. */
const useLibraries = {
  name: 'libraries',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(${LIBRARIES.join('|')})$`) }, ({ path }) => ({ path, namespace: 'library' }));
    onLoad({ filter: /./, namespace: 'library' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(bundle)})['${path}'];`,
    }));
  },
};

const [entry, ...args] = process.argv.slice(2);
if (entry === undefined) {
  console.error('usage: node cli/run.mjs FILE [ARGUMENT...], such as "node cli/run.mjs main.ts"');
  process.exit(2);
}
await bundleLibraries();
const file = resolve(entry);
const { outputFiles } = await build({
  ...common,
  entryPoints: [file],
  write: false,
  sourcemap: false,
  external: [bundle],
  plugins: [useLibraries],
});
process.argv.splice(1, process.argv.length, file, ...args);
const module = { exports: {} };
compileFunction(outputFiles[0].text, ['require', 'module', 'exports'], { filename: file })(
  createRequire(file),
  module,
  module.exports,
);
