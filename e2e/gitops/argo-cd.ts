/** The real application controller and repository server of Argo CD, as processes, and what they say of the stages. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ArgoCdParts } from '../cluster/build/delivery';
import { accepted, type Cluster } from '../cluster/cluster';
import type { KubernetesObject, List } from '../cluster/objects';
import type { GitOpsTool, Part } from './tool';

const NAMESPACE = 'argocd';
const REDIS = '127.0.0.1:6379';
const REPOSITORY_SERVER = '127.0.0.1:18082';

interface Application extends KubernetesObject {
  readonly status?: {
    readonly sync?: { readonly status?: string; readonly revision?: string };
    readonly health?: { readonly status?: string; readonly message?: string };
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
    readonly operationState?: {
      readonly phase: string;
      readonly message?: string;
      readonly retryCount?: number;
      readonly syncResult?: { readonly revision?: string };
    };
  };
}

export const argoCd = (cluster: Cluster, parts: ArgoCdParts): GitOpsTool => {
  const applications = async () => (await cluster.get<List<Application>>('-n', NAMESPACE, 'applications')).items;
  return {
    name: 'Argo CD',
    settings: (repository) => ({ argoCd: { repository } }),
    start: () => start(cluster, parts),
    notify: async () => {
      const refresh = ['argocd.argoproj.io/refresh=normal', '--overwrite'];
      await cluster.run(['annotate', '-n', NAMESPACE, 'applications', '--all', ...refresh]);
    },
    parts: async () => (await applications()).map(partOf),
    failures: async () => [...(await applications()).flatMap(failuresOf), ...errorsIn(cluster)],
  };
};

/** Starts both, and the Redis that they share, in a cluster that knows their types. */
async function start(cluster: Cluster, { bin, types }: ArgoCdParts): Promise<string> {
  accepted('types', await cluster.kubectl(['apply', '--server-side', '-f', types]));
  await cluster.established('-f', types);
  const labels = { 'app.kubernetes.io/part-of': 'argocd' };
  const metadata = (name: string) => ({ name, namespace: NAMESPACE, labels });
  await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  await cluster.create(
    // What its own release installs, as far as these two read it.
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('argocd-cm'), data: {} },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('argocd-rbac-cm'), data: {} },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: metadata('argocd-secret'),
      stringData: { 'server.secretkey': 'e2e' },
    },
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name: 'default', namespace: NAMESPACE },
      spec: {
        sourceRepos: ['*'],
        destinations: [{ server: '*', namespace: '*' }],
        clusterResourceWhitelist: [{ group: '*', kind: '*' }],
      },
    },
  );
  cluster.launch('redis-server', ['--bind', '127.0.0.1', '--port', '6379', '--save', '', '--appendonly', 'no']);
  const temporary = cluster.file('argo-cd');
  mkdirSync(temporary);
  const env = {
    ...cluster.environment(),
    TMPDIR: temporary,
    ARGOCD_GPG_ENABLED: 'false',
    // It looks at everything again every three minutes otherwise.
    ARGOCD_RECONCILIATION_TIMEOUT: '15s',
    ARGOCD_RECONCILIATION_JITTER: '0s',
    // The cluster that it runs in is that of KUBECONFIG.
    ARGOCD_FAKE_IN_CLUSTER: 'true',
    // It writes what its Deployment mounts an emptyDir for.
    ARGOCD_PLUGINSOCKFILEPATH: temporary,
  };
  cluster.launch(
    join(bin, 'argocd-repo-server'),
    ['--address=127.0.0.1', '--port=18082', '--metrics-port=18083', `--redis=${REDIS}`, '--disable-tls'],
    env,
  );
  cluster.launch(
    join(bin, 'argocd-application-controller'),
    [
      `--namespace=${NAMESPACE}`,
      `--kubeconfig=${cluster.file('admin.json')}`,
      `--repo-server=${REPOSITORY_SERVER}`,
      '--repo-server-plaintext',
      `--redis=${REDIS}`,
      '--metrics-port=18084',
    ],
    env,
  );
  return 'application-controller and repo-server';
}

function partOf({ metadata, status }: Application): Part {
  const { sync, health, operationState, conditions = [] } = status ?? {};
  const said = [
    ...[sync?.status, health?.status, health?.message, operationState?.phase, operationState?.message],
    ...conditions.map(({ type, message }) => `${type}: ${message}`),
  ];
  return {
    name: metadata.name,
    isReady: (commit) => sync?.status === 'Synced' && sync.revision === commit && health?.status === 'Healthy',
    // An operation that is tried again goes on running.
    hasFailed: isFailure(operationState?.phase ?? '') || (operationState?.retryCount ?? 0) > 0,
    said: said.filter((text) => text !== undefined).join(' '),
  };
}

const isFailure = (phase: string) => ['Failed', 'Error'].includes(phase);

/** A failure is over for Argo CD once it has deployed the next commit, so that this tells only those that are left. */
function failuresOf({ metadata, status }: Application): string[] {
  const { phase = '', message, retryCount = 0, syncResult } = status?.operationState ?? {};
  const of = `${metadata.name} at ${syncResult?.revision}`;
  return [
    ...(isFailure(phase) ? [`${of}: ${message}`] : []),
    ...(retryCount > 0 ? [`${of}: ${retryCount} retries`] : []),
  ];
}

/** The failed operations that the controller has logged. */
const errorsIn = (cluster: Cluster) =>
  cluster
    .log('argocd-application-controller')
    .split('\n')
    .filter((line) => /msg="Sync operation to .* failed|Retrying operation/.test(line));
