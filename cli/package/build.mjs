/**
 * Bundles what the package carries, into build/: `npm pack` runs it.
 *
 * cli.js is the whole program in one file, its libraries included: it starts faster than they do one by one, and nobody
 * has to install them. index.js is the components. It leaves out what the package depends on, so that its charts are
 * charts of the cdk8s that the user's own App has.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { ESBUILD_OPTIONS } from '../esbuild-options.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const { dependencies, peerDependencies } = readJson('package.json');

rmSync(join(root, 'build'), { recursive: true, force: true });
const cli = await bundle({ entryPoints: { cli: 'cli/package/main.ts' }, minifySyntax: true, minifyWhitespace: true });
const index = await bundle({
  entryPoints: { index: 'charts/index.ts' },
  external: Object.keys({ ...dependencies, ...peerDependencies }),
});
writeFileSync(join(root, 'build/LICENSES.txt'), licences({ ...cli.metafile.inputs, ...index.metafile.inputs }));

function bundle(options) {
  return build({
    ...ESBUILD_OPTIONS,
    absWorkingDir: root,
    outdir: 'build',
    legalComments: 'none',
    metafile: true,
    ...options,
  });
}

/** The licences of the bundled libraries, which ask for their text to go wherever their code goes. */
function licences(inputs) {
  const folders = Object.keys(inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
  return [...new Set(folders)]
    .sort()
    .map((folder) => {
      const { name, version, license } = readJson(folder, 'package.json');
      const texts = readdirSync(join(root, folder)).filter((file) => /^(licen[cs]e|notice)/i.test(file));
      if (texts.length === 0) throw new Error(`${folder} has no licence text`);
      const text = texts.map((file) => readFileSync(join(root, folder, file), 'utf8').trim()).join('\n\n');
      return `${name} ${version} (${license})\n\n${text}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function readJson(...path) {
  return JSON.parse(readFileSync(join(root, ...path), 'utf8'));
}
