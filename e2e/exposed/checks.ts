/** What is checked of a platform on a node that people and programs come to from outside. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { everyHostServed, everyRouteTaken } from '../access/gateway';
import { hostChecks } from '../access/gateway-checks';
import { peopleChecks } from '../access/people-checks';
import { clientChecks, redirectChecks, tokenChecks } from '../access/token-checks';
import { NAMESPACE as CERT_MANAGER, certificatesIssued } from '../api/cert-manager';
import { type Check, Checks } from '../cluster/checks';
import { Cluster } from '../cluster/cluster';
import { finished } from '../cluster/commands';
import { startingEnvironment } from '../cluster/environments';
import { deploy, makeSecrets } from '../node/deploying';
import { diagnosis } from '../node/diagnosis';
import { isolate, prepare, startContainerd, startKubelet } from '../node/kubelet-node';
import { type Node, severalNodes } from '../node/nodes';
import { moduleVersion, writeResults } from '../node/results';
import { RunningPlatform } from '../node/running-platform';
import { loadAll } from '../node/several';
import { train } from '../node/training';
import { certManagerPodsWereAllowed, installCertManagerPods } from '../production/cert-manager';
import { wineData } from '../software/wine-data';
import { Entrance, NAMES } from './entrance';
import { exposed, TEAM_MODELS } from './environment';
import { imagesOfExposed } from './images';
import { loadChecks } from './load-checks';
import { modelChecks } from './model-checks';
import { podChecks } from './pod-checks';
import { EXPOSED_GROUPS, type ExposedGroup, type ExposedProps } from './props';
import { teamChecks } from './team-checks';
import { startTraefik, traefikWasAllowed } from './traefik';

/** @returns the exit code */
export async function checkExposed(props: ExposedProps): Promise<number> {
  const { project, work, parts, software, record, only } = props;
  // In a network of its own, so that this machine is outside.
  const [node] = severalNodes(work, 1);
  if (node === undefined) throw new Error('there is no node');
  isolate(work, [node]);
  const repository = exposed(project, join(work, 'repository'));
  const env = startingEnvironment(repository);
  const checks = new Checks();
  const cluster = await Cluster.start(parts, join(work, 'cluster'), () => {}, [node.name]);
  const data = wineData(project, software, work);
  const platform = new RunningPlatform({ project, work, parts, cluster, repository, env, software, data });
  const entrance = new Entrance(props);
  try {
    for (const [name, look] of [...leadsIn(props, platform, entrance, node), ...deployed(platform, entrance)]) {
      if (!(await checks.check(name, look))) break;
    }
    if (!checks.failed)
      for (const group of EXPOSED_GROUPS.filter((one) => only === undefined || only === one))
        await GROUPS[group](checks, platform, entrance, node);
    if (checks.failed) console.error(await diagnosis(cluster));
  } finally {
    entrance.end();
    await cluster.stop();
  }
  process.stdout.write(`Kubernetes ${parts.version}\n\n${checks}`);
  if (record && only === undefined && !checks.failed) writeResults(project, parts, software, checks, results(project));
  return checks.failed ? 1 : 0;
}

const results = (project: string) => ({
  command: 'npm run e2e -- --environment exposed',
  file: 'e2e/exposed/RESULTS.md',
  versions: {
    Traefik: moduleVersion(project, 'github.com/traefik/traefik/v3', 'kubernetes/traefik'),
    'cert-manager': moduleVersion(project, 'github.com/cert-manager/cert-manager', 'kubernetes/cert-manager'),
    'oauth2-proxy': moduleVersion(project, 'github.com/oauth2-proxy/oauth2-proxy/v7', 'software/oauth2-proxy'),
    'oidc-provider':
      (
        JSON.parse(readFileSync(join(project, 'e2e/software/issuer/package.json'), 'utf8')) as {
          readonly dependencies: Readonly<Record<string, string>>;
        }
      ).dependencies['oidc-provider'] ?? '',
  },
});

type Group = (checks: Checks, platform: RunningPlatform, entrance: Entrance, node: Node) => Promise<void>;

const GROUPS: Readonly<Record<ExposedGroup, Group>> = {
  programs: async (checks, platform, entrance) => {
    await hostChecks(checks, entrance);
    await tokenChecks(checks, entrance);
    await redirectChecks(checks, entrance);
    await modelChecks(checks, platform, entrance);
  },
  people: async (checks, platform, entrance) => {
    // What people look for.
    await clientChecks(checks, entrance);
    await peopleChecks(checks, entrance, platform.expected('mlflow-wine').toFixed(2));
  },
  pods: (checks, platform, _, node) => podChecks(checks, platform, node),
  teams: teamChecks,
  load: async (checks, platform, entrance, node) => {
    await loadChecks(checks, platform, entrance, node);
    const { cluster } = platform.props;
    await checks.check('Traefik was forbidden nothing', () => traefikWasAllowed(cluster));
    await checks.check('cert-manager was forbidden nothing', () => certManagerPodsWereAllowed(cluster));
  },
};

/** The node, and what leads into the cluster. */
function leadsIn(props: ExposedProps, platform: RunningPlatform, entrance: Entrance, node: Node): Check[] {
  const { project, work, parts, traefik, certManager } = props;
  const { cluster, env } = platform.props;
  return [
    [
      'the images are on the node',
      async () => {
        const layout = await imagesOfExposed(props, env);
        return loadAll(cluster, [node], { layout, cache: join(project, '.cache/e2e') });
      },
    ],
    [
      'a node with DNS',
      () => {
        startContainerd(cluster, node);
        startKubelet(cluster, parts, node);
        return prepare(cluster, work, { nodes: [node], hosts: NAMES });
      },
    ],
    ['Traefik runs in pods', () => startTraefik(cluster, traefik)],
    ['cert-manager runs in pods, and looks after Gateways', () => startCertManager(cluster, certManager)],
    ['an authority of its making', () => entrance.makeAuthority(cluster)],
    ['issuers of tokens, outside the cluster', () => entrance.open(node)],
  ];
}

/** As docs/access.md says: its manifest does not have the argument. */
async function startCertManager(cluster: Cluster, parts: ExposedProps['certManager']): Promise<string> {
  const seen = await installCertManagerPods(cluster, parts);
  const place = '/spec/template/spec/containers/0/args/-';
  const patch = JSON.stringify([{ op: 'add', path: place, value: '--enable-gateway-api' }]);
  await cluster.run(['patch', '-n', CERT_MANAGER, 'deployment/cert-manager', '--type=json', '-p', patch]);
  await cluster.run(['rollout', 'status', '-n', CERT_MANAGER, 'deployment/cert-manager', '--timeout=5m']);
  return seen;
}

function deployed(platform: RunningPlatform, entrance: Entrance): Check[] {
  const { cluster, env } = platform.props;
  return [
    ['deploy: namespaces', () => deploy(platform, '10-setup')],
    ['the Secrets are made', () => makeSecrets(platform)],
    ["the issuer's authority is where the proxies are", () => entrance.giveAuthority(cluster)],
    [
      'deploy: the operator, database, object store, MLflow',
      () => deploy(platform, '20-operators', '30-data', '40-tracking'),
    ],
    ['the models are trained', () => train(platform)],
    ['each team has a model', () => giveModels(platform)],
    ['deploy: everything', () => deploy(platform)],
    ['cert-manager has issued a certificate for each host', () => certificatesIssued(cluster, env)],
    ['Traefik has taken every route', async () => `${await everyRouteTaken(cluster)} routes`],
    [
      'every host is served',
      async () => {
        await everyHostServed(entrance.client);
        return 'by the load balancer';
      },
    ],
  ];
}

/** A copy of the same model, in the folder of each. */
function giveModels(platform: RunningPlatform): Promise<string> {
  return platform.forward('minio-system', 'svc/minio', '9000', async () => {
    for (const { place } of TEAM_MODELS)
      finished(await platform.mc('cp', '--recursive', 'root/models/wine/mlflow-wine/1/', `root/${place}/`));
    return TEAM_MODELS.map(({ place }) => place).join(', ');
  });
}
