/** npm run loop: trains, registers, resolves and serves with the real parts, as dist/ configures them. See README.md. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand, UsageError } from '../cli/command';
import { inNamespaces, sweep } from './cluster/namespaces';
import { installParts } from './loop/install';
import { CGROUP } from './loop/pod';
import { runLoop } from './loop/run';

const HELP = `Proves the data scientist's loop with real parts and no cluster: PostgreSQL, MinIO, MLflow, MLServer, the
front end and Chromium run in containers made from the manifests of dist/minikube, by runc.

  npm run loop

Needs Linux, root, Go, Node and Debian's apt-get for what is missing. What it installs is kept in .cache/loop; what it
starts is in namespaces of its own, and gone when it ends.
`;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { inside: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const project = process.cwd();
  if (process.platform !== 'linux') throw new UsageError('npm run loop needs Linux: it runs the parts in containers');
  if (process.getuid?.() !== 0) throw new UsageError('npm run loop needs root: it makes namespaces and mounts');
  if (!existsSync(join(project, 'dist/minikube')))
    throw new UsageError('dist/minikube is not there; run "npm run synth"');
  const parts = installParts(project);
  if (values.inside) return runLoop(project, parts);

  mkdirSync(join(parts.root, 'run'), { recursive: true });
  try {
    return await inNamespaces('e2e/loop.ts');
  } finally {
    await sweep(CGROUP);
  }
}

void runCommand(main);
