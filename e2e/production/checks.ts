/** What is checked of production on several nodes, in order; the first check that fails ends it. */
import { join } from 'node:path';
import { certificatesIssued } from '../api/cert-manager';
import { type Check, Checks } from '../cluster/checks';
import { Cluster } from '../cluster/cluster';
import { Database } from '../database/database';
import { wasAllowed } from '../database/operator';
import { startClient } from '../node/client';
import { deploy, makeSecrets } from '../node/deploying';
import { diagnosis } from '../node/diagnosis';
import { isolate, prepare, startContainerd, startKubelet } from '../node/kubelet-node';
import { type Node, severalNodes } from '../node/nodes';
import { writeResults } from '../node/results';
import { RunningPlatform } from '../node/running-platform';
import { modelAnswersPods } from '../node/services';
import { loadAll } from '../node/several';
import { train } from '../node/training';
import { wineData } from '../software/wine-data';
import { WINE_MODELS } from '../software/wine-models';
import { certManagerPodsWereAllowed } from './cert-manager';
import { production, rendered, VOLUMES } from './environment';
import { Faults } from './faults';
import { CLIENT_IMAGE, imagesOfProduction } from './images';
import { podsReachPods, podsReachServices, policiesKnowPods, serverReachesPods, startEchoes } from './nodes';
import { prerequisites } from './prerequisites';
import type { ProductionProps } from './props';
import { Recovery } from './recovery';
import { resultsOf } from './results';

/** A node for each server of the object store, no two of which are on one. */
const NODES = 4;

/** @returns the exit code */
export async function checkProduction(props: ProductionProps): Promise<number> {
  const { project, work, parts, software, record, only } = props;
  // Those of the cluster that is lost, and those of the one that the platform comes back in.
  const all = severalNodes(work, 2 * NODES);
  const nodes = all.slice(0, NODES);
  isolate(work, all);
  const repository = production(project, join(work, 'repository'));
  const checks = new Checks();
  const names = nodes.map(({ name }) => name);
  const cluster = await Cluster.start(parts, join(work, 'cluster'), () => {}, names);
  const data = wineData(project, software, work);
  const env = rendered(repository);
  const platform = new RunningPlatform({ project, work, parts, cluster, repository, env, software, data });
  const recovery = new Recovery(props, platform, all.slice(NODES));
  try {
    const steps = [
      ...severalNodesWork(props, platform, all, nodes),
      ...(only === 'nodes' ? [] : deployed(props, platform)),
      ...(only === undefined || only === 'faults'
        ? [...new Faults(platform, nodes).checks(), ...allowed(cluster)]
        : []),
      ...(only === undefined || only === 'recovery' ? recovery.checks() : []),
    ];
    for (const [name, look] of steps) {
      if (await checks.check(name, look)) continue;
      console.error(await diagnosis(recovery.cluster));
      break;
    }
  } finally {
    await recovery.cluster.stop();
  }
  process.stdout.write(`Kubernetes ${parts.version}\n\n${checks}`);
  if (record && only === undefined && !checks.failed) writeResults(project, parts, software, checks, resultsOf(props));
  return checks.failed ? 1 : 0;
}

function severalNodesWork(
  props: ProductionProps,
  platform: RunningPlatform,
  all: readonly Node[],
  nodes: readonly Node[],
): Check[] {
  const { project, parts, work } = props;
  const { cluster, env } = platform.props;
  return [
    [
      'the images are on the nodes',
      async () => {
        const layout = await imagesOfProduction(props, env);
        return loadAll(cluster, all, { layout, cache: join(project, '.cache/e2e') });
      },
    ],
    [
      'nodes with DNS',
      () => {
        for (const node of nodes) {
          startContainerd(cluster, node);
          startKubelet(cluster, parts, node);
        }
        return prepare(cluster, work, { claims: VOLUMES, nodes });
      },
    ],
    ['a pod on each node', () => startEchoes(cluster, nodes)],
    ['pods reach pods of other nodes, by their own addresses', () => podsReachPods(cluster)],
    ['pods reach Services', () => podsReachServices(cluster)],
    ['the API server reaches pods', () => serverReachesPods(cluster)],
    ['policies know pods of other nodes', () => policiesKnowPods(cluster)],
  ];
}

function deployed(props: ProductionProps, platform: RunningPlatform): Check[] {
  const { cluster, env } = platform.props;
  return [
    ...prerequisites(props, cluster, env),
    ['deploy: namespaces', () => deploy(platform, '10-setup')],
    ['the Secrets are made', () => makeSecrets(platform)],
    ['deploy: the operator, database and object store', () => deploy(platform, '20-operators', '30-data')],
    ['three instances are ready', () => instancesReady(cluster)],
    ['deploy: MLflow', () => deploy(platform, '40-tracking')],
    ['a client in another namespace', () => startClient(platform, CLIENT_IMAGE)],
    ['the models are trained', () => train(platform)],
    ['deploy: everything', () => deploy(platform)],
    ['cert-manager has issued every certificate', () => certificatesIssued(cluster, env)],
    ...WINE_MODELS.map((name): Check => [`${name} answers the client`, () => modelAnswersPods(platform, name)]),
  ];
}

const allowed = (cluster: Cluster): Check[] => [
  ['the operator of PostgreSQL was forbidden nothing', () => wasAllowed(cluster)],
  ['cert-manager was forbidden nothing', () => certManagerPodsWereAllowed(cluster)],
];

async function instancesReady(cluster: Cluster): Promise<string> {
  const database = new Database(cluster);
  await database.healthy();
  return `primary ${await database.primary()}`;
}
