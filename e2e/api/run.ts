/** The checks in their order, and the table of what they saw. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Parts } from '../cluster/build';
import { Checks } from '../cluster/checks';
import { Cluster, HOST, PODS } from '../cluster/cluster';
import { committed, type Environment, examples } from '../cluster/environments';
import { perform, quickStart } from '../cluster/quick-start';
import { applyAgain, clientSide, kustomization, nothingDiffers } from './apply';
import { expansionHolds } from './expansion';
import { plantedFaults } from './faults';
import { prepare, startKwok } from './node';
import { operatorWasAllowed, startOperator } from './operator';
import { permissions } from './permissions';
import { podsAreAdmitted, versionsAgree } from './seldon-type';
import { policies, services } from './selectors';
import { webhookAgrees } from './webhook';
import { diagnosis, runCronJobs, settled } from './workloads';

/** The stage of the Deployment whose work a process does here. */
const OPERATORS = '20-operators';

/** @returns the exit code */
export async function runChecks(project: string, work: string, parts: Parts, only?: string[]): Promise<number> {
  isolate(work, parts);
  const checks = new Checks();
  const environments = [...committed(project), examples(project)];
  for (const env of environments.filter(({ name }) => only === undefined || only.includes(name))) {
    console.error(`starting Kubernetes ${parts.version} for ${env.name}`);
    const cluster = await Cluster.start(parts, mkdtempSync(join(work, 'cluster-')), (cluster) =>
      startKwok(cluster, parts),
    );
    try {
      for (const [name, look] of checksOf(cluster, env, project, parts)) {
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

type Check = [string, () => Promise<string>];

/** Each needs what the ones before it made. */
function checksOf(cluster: Cluster, env: Environment, project: string, parts: Parts): Check[] {
  return [
    ['a cluster with a node', () => prepare(cluster, env, project, parts)],
    ...quickStart(project, env).flatMap((step): Check[] => [
      [
        step.stage === undefined ? 'the Secrets are made' : `${step.stage} is applied`,
        () => perform(cluster, env, project, step),
      ],
      ...(step.stage === OPERATORS
        ? [['the Seldon operator runs with its account', () => startOperator(cluster, env, parts)] satisfies Check]
        : []),
    ]),
    ['every workload has its pods, on the node', () => settled(cluster)],
    ['the operator makes what expansion.ts says', () => expansionHolds(cluster, env)],
    ['the webhook refuses what the tests say', () => webhookAgrees(cluster, env)],
    ['every CronJob makes a pod', () => runCronJobs(cluster)],
    ['every Service has pods', () => services(cluster, env)],
    ['every policy has pods, every pod policies', () => policies(cluster, env)],
    ['the pods of SeldonDeployments are admitted', () => podsAreAdmitted(cluster, env)],
    ['applying once more changes nothing', () => applyAgain(cluster, env, parts.version)],
    ['nothing differs from the files', () => nothingDiffers(cluster, env)],
    ['kustomization.yaml has all of it', () => kustomization(cluster, env)],
    ['client-side apply takes the largest object', () => clientSide(cluster, env)],
    ['ServiceAccounts may do their work and no more', () => permissions(cluster, env)],
    ['the versions of SeldonDeployment agree', () => versionsAgree(cluster)],
    ['the operator was forbidden nothing', async () => operatorWasAllowed(cluster)],
    ['planted faults are noticed', () => plantedFaults(cluster, env)],
  ];
}

/** Gives the namespaces that this process is in addresses of their own, and memory in place of the disk. */
function isolate(work: string, { seldon }: Parts): void {
  const commands = [
    // A /tmp of our own over that of the host, below which the checkout may lie: the operator has its files there, and its account in /run.
    ['mount', '-t', 'tmpfs', 'tmpfs', '/mnt'],
    ['mkdir', '/mnt/upper', '/mnt/work'],
    ['mount', '-t', 'overlay', '-o', 'lowerdir=/tmp,upperdir=/mnt/upper,workdir=/mnt/work', 'overlay', '/tmp'],
    ['mount', '-t', 'tmpfs', 'tmpfs', '/run'],
    ['cp', '-r', join(seldon, 'operator-resources'), '/tmp'],
    ['mount', '-t', 'tmpfs', 'tmpfs', work],
    ['ip', 'link', 'set', 'lo', 'up'],
    ['ip', 'address', 'add', `${HOST}/24`, 'dev', 'lo'],
    // Every pod's address is this machine, where the operator, the one pod that is called, listens.
    ['ip', 'route', 'add', 'local', PODS, 'dev', 'lo'],
  ] as const;
  for (const [command, ...args] of commands) {
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  }
}
