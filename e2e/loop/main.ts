/** npm run loop: trains, registers, resolves and serves with the real parts. `--help` says more, README.md the rest. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { inNamespaces, sweep } from '../cluster/linux-namespaces';
import { requireLinuxAndRoot, runProgram } from '../cluster/program';
import { installSoftware, type Software } from '../software/install';
import { CGROUP } from './host';
import { Loop } from './loop';
import { frontend } from './steps/frontend';
import { observability } from './steps/observability';
import { ownEnvironment } from './steps/own-environment';
import { recovery } from './steps/recovery';
import { registry } from './steps/registry';
import { requestLog } from './steps/request-log';
import { seldonProtocol, serveBoth } from './steps/serving';
import { teams } from './steps/teams';
import { startTracking } from './steps/tracking';
import { train, trainInCluster } from './steps/training';
import { users } from './steps/users';

const program = new Command('npm run loop --')
  .description(
    "Proves the data scientist's loop with real parts and no cluster: PostgreSQL, MinIO, MLflow, MLServer, the front end " +
      'and Chromium run in containers made from the manifests of the starting environment, by runc.',
  )
  .addOption(new Option('--inside').hideHelp())
  .addHelpText(
    'after',
    `
Needs Linux, root, Go, Node and Debian's apt-get for what is missing. What it installs is kept in .cache/software; what it
starts is in namespaces of its own, and gone when it ends.`,
  );

/** Each needs what the ones before it made. */
const STEPS = [
  startTracking,
  train,
  serveBoth,
  observability,
  requestLog,
  recovery,
  seldonProtocol,
  ownEnvironment,
  trainInCluster,
  users,
  teams,
  registry,
  frontend,
];

async function main({ inside }: { readonly inside?: true }): Promise<number> {
  requireLinuxAndRoot();
  const project = process.cwd();
  const software = installSoftware(project);
  const work = join(project, '.cache/loop');
  mkdirSync(work, { recursive: true });
  if (inside) return goRound(project, software, work);
  try {
    return await inNamespaces('e2e/loop/main.ts');
  } finally {
    await sweep(CGROUP);
  }
}

/** @returns the exit code */
async function goRound(project: string, software: Software, work: string): Promise<number> {
  const loop = new Loop(project, software, work);
  try {
    for (const step of STEPS) {
      await step(loop);
      if (loop.checks.failed) break;
    }
  } finally {
    await loop.end();
  }
  process.stdout.write(loop.checks.toString());
  return loop.checks.failed ? 1 : 0;
}

void runProgram(program, main);
