/** Lets jest import a script as its text, as the loader of cli/run.mjs does. */
const { readFileSync } = require('node:fs');

module.exports = {
  // Not the text that jest hands over: it takes the "#!" line away.
  process: (_, path) => ({ code: `module.exports = ${JSON.stringify(readFileSync(path, 'utf8'))};` }),
};
