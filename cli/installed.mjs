/** Installs the dependencies where none are installed: `npm test` is then enough on a fresh machine. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

if (!existsSync('node_modules')) {
  console.error('nothing is installed yet: npm ci');
  // npm on Windows is a script, which only a shell runs.
  execFileSync('npm', ['ci'], { stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' });
}
