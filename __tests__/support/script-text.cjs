/** Lets jest import a file as its text, as the loaders of cli/esbuild-options.mjs do. */
const { readFileSync } = require('node:fs');

module.exports = {
  // Not the text that jest hands over: it takes the "#!" line away.
  process: (_, path) => ({ code: `module.exports = ${JSON.stringify(readFileSync(path, 'utf8'))};` }),
};
