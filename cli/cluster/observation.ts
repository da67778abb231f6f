/** How far the objects of an environment have come in the cluster. */
import { refusals } from './events';
import { type Health, healthOf } from './health';
import type { Kubectl } from './kubectl';
import { list, liveObjects } from './live';
import { keyOf, type LiveObject, type ObjectJson } from './objects';
import { isReady, podsOf, type Trouble, troubleOf } from './pods';
import type { ServedTypes } from './types';

export interface Observation {
  readonly rendered: ObjectJson;
  /** @default - the cluster has no such object */
  readonly live?: LiveObject;
  readonly health: Health;
  /** What is wrong with its pods, where it is not ready. */
  readonly troubles: readonly Trouble[];
}

/** Looks at each of these objects, and at the pods of those that are not ready. */
export async function observe(
  kubectl: Kubectl,
  types: ServedTypes,
  objects: readonly ObjectJson[],
): Promise<readonly Observation[]> {
  const live = await liveObjects(kubectl, types, objects);
  const claimsWait = await claimsThatWait(kubectl, [...live.values()]);
  const first = objects.map((rendered) => {
    const found = live.get(keyOf(rendered));
    const health: Health = found
      ? claimsWait(found)
        ? { state: 'ready' }
        : healthOf(found)
      : { state: 'waiting', text: 'is not there' };
    return { rendered, live: found, health };
  });
  const unready = first.filter(({ health, live: found }) => found && health.state !== 'ready');
  const namespaces = [...new Set(unready.flatMap(({ rendered }) => rendered.metadata.namespace ?? []))];
  const surroundings = new Map(
    await Promise.all(namespaces.map(async (name) => [name, await surroundingsOf(kubectl, name)] as const)),
  );
  return first.map((observation) => {
    const { live: found, health } = observation;
    const around = surroundings.get(found?.metadata.namespace ?? '');
    return { ...observation, troubles: found && around && health.state !== 'ready' ? troublesOf(found, around) : [] };
  });
}

/** What may say why something in a namespace is not ready. */
interface Surroundings {
  readonly objects: readonly LiveObject[];
  readonly refused: readonly Trouble[];
}

async function surroundingsOf(kubectl: Kubectl, namespace: string): Promise<Surroundings> {
  const [objects, refused] = await Promise.all([
    list(kubectl, namespace, 'pods,replicasets.apps'),
    refusals(kubectl, namespace),
  ]);
  return { objects, refused };
}

function troublesOf(object: LiveObject, { objects, refused }: Surroundings): readonly Trouble[] {
  const pods = podsOf(object, objects);
  if (pods.length > 0) return pods.filter((pod) => !isReady(pod)).flatMap((pod) => troubleOf(pod) ?? []);
  const { kind, metadata } = object;
  const makers = [
    `${kind} ${metadata.name}`,
    ...objects
      .filter((other) => other.kind === 'ReplicaSet' && isOf(other, object))
      .map((other) => `ReplicaSet ${other.metadata.name}`),
  ];
  return refused.filter(({ subject }) => makers.includes(`${subject.kind} ${subject.metadata.name}`));
}

const isOf = ({ metadata }: LiveObject, object: LiveObject) =>
  metadata.ownerReferences?.some(({ uid }) => uid === object.metadata.uid) ||
  metadata.labels?.['seldon-deployment-id'] === object.metadata.name;

/**
 * Claims of a class that binds a volume only when the first pod asks for it are done when they are there: the pod may be
 * one that a CronJob makes next night.
 */
async function claimsThatWait(
  kubectl: Kubectl,
  objects: readonly LiveObject[],
): Promise<(object: LiveObject) => boolean> {
  const isPending = ({ kind, status }: LiveObject) => kind === 'PersistentVolumeClaim' && status?.phase === 'Pending';
  if (!objects.some(isPending)) return () => false;
  const classes = await list<StorageClass>(kubectl, '', 'storageclasses.storage.k8s.io');
  const late = classes
    .filter(({ volumeBindingMode }) => volumeBindingMode === 'WaitForFirstConsumer')
    .map(({ metadata }) => metadata.name);
  return (object) => isPending(object) && late.includes(String(object.spec?.storageClassName));
}

interface StorageClass extends LiveObject {
  readonly volumeBindingMode?: string;
}
