/** npm run e2e:stack: the platform's own Prometheus, Alertmanager and kube-state-metrics, as they are rendered. `--help` says more. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { buildKubernetes, versions } from '../cluster/build/kubernetes';
import { buildAlertmanager, buildKubeStateMetrics, buildPrometheus } from '../cluster/build/monitoring';
import { Checks } from '../cluster/checks';
import { inNamespaces, sweep } from '../cluster/linux-namespaces';
import { requireCommands, requireLinuxAndRoot, runProgram } from '../cluster/program';
import { CGROUP } from '../loop/host';
import { stackChecks } from './checks';
import { type Programs, Site } from './site';

const program = new Command('npm run e2e:stack --')
  .description(
    'Proves monitoring.stack: embedded: the real Prometheus, Alertmanager and kube-state-metrics run in containers made ' +
      'from the manifests, by runc. A real API server has the pods that are scraped; alerts reach their receivers.',
  )
  .addOption(new Option('--inside').hideHelp())
  .addHelpText('after', '\nNeeds Linux, root, Go and runc. What it builds is kept in .cache/e2e.');

async function main({ inside }: { readonly inside?: true }): Promise<number> {
  requireLinuxAndRoot();
  requireCommands({ go: 'Go 1.26 or later', runc: 'runc', ip: 'iproute2' });
  const project = process.cwd();
  const work = join(project, '.cache/stack');
  mkdirSync(work, { recursive: true });
  const programs: Programs = {
    kubernetes: (await buildKubernetes(project, versions(project).at(-1) ?? '')).kubernetes,
    prometheus: await buildPrometheus(project),
    alertmanager: await buildAlertmanager(project),
    kubeStateMetrics: await buildKubeStateMetrics(project),
  };
  if (inside) return check(project, work, programs);
  try {
    return await inNamespaces('e2e/stack/main.ts');
  } finally {
    await sweep(CGROUP);
  }
}

/** @returns the exit code */
async function check(project: string, work: string, programs: Programs): Promise<number> {
  const checks = new Checks();
  const site = await Site.start(project, work, programs);
  try {
    await stackChecks(checks, site);
  } finally {
    await site.end();
  }
  process.stdout.write(checks.toString());
  return checks.failed ? 1 : 0;
}

void runProgram(program, main);
