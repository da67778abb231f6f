/** npm run e2e:monitoring: Prometheus and Alertmanager, and what they scrape. `--help` says more, README.md the rest. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { buildAlertmanager, buildPrometheus, buildPrometheusOperator } from '../cluster/build/monitoring';
import { Checks } from '../cluster/checks';
import { inNamespaces, sweep } from '../cluster/linux-namespaces';
import { requireLinuxAndRoot, runProgram } from '../cluster/program';
import { CGROUP } from '../loop/host';
import { installExporter, installSoftware } from '../software/install';
import { BRIDGE_ADDRESS } from '../store/networks';
import { Alertmanager } from './alertmanager';
import { ClusterApi } from './cluster-api';
import { discovered } from './discovery';
import { here } from './faster';
import { ALWAYS, endure, FAULTS, missing, waitFor } from './faults';
import { Load } from './load';
import { DETECTOR, MODELS } from './models';
import { Platform } from './platform';
import { API_PORT, Prometheus } from './prometheus';
import { publish } from './publishing';
import { everyTargetIsUp, Findings, seriesAreAsEstimated } from './scraped';

const program = new Command('npm run e2e:monitoring --')
  .description(
    'Proves monitoring with real parts: Prometheus, configured by the code of its operator, scrapes the pods of the platform, ' +
      'which run by runc; every rule and panel finds its series; faults are planted, and Alertmanager tells of each.',
  )
  .option('--only <text>', 'of the faults, those with this text in their names')
  .addOption(new Option('--inside').hideHelp())
  .addHelpText('after', '\nNeeds Linux, root, Go and Node. What it builds and installs is kept in .cache.');

interface Options {
  readonly inside?: true;
  readonly only?: string;
}

/** What runs beside the platform. */
interface Programs {
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly generator: string;
}

async function main({ inside, only = '' }: Options): Promise<number> {
  requireLinuxAndRoot();
  const project = process.cwd();
  const programs = {
    generator: await buildPrometheusOperator(project),
    prometheus: join(await buildPrometheus(project), 'prometheus'),
    alertmanager: join(await buildAlertmanager(project), 'alertmanager'),
  };
  const software = installSoftware(project);
  const exporter = installExporter(project);
  const work = join(project, '.cache/monitoring');
  mkdirSync(work, { recursive: true });
  if (inside) return watch(new Platform(project, software, exporter, work), programs, only);
  try {
    return await inNamespaces('e2e/monitoring/main.ts');
  } finally {
    await sweep(CGROUP);
  }
}

/** @returns the exit code */
async function watch(platform: Platform, programs: Programs, only: string): Promise<number> {
  const checks = new Checks();
  const api = new ClusterApi(discovered(platform));
  const prometheus = new Prometheus(join(platform.work, 'prometheus'), programs.prometheus);
  const alertmanager = new Alertmanager(join(platform.work, 'alertmanager'), programs.alertmanager);
  const load = new Load(platform);
  try {
    await startAll(checks, platform);
    await checks.check("the operator's code takes the monitors and rules, and makes a configuration", () =>
      prometheus.configure(programs.generator, platform.manifests),
    );
    await api.listen(BRIDGE_ADDRESS, API_PORT);
    await checks.check('Alertmanager is ready', () => alertmanager.start());
    await checks.check('Prometheus is ready', () => prometheus.start());
    if (checks.failed) return report(checks);
    await checks.check('every target is up', () => everyTargetIsUp(prometheus, platform));
    load.start();
    await checks.check('nobody is told of anything under load, but that the operator is not here', async () => {
      await sleep(here('15m') * 1000 + 30_000);
      await waitFor(10, () => missing(ALWAYS, alertmanager.firing));
      const count = alertmanager.takeSeen().length;
      if (count > ALWAYS.length) throw new Error(JSON.stringify(alertmanager.firing));
      return `${count} alert`;
    });
    const findings = new Findings(prometheus, platform.manifests);
    await checks.check('rules and panels find something under load', () => findings.look());
    await seriesAreAsEstimated(checks, prometheus, platform);
    for (const fault of FAULTS.filter(({ what }) => what.includes(only))) {
      const go = () => endure({ platform, load, alertmanager, findings }, fault);
      await checks.check(`${fault.what}: its alerts and no others, which end`, () =>
        fault.without ? load.without(fault.without, go) : go(),
      );
    }
    await findings.judge(checks);
  } finally {
    await load.end();
    prometheus.end();
    alertmanager.end();
    api.end();
    await platform.end();
  }
  return report(checks);
}

function report(checks: Checks): number {
  process.stdout.write(checks.toString());
  return checks.failed ? 1 : 0;
}

async function startAll(checks: Checks, platform: Platform): Promise<void> {
  const ready = (pod: string) => checks.check(`${pod} is ready`, () => platform.start(pod));
  await ready('postgresql-0');
  await ready('minio-0');
  await checks.check('the bucket and its users are set up', () => platform.complete('minio-system', 'minio-setup'));
  await ready('mlflow-0');
  await checks.check('the models are published', () => publish(platform));
  for (const { name } of MODELS) await ready(name);
  await ready(`${DETECTOR}-0`);
  await ready('fe-deployment-0');
}

void runProgram(program, main);
