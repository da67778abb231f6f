/** What is checked of production on several nodes, in order; the first check that fails ends it. */
import { join } from 'node:path';
import { expectMl } from '../api/deploy-runs';
import { type Check, Checks } from '../cluster/checks';
import { Cluster } from '../cluster/cluster';
import { perform, quickStart } from '../cluster/quick-start';
import { installPlugin, storeOutside } from '../database/archive';
import { Database } from '../database/database';
import { install, wasAllowed } from '../database/operator';
import { startClient } from '../node/client';
import { diagnosis } from '../node/diagnosis';
import { isolate, prepare } from '../node/kubelet-node';
import { type Node, severalNodes } from '../node/nodes';
import { writeResults } from '../node/results';
import { RunningPlatform } from '../node/running-platform';
import { modelAnswersPods } from '../node/services';
import { startNodes } from '../node/several';
import { train } from '../node/training';
import { wineData } from '../software/wine-data';
import { WINE_MODELS } from '../software/wine-models';
import { Certificates } from './certificates';
import { production, rendered } from './environment';
import { Faults } from './faults';
import { CLIENT_IMAGE, imagesOfProduction, storeImage } from './images';
import { podsReachPods, podsReachServices, policiesKnowPods, serverReachesPods, startEchoes } from './nodes';
import { doctorAgrees, installTypes } from './prerequisites';
import type { ProductionProps } from './props';

/** A node for each server of the object store, no two of which are on one. */
const NODES = 4;
/** Of each instance two, and as many again for one that lost its own; four of the store. */
const VOLUMES = 20;

/** @returns the exit code */
export async function checkProduction(props: ProductionProps): Promise<number> {
  const { project, work, parts, software, record, only } = props;
  const nodes = severalNodes(work, NODES);
  isolate(work, nodes);
  const repository = production(project, join(work, 'repository'));
  const checks = new Checks();
  const names = nodes.map(({ name }) => name);
  const cluster = await Cluster.start(parts, join(work, 'cluster'), () => {}, names);
  const certificates = new Certificates(cluster, join(work, 'certificates'));
  try {
    const data = wineData(project, software, work);
    const env = rendered(repository);
    const platform = new RunningPlatform({ project, work, parts, cluster, repository, env, software, data });
    const all = [
      ...severalNodesWork(props, platform, nodes),
      ...(only === 'nodes' ? [] : deployed(props, platform)),
      ...(only === undefined ? new Faults(platform, nodes).checks() : []),
      ...(only === undefined ? [['the operator was forbidden nothing', () => wasAllowed(cluster)] as Check] : []),
    ];
    for (const [name, look] of all) {
      if (await checks.check(name, look)) continue;
      console.error(await diagnosis(cluster));
      break;
    }
  } finally {
    await certificates.stop();
    await cluster.stop();
  }
  process.stdout.write(`Kubernetes ${parts.version}\n\n${checks}`);
  if (record && only === undefined && !checks.failed) writeResults(project, parts, software, checks, RESULTS);
  return checks.failed ? 1 : 0;
}

const RESULTS = { command: 'npm run e2e -- --environment production', file: 'e2e/production/RESULTS.md' };

function severalNodesWork(props: ProductionProps, platform: RunningPlatform, nodes: readonly Node[]): Check[] {
  const { parts, work } = props;
  const { cluster, env } = platform.props;
  return [
    [
      'the images are on the nodes',
      async () => startNodes(cluster, parts, nodes, await imagesOfProduction(props, env)),
    ],
    ['nodes with DNS', () => prepare(cluster, work, { claims: VOLUMES, nodes })],
    ['a pod on each node', () => startEchoes(cluster, nodes)],
    ['pods reach pods of other nodes, by their own addresses', () => podsReachPods(cluster)],
    ['pods reach Services', () => podsReachServices(cluster)],
    ['the API server reaches pods', () => serverReachesPods(cluster)],
    ['policies know pods of other nodes', () => policiesKnowPods(cluster)],
  ];
}

function deployed({ project, work, operator, plugin }: ProductionProps, platform: RunningPlatform): Check[] {
  const { cluster, env } = platform.props;
  const certificates = join(work, 'certificates');
  const deployment = { cluster, env, project };
  const deploy = async (...stages: readonly string[]) => {
    const only = stages.length === 0 ? [] : ['--only', ...stages];
    await expectMl(deployment, ['deploy', env.name, ...only], 0);
    return stages.join(', ');
  };
  const outside = { hostPath: { path: join(work, 'outside'), type: 'DirectoryOrCreate' } };
  return [
    ['types of what does not run', () => installTypes(cluster, project)],
    ['the CloudNativePG operator is installed', () => install(cluster, operator)],
    ['the Barman Cloud plugin is installed', () => installPlugin(cluster, plugin, certificates)],
    ['a bucket outside the platform', () => storeOutside(cluster, storeImage(env), outside)],
    ['doctor finds what the cluster has', () => doctorAgrees(deployment)],
    ['deploy: namespaces', () => deploy('10-setup')],
    [
      'the Secrets are made',
      async () => {
        for (const step of quickStart(project, env).filter(({ stage }) => stage === undefined))
          await perform(cluster, env, project, step);
        return 'by npm run secrets';
      },
    ],
    ['deploy: the operator, database and object store', () => deploy('20-operators', '30-data')],
    ['three instances are ready', () => instancesReady(cluster)],
    ['deploy: MLflow', () => deploy('40-tracking')],
    ['a client in another namespace', () => startClient(platform, CLIENT_IMAGE)],
    ['the models are trained', () => train(platform)],
    ['deploy: everything', () => deploy()],
    ...WINE_MODELS.map((name): Check => [`${name} answers the client`, () => modelAnswersPods(platform, name)]),
  ];
}

async function instancesReady(cluster: Cluster): Promise<string> {
  const database = new Database(cluster);
  await database.healthy();
  return `primary ${await database.primary()}`;
}
