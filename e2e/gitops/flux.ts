/** The real controllers of Flux, as processes, and what they say of the stages of an environment. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildFlux, type FluxParts } from '../cluster/build';
import { accepted, type Cluster, until } from '../cluster/cluster';
import type { KubernetesObject, List } from '../cluster/objects';

export const NAMESPACE = 'flux-system';
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

export { buildFlux };

/** Starts both controllers, in a cluster that knows their types. */
export async function startFlux(cluster: Cluster, { bin, types }: FluxParts): Promise<string> {
  accepted('types', await cluster.kubectl(['apply', '--server-side', '-f', types]));
  await cluster.run(['wait', '--for=condition=Established', '--timeout=60s', '-f', types]);
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

/** Tells Flux that the repository has changed, as its webhook receiver does. */
export async function notify(cluster: Cluster): Promise<void> {
  const now = `reconcile.fluxcd.io/requestedAt=${new Date().toISOString()}`;
  await cluster.run(['annotate', '-n', NAMESPACE, `gitrepository/${SOURCE}`, now, '--overwrite']);
}

/** The Kustomizations, by the names of their stages. */
export async function kustomizations(cluster: Cluster): Promise<Map<string, Kustomization>> {
  const { items } = await cluster.get<List<Kustomization>>('-n', NAMESPACE, 'kustomizations');
  return new Map(items.map((item) => [item.metadata.name, item]));
}

const readyOf = ({ status }: Kustomization) => status?.conditions?.find(({ type }) => type === 'Ready');

/** Whether a stage is ready with a commit. */
export const isReady = (item: Kustomization, commit: string) =>
  readyOf(item)?.status === 'True' && item.status?.lastAppliedRevision?.endsWith(commit) === true;

/**
 * Waits until every stage is ready with a commit.
 * @param names the Kustomizations that there have to be then, and no others
 * @returns the names in the order in which they got ready
 */
export async function everyStage(
  cluster: Cluster,
  commit: string,
  names: readonly string[],
  seconds = 240,
): Promise<string[]> {
  const order: string[] = [];
  await until(`every stage is ready with ${commit}`, seconds, async () => {
    const found = await kustomizations(cluster);
    for (const [name, item] of found) if (isReady(item, commit) && !order.includes(name)) order.push(name);
    const wrong = [...found].filter(([, item]) => !isReady(item, commit));
    const missing = names.filter((name) => !found.has(name));
    const more = [...found.keys()].filter((name) => !names.includes(name));
    if (wrong.length + missing.length + more.length === 0) return undefined;
    const said = wrong.map(([name, item]) => `${name}: ${readyOf(item)?.reason} ${readyOf(item)?.message}`);
    return [...said, ...missing.map((name) => `${name}: missing`), ...more.map((name) => `${name}: still there`)].join(
      '\n',
    );
  });
  return order;
}

/** Waits until a stage has failed with a commit, and gives what is said of it. */
export async function failed(cluster: Cluster, name: string, pattern: RegExp): Promise<string> {
  let message = '';
  await until(`${name} fails`, 120, async () => {
    const found = (await kustomizations(cluster)).get(name);
    const ready = found && readyOf(found);
    message = ready?.message ?? '';
    return ready?.status === 'False' && pattern.test(message) ? undefined : `${ready?.reason}: ${message}`;
  });
  return message;
}

/** Waits until one stage is ready with a commit. */
export async function ready(cluster: Cluster, name: string, commit: string): Promise<void> {
  await until(`${name} is ready with ${commit}`, 180, async () => {
    const found = (await kustomizations(cluster)).get(name);
    return found && isReady(found, commit) ? undefined : JSON.stringify(found && readyOf(found));
  });
}

/** Every failure that Flux has reported, a line each: after each of them it tries again. */
export async function failures(cluster: Cluster): Promise<string[]> {
  const { items } = await cluster.get<List<Event>>('-n', NAMESPACE, 'events');
  return items
    .filter(({ type }) => type === 'Warning')
    .map(({ involvedObject, reason, message, count = 1 }) => `${count}x ${involvedObject.name}: ${reason}: ${message}`);
}

/** What the controllers themselves have logged as errors. */
export const errorsIn = (cluster: Cluster) =>
  ['source-controller', 'kustomize-controller'].flatMap((name) =>
    readFileSync(cluster.file(`${name}.log`), 'utf8')
      .split('\n')
      .filter((line) => line.includes('"level":"error"'))
      .map((line) => `${name}: ${line}`),
  );
