/** Holds charts/seldon/expansion/expansion.ts to what the real operator made, object by object. */

import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { loadEnvironment } from '../../charts/environment/environments';
import { isMapping } from '../../charts/lib/mapping';
import { imagesFor } from '../../charts/rendering/images-of';
import { expand } from '../../charts/seldon/expansion/expansion';
import type { MadeObject, SeldonDeploymentJson } from '../../charts/seldon/expansion/seldon-json';
import { type Cluster, list } from '../cluster/cluster';
import { type Environment, ofKind } from '../cluster/environments';
import type { KubernetesObject, List } from '../cluster/objects';

interface Made extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly ownerReferences?: readonly { readonly kind: string }[] };
  readonly spec: Readonly<Record<string, unknown>>;
}

const EXPECTED = 'expected';
/** What the operator makes that the platform looks at. */
const KINDS = ['deployments', 'services', 'horizontalpodautoscalers', 'poddisruptionbudgets', 'scaledobjects'];
/** What the API server deals out, different each time; and the graph as the operator has filled it in, for the executor. */
const DEALT = ['clusterIP', 'clusterIPs'];
const GRAPH = 'ENGINE_PREDICTOR';

export async function expansionHolds(cluster: Cluster, env: Environment): Promise<string> {
  const namespaces = [...new Set(ofKind(env, 'SeldonDeployment').map(({ metadata }) => metadata.namespace ?? ''))];
  const expected = byTitle(await defaulted(cluster, namespaces, expansionOf(env)));
  const made = byTitle(await madeByOperator(cluster, namespaces));
  const scaled = scaledBy([...made.values()]);
  const differences = [
    ...[...made.keys()].filter((name) => !expected.has(name)).map((name) => `${name} is not expected`),
    ...[...expected.keys()].filter((name) => !made.has(name)).map((name) => `${name} was not made`),
    ...[...expected].flatMap(([name, object]) => {
      const found = made.get(name);
      const hidden = scaled.has(name) ? [...DEALT, 'replicas'] : DEALT;
      return found ? differ(name, comparable(object, hidden), comparable(found, hidden)) : [];
    }),
  ];
  if (differences.length > 0) throw new Error(`${differences.length} differences:\n${differences.join('\n')}`);
  return `${made.size} objects, every field`;
}

function expansionOf(env: Environment) {
  const resolved = imagesFor(loadEnvironment(join(env.home, 'environments'), env.name));
  const deployments = ofKind<KubernetesObject & SeldonDeploymentJson>(env, 'SeldonDeployment');
  return deployments
    .flatMap((deployment) => expand(deployment, resolved))
    .map((object) => asOf116(object, defaultUser(env)));
}

/** The operator that is built here is 1.16.0, which writes its securityContext over that of each pod; 1.17.1 does not. */
function asOf116(object: MadeObject, runAsUser: number): MadeObject {
  if (object.kind !== 'Deployment') return object;
  const { template, ...spec } = object.spec as { readonly template: { readonly spec: object } };
  const pod = { ...template.spec, securityContext: { runAsUser } };
  return { ...object, spec: { ...spec, template: { ...template, spec: pod } } };
}

/** The user that the operator is told to give pods. */
function defaultUser(env: Environment): number {
  const [, said] = /"name":"DEFAULT_USER_ID","value":"(\d+)"/.exec(JSON.stringify(ofKind(env, 'Deployment'))) ?? [];
  if (said === undefined) throw new Error(`${env.name} does not say DEFAULT_USER_ID of the operator`);
  return Number(said);
}

/** The objects with all that the API server adds, which asks for a namespace where they are not there yet. */
async function defaulted(
  cluster: Cluster,
  namespaces: readonly string[],
  objects: readonly object[],
): Promise<readonly Made[]> {
  await cluster.run(['create', 'namespace', EXPECTED]);
  const elsewhere = namespaces.reduce(
    (text, name) => text.replaceAll(`"namespace":"${name}"`, `"namespace":"${EXPECTED}"`),
    JSON.stringify(objects),
  );
  const items = JSON.parse(elsewhere) as object[];
  // Warned of: the containers of a graph have ports of one name, as the operator makes them.
  const { code, stdout, stderr } = await cluster.kubectl(
    ['create', '--dry-run=server', '-o', 'yaml', '-f', '-'],
    list(items),
  );
  if (code !== 0) throw new Error(stderr);
  await cluster.run(['delete', 'namespace', EXPECTED, '--wait=false']);
  return loadAll(stdout) as Made[];
}

async function madeByOperator(cluster: Cluster, namespaces: readonly string[]): Promise<readonly Made[]> {
  const known = (await cluster.run(['api-resources', '-o', 'name'])).split('\n').map((name) => name.split('.')[0]);
  const kinds = KINDS.filter((kind) => known.includes(kind));
  const { items } = await cluster.get<List<Made>>('-A', kinds.join());
  return items.filter(
    ({ metadata: { namespace = '', ownerReferences = [] } }) =>
      namespaces.includes(namespace) && ownerReferences.some(({ kind }) => kind === 'SeldonDeployment'),
  );
}

const byTitle = (objects: readonly Made[]) =>
  new Map(objects.map((object): [string, Made] => [`${object.kind} ${object.metadata.name}`, object]));

/** Whose number of pods an autoscaler sets, within seconds of its being made. */
function scaledBy(objects: readonly Made[]): ReadonlySet<string> {
  const scalers = objects.filter(({ kind }) => kind === 'HorizontalPodAutoscaler');
  const targets = scalers.map(({ spec }) => spec.scaleTargetRef as { readonly kind: string; readonly name: string });
  return new Set(targets.map(({ kind, name }) => `${kind} ${name}`));
}

function comparable({ metadata, spec }: Made, hidden: readonly string[]): unknown {
  const kept = Object.entries(spec).filter(([name]) => !hidden.includes(name));
  return { labels: metadata.labels, spec: Object.fromEntries(kept) };
}

/** Each place where the two differ. */
function differ(path: string, expected: unknown, found: unknown): string[] {
  if (path.endsWith(`.${GRAPH}`)) return [];
  if (isMapping(expected) && isMapping(found)) {
    const names = new Set([...Object.keys(expected), ...Object.keys(found)]);
    return [...names].flatMap((name) => differ(`${path}.${name}`, expected[name], found[name]));
  }
  if (Array.isArray(expected) && Array.isArray(found)) return differ(path, named(expected), named(found));
  const [one, other] = [JSON.stringify(expected), JSON.stringify(found)];
  return one === other ? [] : [`${path}: expected ${one}, the operator made ${other}`];
}

/** The items of a list, by their names where they have any. */
const named = (items: readonly unknown[]) =>
  Object.fromEntries(
    items.map((item, index) => [isMapping(item) && typeof item.name === 'string' ? item.name : index, item]),
  );
