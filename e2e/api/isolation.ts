/** What a run of e2e:api has for itself. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Parts } from '../cluster/build/parts';
import { HOST, PODS } from '../cluster/cluster';

/** Gives the namespaces that this process is in addresses of their own, and memory in place of the disk. */
export function isolate(work: string, { seldon }: Parts): void {
  const commands = [
    // A /tmp of our own over that of the host, below which the checkout may lie: the operator has its files there, and
    // its account in /run.
    ['mount', '-t', 'tmpfs', 'tmpfs', '/mnt'],
    ['mkdir', '/mnt/upper', '/mnt/work'],
    ['mount', '-t', 'overlay', '-o', 'lowerdir=/tmp,upperdir=/mnt/upper,workdir=/mnt/work', 'overlay', '/tmp'],
    ['mount', '-t', 'tmpfs', 'tmpfs', '/run'],
    // There is no DNS: programs that call each other by name find the name there.
    ['cp', '/etc/hosts', '/mnt/hosts'],
    ['mount', '--bind', '/mnt/hosts', '/etc/hosts'],
    ['cp', '-r', join(seldon, 'operator-resources'), '/tmp'],
    ['mount', '-t', 'tmpfs', 'tmpfs', work],
    ['ip', 'link', 'set', 'lo', 'up'],
    ['ip', 'address', 'add', `${HOST}/24`, 'dev', 'lo'],
    // Every pod's address is this machine, where the programs that are called listen.
    ['ip', 'route', 'add', 'local', PODS, 'dev', 'lo'],
  ] as const;
  for (const [command, ...args] of commands) {
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  }
}
