/** A place of one's own on this machine. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Runs a script again, with "--inside" and more, where it has a network, a process table and mounts of its own.
 * @returns its exit code
 */
export function inNamespaces(script: string, args: readonly string[] = []): Promise<number> {
  const self = [process.execPath, 'scripts/run.mjs', script, '--inside', ...args, ...process.argv.slice(2)];
  const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  // When this process ends, however it ends, unshare is killed, and with it the first process of the namespaces, and
  // with that all others and the files in their memory.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...namespaces, ...self], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      child.kill('SIGKILL');
      process.exit(128 + constants.signals[signal]);
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
