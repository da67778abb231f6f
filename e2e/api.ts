/** npm run e2e:api: applies dist/ to a real Kubernetes control plane. `--help` says more, README.md the rest. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand, UsageError } from '../cli/command';
import { runChecks } from './api/run';
import { buildParts, versions } from './cluster/build';
import { inNamespaces } from './cluster/namespaces';

const ALL = versions(process.cwd());
const DEFAULT = ALL[ALL.length - 1] ?? '';
const HELP = `Applies every environment of dist/ to a real Kubernetes control plane (etcd, API server, controllers, scheduler, and a
node without containers), and checks what it makes of it.

  npm run e2e:api [-- options]

  --kubernetes VERSION    ${ALL.join(' or ')} (default: ${DEFAULT})
  --environment NAME      this one alone; may be repeated
  --help                  prints this

Needs Linux, root, Go and the commands ip, unshare, setpriv and mount; it installs nothing. Everything is built once, into
.cache/e2e, and runs in namespaces of its own: two runs do not meet, and nothing is left when one ends or is killed.
`;

const COMMANDS = {
  go: 'Go 1.26 or later',
  ip: 'iproute2',
  unshare: 'util-linux',
  setpriv: 'util-linux',
  mount: 'mount',
};

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      kubernetes: { type: 'string', default: DEFAULT },
      environment: { type: 'string', multiple: true },
      inside: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const project = process.cwd();
  if (!ALL.includes(values.kubernetes))
    throw new UsageError(`--kubernetes: ${values.kubernetes} is not ${ALL.join(' or ')}`);
  if (process.platform !== 'linux') throw new UsageError('npm run e2e:api needs Linux: it runs in namespaces');
  if (process.getuid?.() !== 0) throw new UsageError('npm run e2e:api needs root: it makes namespaces');
  if (!existsSync(join(project, 'dist'))) throw new UsageError('dist/ is not there; run "npm run synth"');
  for (const [command, source] of Object.entries(COMMANDS)) {
    if (spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0) {
      throw new UsageError(`npm run e2e:api needs the command ${command}; install ${source}`);
    }
  }
  const work = join(project, '.cache/e2e/run');
  mkdirSync(work, { recursive: true });
  const parts = await buildParts(project, values.kubernetes);
  return values.inside ? runChecks(project, work, parts, values.environment) : inNamespaces('e2e/api.ts');
}

void runCommand(main);
