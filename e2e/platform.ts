/** npm run e2e: the quick start on a real node. `--help` says more, e2e/README.md the rest. */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand, UsageError } from '../cli/command';
import { buildParts, versions } from './cluster/build';
import { inNamespaces, sweep } from './cluster/namespaces';
import { debianPackages, installParts } from './loop/install';
import { debian } from './platform/images';
import { CGROUP } from './platform/node';
import { runChecks } from './platform/run';

const HELP = `Follows README.md's quick start with dist/minikube on a real Kubernetes node (containerd, kubelet, kube-proxy,
CoreDNS, kube-router), and breaks the platform to see that it comes back. Writes e2e/RESULTS.md.

  npm run e2e [-- options]

  --keep-results    leaves e2e/RESULTS.md as it is
  --help            prints this

Needs Linux, root and Go; what is missing of Debian's packages it installs by apt-get. What it builds is kept in
.cache; what it starts is in namespaces of its own, and gone when it ends or is interrupted. One that was killed leaves
empty control groups and a folder, which the next removes.
`;

/** Besides those of the loop. */
const DEBIAN = {
  containerd: 'containerd',
  '/usr/lib/cni/ptp': 'containernetworking-plugins',
  iptables: 'iptables',
  ipset: 'ipset',
  conntrack: 'conntrack',
  debootstrap: 'debootstrap',
};

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      inside: { type: 'string' },
      'keep-results': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const project = process.cwd();
  if (process.platform !== 'linux') throw new UsageError('npm run e2e needs Linux: it runs in namespaces');
  if (process.getuid?.() !== 0) throw new UsageError('npm run e2e needs root: it makes namespaces');
  if (!existsSync(join(project, 'dist/minikube'))) throw new UsageError('dist/ is not there; run "npm run synth"');
  debianPackages(DEBIAN);
  const software = installParts(project);
  const parts = await buildParts(project, versions(project).at(-1) ?? '', true);
  if (values.inside !== undefined)
    return runChecks({ project, work: values.inside, parts, software, record: !values['keep-results'] });

  await debian(project);
  const cache = join(project, '.cache/e2e');
  for (const name of readdirSync(cache)) {
    const [, pid] = /^platform-(\d+)$/.exec(name) ?? [];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) await clear(join(cache, name));
  }
  const work = join(cache, `platform-${process.pid}`);
  mkdirSync(work);
  try {
    return await inNamespaces('e2e/platform.ts', [work]);
  } finally {
    await clear(work);
  }
}

/** Removes what outlives the namespaces of a run, also of one that was killed. */
async function clear(work: string): Promise<void> {
  await sweep(CGROUP);
  rmSync(work, { recursive: true, force: true });
}

void runCommand(main);
