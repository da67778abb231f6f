/** Lets jest import a script as its text, as the loader of cli/run.mjs does. */
module.exports = {
  process: (text) => ({ code: `module.exports = ${JSON.stringify(text)};` }),
};
