/** The starting environment as it is now, deployed over what an earlier release rendered of it. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Parts } from '../cluster/build/parts';
import { type Check, type Checks, same } from '../cluster/checks';
import { Cluster } from '../cluster/cluster';
import { blocksBelow, runDocumented } from '../cluster/documents';
import { type Environment, releasedEnvironment, startingEnvironment } from '../cluster/environments';
import { type KubernetesObject, type List, title } from '../cluster/objects';
import { Repository } from '../cluster/repository';
import { diagnosis, settled } from '../cluster/workloads';
import { type Deployment, expectMl, OperatorKeeper, secretsOf } from './deploy-runs';
import { prepare, startKwok } from './kwok-node';

/** What an upgrade must not make anew: what holds data, and what goes with it when it is deleted. */
const LASTING = 'namespaces,customresourcedefinitions,persistentvolumeclaims,secrets,statefulsets,seldondeployments';

export async function checkUpgrade(
  checks: Checks,
  release: string,
  project: string,
  work: string,
  parts: Parts,
): Promise<void> {
  console.error(`starting Kubernetes ${parts.version} for an upgrade from ${release}`);
  const env = startingEnvironment(Repository.init(project, join(work, `after-${release}`)));
  const before = releasedEnvironment(project, release);
  const cluster = await Cluster.start(parts, mkdtempSync(join(work, 'cluster-')), (started) =>
    startKwok(started, parts),
  );
  const deployment: Deployment = { cluster, env, project };
  let keeper: OperatorKeeper | undefined;
  let lasting: ReadonlyMap<string, string> = new Map();
  const steps: Check[] = [
    ['a cluster with a node', () => prepare(cluster, env, project, parts)],
    [
      'it is applied',
      async () => {
        keeper = new OperatorKeeper(deployment, parts);
        const applied = await applyReleased(deployment, before);
        lasting = await lastingObjects(cluster);
        return applied;
      },
    ],
    ['the present one is deployed over it', () => upgrade(deployment)],
    ['what holds data is what it was', () => kept(cluster, lasting)],
    ['what is left over is pruned, and nothing else is', () => pruned(deployment)],
    ['what holds data is still what it was', () => kept(cluster, lasting)],
  ];
  try {
    for (const [name, look] of steps) {
      if (await checks.check(`upgrade from ${release}: ${name}`, look)) continue;
      console.error(await diagnosis(cluster));
      break;
    }
  } finally {
    await keeper?.stop();
    await cluster.stop();
  }
}

/** Applies the files of a release stage by stage, with the Secrets that they name. */
async function applyReleased(deployment: Deployment, before: Environment): Promise<string> {
  const { cluster } = deployment;
  for (const stage of before.stages) {
    await cluster.run(['apply', '--server-side', '-f', join(before.folder, stage)]);
    if (stage === '10-setup') {
      const secrets = loadAll(await secretsOf(deployment)) as KubernetesObject[];
      await cluster.create(...secrets.filter((secret) => isNamed(before, secret)));
    }
    if (stage === '20-operators')
      await cluster.run(['wait', '-n', 'seldon-system', '--for=condition=Available', 'deployment', '--all']);
  }
  return `${before.stages.length} stages; ${await settled(cluster)}`;
}

/** Whether an object beside a Secret names it. */
function isNamed({ objects }: Environment, { metadata }: KubernetesObject): boolean {
  return objects.some(
    (object) =>
      (object.metadata.namespace ?? metadata.namespace) === metadata.namespace &&
      JSON.stringify(object).includes(`"${metadata.name}"`),
  );
}

/** Makes the Secrets that are new, as the operations say, and deploys. */
async function upgrade(deployment: Deployment): Promise<string> {
  const { cluster, env, project } = deployment;
  await expectMl(deployment, ['deploy', env.name, '--only', '10-setup'], 0);
  for (const { text } of blocksBelow(project, 'docs/operations.md', 'To a new release of this project'))
    await runDocumented(cluster, text, { project, home: env.home });
  return lastLine(await expectMl(deployment, ['deploy', env.name], 0));
}

/** What the earlier release had and this one has not, such as a Job whose name changes with what it does; then all is as in dist/. */
async function pruned(deployment: Deployment): Promise<string> {
  const said = await expectMl(deployment, ['deploy', deployment.env.name, '--prune', '--yes'], 0);
  await expectMl(deployment, ['status', deployment.env.name], 0);
  return lastLine(said);
}

async function lastingObjects(cluster: Cluster): Promise<ReadonlyMap<string, string>> {
  const { items } = await cluster.get<List>('-A', LASTING);
  return new Map(items.map((object) => [title(object), object.metadata.uid ?? '']));
}

/** @throws Error where one is gone, or another one has its name */
async function kept(cluster: Cluster, before: ReadonlyMap<string, string>): Promise<string> {
  const now = await lastingObjects(cluster);
  same(
    [...before].filter(([name, uid]) => now.get(name) !== uid).map(([name]) => name),
    [],
  );
  return `${before.size} objects`;
}

const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? '';
