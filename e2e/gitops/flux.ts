/** The real controllers of Flux, as processes, and what they say of the stages of an environment. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FluxParts } from '../cluster/build/delivery';
import { accepted, type Cluster } from '../cluster/cluster';
import type { KubernetesObject, List } from '../cluster/objects';
import type { GitOpsTool, Part } from './tool';

const NAMESPACE = 'flux-system';
const SOURCE = 'ml-platform';
const STORAGE = '127.0.0.1:19090';

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

interface Kustomization extends KubernetesObject {
  readonly status?: { readonly conditions?: readonly Condition[]; readonly lastAppliedRevision?: string };
}

interface Event extends KubernetesObject {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count?: number;
  readonly involvedObject: { readonly kind: string; readonly name: string };
}

export const flux = (cluster: Cluster, parts: FluxParts): GitOpsTool => ({
  name: 'Flux',
  settings: (url) => ({ flux: { source: { url } } }),
  start: () => start(cluster, parts),
  notify: async () => {
    const now = `reconcile.fluxcd.io/requestedAt=${new Date().toISOString()}`;
    await cluster.run(['annotate', '-n', NAMESPACE, `gitrepository/${SOURCE}`, now, '--overwrite']);
  },
  parts: async () => (await cluster.get<List<Kustomization>>('-n', NAMESPACE, 'kustomizations')).items.map(partOf),
  failures: async () => [...(await warnings(cluster)), ...errorsIn(cluster)],
});

/** Starts both controllers, in a cluster that knows their types. */
async function start(cluster: Cluster, { bin, types }: FluxParts): Promise<string> {
  accepted('types', await cluster.kubectl(['apply', '--server-side', '-f', types]));
  await cluster.established('-f', types);
  await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  const env = { ...cluster.environment(), RUNTIME_NAMESPACE: NAMESPACE };
  cluster.launch(
    join(bin, 'source-controller'),
    [
      '--metrics-addr=127.0.0.1:18080',
      '--health-addr=127.0.0.1:19440',
      `--storage-addr=${STORAGE}`,
      `--storage-adv-addr=${STORAGE}`,
      `--storage-path=${cluster.file('')}`,
    ],
    env,
  );
  cluster.launch(
    join(bin, 'kustomize-controller'),
    // The documents of Flux advise to look at dependencies more often than each half minute.
    ['--metrics-addr=127.0.0.1:18081', '--health-addr=127.0.0.1:19441', '--requeue-dependency=2s'],
    env,
  );
  return 'source-controller and kustomize-controller';
}

function partOf({ metadata, status }: Kustomization): Part {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return {
    name: metadata.name,
    isReady: (commit) => ready?.status === 'True' && status?.lastAppliedRevision?.endsWith(commit) === true,
    hasFailed: ready?.status === 'False',
    said: `${ready?.reason} ${ready?.message}`,
  };
}

async function warnings(cluster: Cluster): Promise<string[]> {
  const { items } = await cluster.get<List<Event>>('-n', NAMESPACE, 'events');
  return items
    .filter(({ type }) => type === 'Warning')
    .map(({ involvedObject, reason, message, count = 1 }) => `${count}x ${involvedObject.name}: ${reason}: ${message}`);
}

/** What the controllers themselves have logged as errors. */
const errorsIn = (cluster: Cluster) =>
  ['source-controller', 'kustomize-controller'].flatMap((name) =>
    readFileSync(cluster.file(`${name}.log`), 'utf8')
      .split('\n')
      .filter((line) => line.includes('"level":"error"'))
      .map((line) => `${name}: ${line}`),
  );
