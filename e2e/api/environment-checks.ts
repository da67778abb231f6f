/** What is checked of an environment, in order. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Parts } from '../cluster/build/parts';
import type { Check, Checks } from '../cluster/checks';
import { Cluster } from '../cluster/cluster';
import type { Environment } from '../cluster/environments';
import { perform, quickStart } from '../cluster/quick-start';
import { diagnosis, runCronJobs, settled } from '../cluster/workloads';
import { applyAgain, clientSide, kustomization, nothingDiffers } from './apply';
import { expansionHolds } from './expansion';
import { nothingDrifts } from './gitops';
import { prepare, startKwok } from './kwok-node';
import { openApiAgrees } from './openapi';
import { operatorWasAllowed, startOperator } from './operator';
import { permissions } from './permissions';
import { plantedFaults } from './planted-faults';
import { allowedChecks, installChecks, madeChecks, type Prerequisites } from './prerequisites';
import { podsAreAdmitted, versionsAgree } from './seldon-type';
import { policies, services } from './selectors';
import { hasTeams, teamsAreApart } from './teams';
import { webhookAgrees } from './webhook';

/** The stage of the operator, which is a process here. */
const OPERATOR_STAGE = '20-operators';

/** Applies an environment to a cluster of its own, and checks what comes of it; the first check that fails ends it. */
export async function checkEnvironment(
  checks: Checks,
  env: Environment,
  project: string,
  work: string,
  parts: Parts,
  built: Prerequisites = {},
): Promise<void> {
  console.error(`starting Kubernetes ${parts.version} for ${env.name}`);
  const folder = mkdtempSync(join(work, 'cluster-'));
  const cluster = await Cluster.start(parts, folder, (started) => startKwok(started, parts));
  try {
    for (const [name, look] of checksOf({ cluster, env, project, parts, built })) {
      if (await checks.check(`${env.name}: ${name}`, look)) continue;
      console.error(await diagnosis(cluster));
      break;
    }
  } finally {
    await cluster.stop();
  }
}

interface Props {
  readonly cluster: Cluster;
  readonly env: Environment;
  readonly project: string;
  readonly parts: Parts;
  readonly built: Prerequisites;
}

/** Each needs what the ones before it made. */
function checksOf({ cluster, env, project, parts, built }: Props): Check[] {
  return [
    ['a cluster with nodes', () => prepare(cluster, env, project, parts)],
    ...installChecks(cluster, env, built),
    ...quickStart(project, env).flatMap((step): Check[] => [
      [
        step.stage === undefined ? 'the Secrets are made' : `${step.stage} is applied`,
        () => perform(cluster, env, project, step),
      ],
      ...(step.stage === OPERATOR_STAGE
        ? [
            [
              'the Seldon operator runs with its account',
              () => startOperator(cluster, env, parts, { hasCertManager: built.certManager !== undefined }),
            ] satisfies Check,
          ]
        : []),
    ]),
    ...madeChecks(cluster, env, built),
    ['every workload has its pods, on a node', () => settled(cluster)],
    ['the operator makes what expansion.ts says', () => expansionHolds(cluster, env)],
    ['the webhook refuses what the tests say', () => webhookAgrees(cluster, env)],
    ['every CronJob makes a pod', () => runCronJobs(cluster)],
    ['every Service has pods', () => services(cluster, env)],
    ['every policy has pods, every pod policies', () => policies(cluster, env)],
    ['the pods of SeldonDeployments are admitted', () => podsAreAdmitted(cluster, env)],
    ['applying once more changes nothing', () => applyAgain(cluster, env, parts.version)],
    ['nothing differs from the files', () => nothingDiffers(cluster, env)],
    ['a GitOps tool sees no difference', () => nothingDrifts(cluster, env)],
    ['kustomization.yaml has all of it', () => kustomization(cluster, env)],
    ['client-side apply takes the largest object', () => clientSide(cluster, env)],
    ['ServiceAccounts may do their work and no more', () => permissions(cluster, env)],
    ...(hasTeams(env) ? [['no team reaches what another has', () => teamsAreApart(cluster, env)] satisfies Check] : []),
    ['its OpenAPI is what manifests are linted by', () => openApiAgrees(cluster, project, parts.version)],
    ['the versions of SeldonDeployment agree', () => versionsAgree(cluster)],
    ['the operator was forbidden nothing', async () => operatorWasAllowed(cluster)],
    ...allowedChecks(cluster, built),
    ['planted faults are noticed', () => plantedFaults(cluster, env)],
  ];
}
