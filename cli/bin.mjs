#!/usr/bin/env node
/**
 * The command `ml-platform`. A clone has the sources and runs them, so that a bundle that `npm pack` has left behind is
 * never used; the installed package has the bundle only.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('main.ts', import.meta.url));
if (existsSync(source)) {
  process.argv.splice(2, 0, source);
  await import('./run.mjs');
} else {
  const bundle = fileURLToPath(new URL('../build/cli.js', import.meta.url));
  process.env.ML_PLATFORM_PROGRAM = createHash('sha256').update(readFileSync(bundle)).digest('hex');
  createRequire(import.meta.url)(bundle);
}
