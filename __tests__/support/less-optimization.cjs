/**
 * Has Node.js 20 optimize later, as cli/run.mjs does: what a test file loads and calls is thrown away before faster code pays,
 * and the making of it takes a sixth of the CPU time of all tests. Later versions wait by themselves, and do not know the flag.
 */
const { setFlagsFromString } = require('node:v8');

const FLAG = '--interrupt-budget=1000000';

module.exports = () => {
  if (!process.versions.node.startsWith('20.')) return;
  setFlagsFromString(FLAG);
  // Jest starts its workers with these.
  process.execArgv.push(FLAG);
};
