/** Bundles a TypeScript program and its libraries into one script, and says what it is made of. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { build } from 'esbuild';
import { ESBUILD_OPTIONS } from './esbuild-options.mjs';

/** What else decides over a bundle: the installed libraries, in the list that npm keeps of them, and settings. */
const SETTINGS = [
  'node_modules/.package-lock.json',
  'package.json',
  'tsconfig.json',
  'cli/run.mjs',
  'cli/bundle.mjs',
  'cli/esbuild-options.mjs',
];

/**
 * @param root the project's folder
 * @returns the script, and every source below the folder with the digest of what esbuild has read of it
 */
export async function bundle(root, program) {
  const sources = new Map();
  const read = (path) => {
    const contents = readFileSync(path);
    sources.set(relative(root, path), createHash('sha256').update(contents).digest('hex'));
    return contents;
  };
  for (const path of SETTINGS) if (existsSync(join(root, path))) read(join(root, path));
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [program],
    write: false,
    ...ESBUILD_OPTIONS,
    // A new file takes the place of none that is a source already.
    resolveExtensions: ['.ts', '.mjs', '.js', '.json'],
    plugins: [
      {
        name: 'own sources',
        setup: ({ onLoad }) =>
          onLoad({ filter: /./, namespace: 'file' }, ({ path }) =>
            path.includes(`${sep}node_modules${sep}`) ? undefined : { contents: read(path), loader: 'default' },
          ),
      },
    ],
  });
  return { sources: [...sources], code: outputFiles[0].text };
}
