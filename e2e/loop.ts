/** npm run loop: trains, registers, resolves and serves with the real parts, as dist/ configures them. See README.md. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { installParts } from './loop/install';
import { runLoop } from './loop/run';

const HELP = `Proves the data scientist's loop with real parts and no cluster: PostgreSQL, MinIO, MLflow, MLServer, the
front end and Chromium run in containers made from the manifests of dist/minikube, by runc.

  npm run loop

Needs Linux, root, Go, Node and Debian's apt-get for what is missing. What it installs is kept in .cache/loop; what it
starts is in namespaces of its own, and gone when it ends.
`;

/** Many times what it takes, in ms: what waits longer than this waits for nothing. */
const LIMIT = 40 * 60_000;

function main(args: readonly string[]): Promise<number> | number {
  if (args.includes('--help')) {
    process.stdout.write(HELP);
    return 0;
  }
  const project = process.cwd();
  if (process.platform !== 'linux') throw new Error('npm run loop needs Linux: it runs the parts in containers');
  if (process.getuid?.() !== 0) throw new Error('npm run loop needs root: it makes namespaces and mounts');
  if (!existsSync(join(project, 'dist/minikube'))) throw new Error('dist/minikube is not there; run "npm run synth"');
  const parts = installParts(project);
  if (args[0] === '--inside') return runLoop(project, parts);

  mkdirSync(join(parts.root, 'run'), { recursive: true });
  const self = [process.execPath, join(project, 'scripts/run.mjs'), join(project, 'e2e/loop.ts'), '--inside'];
  // Every process and mount is gone when the first process of these namespaces ends, however it ends.
  const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const { status, error } = spawnSync('unshare', [...namespaces, ...self], {
    stdio: 'inherit',
    timeout: LIMIT,
    killSignal: 'SIGKILL',
  });
  if (error) console.error(`npm run loop: ${error.message}`);
  // runc's control groups are the one thing that outlives them.
  spawnSync('find', ['/sys/fs/cgroup', '-depth', '-type', 'd', '-path', '*/ml-loop*', '-exec', 'rmdir', '{}', ';']);
  return status ?? 1;
}

Promise.resolve()
  .then(() => main(process.argv.slice(2)))
  .then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    },
  );
