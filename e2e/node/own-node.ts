/** A place for a real node on this machine, and nothing left of it afterwards. */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inNamespaces, sweep } from '../cluster/linux-namespaces';
import { CGROUP } from './nodes';
import { debian } from './oci-images';

/** What a node needs, besides the installed software. */
export const NODE_PACKAGES = {
  containerd: 'containerd',
  '/usr/lib/cni/ptp': 'containernetworking-plugins',
  iptables: 'iptables',
  ipset: 'ipset',
  conntrack: 'conntrack',
  debootstrap: 'debootstrap',
};

/**
 * Runs a script again, with "--inside" and a folder of its own, where a node can run.
 * @param cgroup the control group of its nodes
 * @returns its exit code
 */
export async function onNode(project: string, script: string, cgroup = CGROUP): Promise<number> {
  await debian(project);
  const cache = join(project, '.cache/e2e');
  for (const name of readdirSync(cache)) {
    const [, pid] = /^node-(\d+)$/.exec(name) ?? [];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) await clear(join(cache, name), cgroup);
  }
  const work = join(cache, `node-${process.pid}`);
  mkdirSync(work);
  try {
    return await inNamespaces(script, [work]);
  } finally {
    await clear(work, cgroup);
  }
}

/** Removes what outlives the namespaces of a run, also of one that was killed. */
async function clear(work: string, cgroup: string): Promise<void> {
  await sweep(cgroup);
  rmSync(work, { recursive: true, force: true });
}
