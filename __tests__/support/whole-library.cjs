/**
 * Lets jest load a library as one file, without comments. Each test file loads its libraries anew, and 250 files of them take
 * as long as all files of this project.
 */
const { createHash } = require('node:crypto');
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { buildSync } = require('esbuild');

/** The list that npm keeps of what is installed. */
const INSTALLED = 'node_modules/.package-lock.json';

module.exports = {
  // By itself Jest asks whether the first file has changed, which another release of a library may leave as it is.
  getCacheKey: (source, path, { config }) => {
    const installed = join(config.rootDir, INSTALLED);
    const key = createHash('sha256').update(JSON.stringify([source, path]));
    for (const file of [__filename, installed]) if (existsSync(file)) key.update(readFileSync(file));
    return key.digest('hex');
  },
  process: (_, path) => {
    const { outputFiles } = buildSync({
      entryPoints: [path],
      bundle: true,
      // What libraries share is one copy.
      external: ['cdk8s', 'constructs'],
      platform: 'node',
      target: 'node20',
      minifyWhitespace: true,
      write: false,
    });
    return { code: outputFiles[0].text };
  },
};
