/** Lets jest import a script as its text, as the loader of cli/run.mjs does. */
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');

module.exports = {
  // Read anew: jest hands over the text without its first line where that is "#!/bin/sh".
  process: (_, path) => ({ code: `module.exports = ${JSON.stringify(readFileSync(path, 'utf8'))};` }),
  getCacheKey: (_, path) => createHash('sha256').update(path).update(readFileSync(path)).digest('hex'),
};
