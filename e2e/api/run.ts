/** The checks in their order, and the table of what they saw. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { Checks } from '../loop/checks';
import { applyAgain, clientSide, kustomization, nothingDiffers } from './apply';
import type { Parts } from './build';
import { Cluster, HOST } from './cluster';
import { committed, type Environment, examples } from './environments';
import { plantedFaults } from './faults';
import { prepare } from './node';
import { playOperator } from './operator';
import { permissions } from './permissions';
import { perform, quickStart } from './quick-start';
import { podsAreAdmitted, versionsAgree } from './seldon-type';
import { policies, services } from './selectors';
import { diagnosis, runCronJobs, settled } from './workloads';

/** @returns the exit code */
export async function runChecks(project: string, work: string, parts: Parts, only?: string[]): Promise<number> {
  isolate(work);
  const checks = new Checks();
  const environments = [...committed(project), examples(project)];
  for (const env of environments.filter(({ name }) => only === undefined || only.includes(name))) {
    console.error(`starting Kubernetes ${parts.version} for ${env.name}`);
    const cluster = await Cluster.start(parts, mkdtempSync(join(work, 'cluster-')));
    try {
      for (const [name, look] of checksOf(cluster, env, project)) {
        const passed = await checks.check(`${env.name}: ${name}`, look);
        if (passed) continue;
        console.error(await diagnosis(cluster));
        break;
      }
    } finally {
      await cluster.stop();
    }
  }
  process.stdout.write(`Kubernetes ${parts.version}\n\n${checks}`);
  return checks.failed ? 1 : 0;
}

/** Each needs what the ones before it made. */
function checksOf(cluster: Cluster, env: Environment, project: string): [string, () => Promise<string>][] {
  return [
    ['a cluster with a node', () => prepare(cluster, env, project)],
    ...quickStart(project, env).map((step): [string, () => Promise<string>] => [
      step.stage === undefined ? 'the Secrets are made' : `${step.stage} is applied`,
      () => perform(cluster, env, project, step),
    ]),
    ["the operator's objects are admitted, made as the operator", () => playOperator(cluster, env)],
    ['every workload has its pods, on the node', () => settled(cluster)],
    ['every CronJob makes a pod', () => runCronJobs(cluster)],
    ['every Service has pods', () => services(cluster, env)],
    ['every policy has pods, every pod policies', () => policies(cluster, env)],
    ['the pods of SeldonDeployments are admitted', () => podsAreAdmitted(cluster, env)],
    ['applying once more changes nothing', () => applyAgain(cluster, env)],
    ['nothing differs from the files', () => nothingDiffers(cluster, env)],
    ['kustomization.yaml has all of it', () => kustomization(cluster, env)],
    ['client-side apply takes the largest object', () => clientSide(cluster, env)],
    ['ServiceAccounts may do their work and no more', () => permissions(cluster, env)],
    ['the versions of SeldonDeployment agree', () => versionsAgree(cluster)],
    ['planted faults are noticed', () => plantedFaults(cluster, env)],
  ];
}

/** Gives the namespaces that this process is in an address for pods, and memory in place of the disk. */
function isolate(work: string): void {
  const commands = [
    ['mount', '-t', 'tmpfs', 'tmpfs', work],
    ['ip', 'link', 'set', 'lo', 'up'],
    ['ip', 'address', 'add', `${HOST}/24`, 'dev', 'lo'],
  ] as const;
  for (const [command, ...args] of commands) {
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  }
}
