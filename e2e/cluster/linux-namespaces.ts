/** A place of one's own on this machine, and nothing left of it afterwards. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { until } from './cluster';

/** In minutes, many times what any run takes: what waits longer than this waits for nothing. */
const LIMIT = 120;

/**
 * Runs a script again, with "--inside" and more, where it has a network, a process table and mounts of its own.
 * @returns its exit code, once it has ended; that of a signal where one interrupted it
 */
export function inNamespaces(script: string, args: readonly string[] = []): Promise<number> {
  const self = [process.execPath, 'cli/run.mjs', script, '--inside', ...args, ...process.argv.slice(2)];
  const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  // When this process ends, however it ends, unshare is killed, and with it the first process of the namespaces, and
  // with that all others and the files in their memory.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...namespaces, ...self], { stdio: 'inherit' });
  let interrupted: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      interrupted = 128 + constants.signals[signal];
      child.kill('SIGKILL');
    });
  }
  const late = setTimeout(() => {
    console.error(`${script} has not ended after ${LIMIT} minutes, and is killed`);
    child.kill('SIGKILL');
  }, LIMIT * 60_000);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(late);
      resolve(interrupted ?? code ?? 1);
    });
  });
}

/**
 * Kills every other process of the namespaces, as if the machines lost their power.
 * @throws Error where this process is not the first of its own
 */
export function killAllOthers(): void {
  if (process.pid !== 1) throw new Error('there is no table of processes of its own here');
  // Linux spares the first process and who asks.
  process.kill(-1, 'SIGKILL');
}

/** Every mounted hierarchy of control groups. */
export const hierarchies = () =>
  readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type]) => type === 'cgroup' || type === 'cgroup2')
    .map(([, folder = '']) => folder);

/** Removes the one thing that outlives namespaces: a control group of every hierarchy, once its last process has ended. */
export function sweep(name: string): Promise<void> {
  return until('no control groups are left', 60, async () => {
    const groups = hierarchies()
      .map((hierarchy) => join(hierarchy, name))
      .filter((group) => existsSync(group));
    for (const group of groups)
      spawnSync('find', [group, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';'], { stdio: 'ignore' });
    return groups.find((group) => existsSync(group));
  });
}
