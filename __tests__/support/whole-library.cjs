/**
 * Lets jest load a library as one file, without comments. Each test file loads its libraries anew, and 250 files of them take
 * as long as all files of this project.
 */
const { buildSync } = require('esbuild');

module.exports = {
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
