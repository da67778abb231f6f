/** Holds charts/postgresql/expansion.ts to what the real operator made. */
import { isMapping } from '../../charts/lib/mapping';
import { type ClusterJson, instancesOf, isCluster, servicesOf } from '../../charts/postgresql/expansion';
import type { Cluster } from '../cluster/cluster';
import type { Environment } from '../cluster/environments';
import { type KubernetesObject, type List, title } from '../cluster/objects';

interface Made extends KubernetesObject {
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Each field that it says is in each pod, claim and Service; it leaves fields out, but no container and no Service. */
export async function expansionHolds(cluster: Cluster, env: Environment): Promise<string> {
  const wanted = env.objects.find((object) => isCluster(object)) as ClusterJson | undefined;
  if (wanted === undefined) throw new Error(`${env.name} has no Cluster`);
  const { name, namespace = '' } = wanted.metadata;
  const made = async (kind: string) => {
    const { items } = await cluster.get<List<Made>>('-n', namespace, kind, '-l', `cnpg.io/cluster=${name}`);
    return items;
  };
  const { spec } = instancesOf(wanted);
  const pods = (await made('pods')).filter(({ metadata }) => metadata.labels?.['cnpg.io/podRole'] === 'instance');
  const services = await made('services');
  const claims = await made('pvc');
  const differences = [
    ...pods.flatMap((pod) => missing(title(pod), { metadata: spec.template.metadata, spec: spec.template.spec }, pod)),
    ...pods.flatMap((pod) => surplus(pod, spec.template.spec)),
    ...servicesOf(wanted).flatMap((service) =>
      missing(
        service.metadata.name,
        service,
        services.find(({ metadata }) => metadata.name === service.metadata.name),
      ),
    ),
    ...claims.flatMap((claim) => {
      const suffix = claim.metadata.name.endsWith('-wal') ? 'wal' : 'data';
      const template = spec.volumeClaimTemplates?.find(({ metadata }) => metadata.name === suffix);
      return missing(title(claim), template?.spec, claim.spec);
    }),
    ...count('pods', pods, spec.replicas),
    ...count('Services', services, servicesOf(wanted).length),
    ...count('claims', claims, (spec.replicas ?? 0) * (spec.volumeClaimTemplates?.length ?? 0)),
  ];
  if (differences.length > 0) throw new Error(`${differences.length} differences:\n${differences.join('\n')}`);
  return `${pods.length} pods, ${claims.length} claims, ${services.length} Services`;
}

const count = (what: string, found: readonly unknown[], expected = 0) =>
  found.length === expected ? [] : [`${found.length} ${what}, expected ${expected}`];

/** The containers of a pod that are not expected. */
function surplus(pod: Made, expected: object): string[] {
  const names = (spec: object, field: string) =>
    ((spec as Record<string, readonly { name: string }[] | undefined>)[field] ?? []).map(({ name }) => name);
  return ['initContainers', 'containers'].flatMap((field) =>
    names(pod.spec, field)
      .filter((name) => !names(expected, field).includes(name))
      .map((name) => `${title(pod)} has a container ${name}, which is not expected`),
  );
}

/** Each place where something expected is not there: lists are compared by what their items are known by. */
function missing(path: string, expected: unknown, found: unknown): string[] {
  if (expected === undefined) return [];
  if (isMapping(expected) && isMapping(found))
    return Object.entries(expected).flatMap(([name, value]) => missing(`${path}.${name}`, value, found[name]));
  if (Array.isArray(expected) && Array.isArray(found)) return missing(path, named(expected), named(found));
  const [one, other] = [JSON.stringify(expected), JSON.stringify(found)];
  return one === other ? [] : [`${path}: expected ${one}, the operator made ${other}`];
}

const named = (items: readonly unknown[]) =>
  Object.fromEntries(
    items.map((item, index) => {
      const { mountPath, name = index } = isMapping(item) ? item : {};
      return [String(mountPath ?? name), item];
    }),
  );
