const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');

/**
 * Lets jest import a script as its text, as the loader of cli/run.mjs does. The text that jest hands over lacks the
 * "#!" line, so that the file is read here.
 */
const code = (path) => `module.exports = ${JSON.stringify(readFileSync(path, 'utf8'))};`;

module.exports = {
  process: (_, path) => ({ code: code(path) }),
  getCacheKey: (_, path) => createHash('sha256').update(code(path)).digest('hex'),
};
