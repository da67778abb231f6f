/** Removes what left dist/ and is still in the cluster. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Kubectl } from '../cluster/kubectl';
import { list } from '../cluster/live';
import { kindOf, type LiveObject, type ObjectJson, titleOf } from '../cluster/objects';

/** What needs a flag of its own, since data or other people's objects go with it. */
export interface PruneFlags {
  readonly pruneNamespaces?: true;
  readonly pruneTypes?: true;
  readonly pruneVolumes?: true;
}

export interface PrunePlan {
  /** In the order in which they are removed. */
  readonly removed: readonly LiveObject[];
  /** What stays, each with why. */
  readonly kept: readonly { readonly object: LiveObject; readonly why: string }[];
}

/** Kinds that others of this list need, last; what is in no line of it comes in between. */
const FIRST = ['SeldonDeployment', 'Workflow', 'CronJob', 'Job'];
const LAST = ['NetworkPolicy', 'RoleBinding', 'ClusterRoleBinding', 'Role', 'ClusterRole', 'ServiceAccount'];
const AT_THE_END = ['PersistentVolumeClaim', 'CustomResourceDefinition', 'Namespace'];

function rankOf({ kind }: ObjectJson): number {
  if (FIRST.includes(kind)) return FIRST.indexOf(kind);
  if (LAST.includes(kind)) return 200 + LAST.indexOf(kind);
  return AT_THE_END.includes(kind) ? 300 + AT_THE_END.indexOf(kind) : 100;
}

/**
 * Decides about each of the objects that left dist/.
 * @param ofOthers what other environments have in this cluster
 */
export async function planOf(
  kubectl: Kubectl,
  left: readonly LiveObject[],
  ofOthers: readonly ObjectJson[],
  flags: PruneFlags,
): Promise<PrunePlan> {
  const decided = await Promise.all(
    [...left]
      .sort((a, b) => rankOf(a) - rankOf(b) || (titleOf(a) < titleOf(b) ? -1 : 1))
      .map(async (object) => ({ object, why: await whyKept(kubectl, object, { left, ofOthers, ...flags }) })),
  );
  return {
    removed: decided.flatMap(({ object, why }) => (why === undefined ? object : [])),
    kept: decided.flatMap(({ object, why }) => (why === undefined ? [] : { object, why })),
  };
}

interface Circumstances extends PruneFlags {
  readonly left: readonly LiveObject[];
  readonly ofOthers: readonly ObjectJson[];
}

async function whyKept(
  kubectl: Kubectl,
  object: LiveObject,
  { left, ofOthers, pruneNamespaces, pruneTypes, pruneVolumes }: Circumstances,
): Promise<string | undefined> {
  if (ownsVolumes(object) && !pruneVolumes) return 'data goes with it: --prune-volumes removes it';
  switch (kindOf(object)) {
    case 'CustomResourceDefinition.apiextensions.k8s.io': {
      if (!pruneTypes) return 'every object of the type goes with it: --prune-types removes it';
      const others = (await objectsOf(kubectl, object)).filter((other) => !left.some((each) => isSame(each, other)));
      return others[0] && `the cluster has ${titleOf(others[0])}, which would go with it`;
    }
    case 'Namespace': {
      if (!pruneNamespaces) return 'everything in it goes with it: --prune-namespaces removes it';
      const other = ofOthers.find(({ metadata }) => metadata.namespace === object.metadata.name);
      if (other) return `another environment has ${titleOf(other)} in it`;
      if (pruneVolumes) return undefined;
      const [claim] = await list(kubectl, object.metadata.name, 'persistentvolumeclaims');
      return claim && `it has ${titleOf(claim)}, whose data goes with it: --prune-volumes as well removes both`;
    }
    default:
      return undefined;
  }
}

/** Whether deleting an object may delete a volume. */
function ownsVolumes(object: LiveObject): boolean {
  const kind = kindOf(object);
  if (kind === 'PersistentVolumeClaim' || kind === 'PersistentVolume') return true;
  // CloudNativePG's claims belong to the Cluster.
  if (kind === 'Cluster.postgresql.cnpg.io') return true;
  const policy = object.spec?.persistentVolumeClaimRetentionPolicy as { readonly whenDeleted?: string } | undefined;
  return kind === 'StatefulSet.apps' && policy?.whenDeleted === 'Delete';
}

const isSame = (a: ObjectJson, b: ObjectJson) => kindOf(a) === kindOf(b) && titleOf(a) === titleOf(b);

/** Every object of a type. */
async function objectsOf(kubectl: Kubectl, definition: LiveObject): Promise<readonly LiveObject[]> {
  return list(kubectl, '', definition.metadata.name, ['--all-namespaces']);
}

/** Seconds between two looks, and between two words about what is still there. */
const PAUSE = 2;
const HEARTBEAT = 10;

/**
 * Removes them one after the other, each when the one before is gone.
 * @param deadline in milliseconds, as Date.now() has it
 * @param say called with what is done
 * @throws Error where one cannot be removed, or is not gone in time
 */
export async function remove(
  kubectl: Kubectl,
  objects: readonly LiveObject[],
  deadline: number,
  say: (text: string) => void,
): Promise<void> {
  for (const object of objects) {
    const { namespace, name } = object.metadata;
    const where = namespace === undefined ? [] : ['--namespace', namespace];
    const target = [kindOf(object), name, ...where, '--ignore-not-found'];
    say(`removes ${titleOf(object)}`);
    // In the foreground: what belongs to it is gone when it is.
    await kubectl.text(['delete', ...target, '--cascade=foreground', '--wait=false']);
    let said = Date.now();
    while ((await kubectl.text(['get', ...target, '--output=name'])).trim() !== '') {
      if (Date.now() > deadline) throw new Error(`${titleOf(object)} is still being deleted: ${STUCK}`);
      if (Date.now() - said >= HEARTBEAT * 1000) {
        say(`${titleOf(object)} is still being deleted`);
        said = Date.now();
      }
      await wait(PAUSE * 1000, undefined, { signal: kubectl.interruption });
    }
  }
}

const STUCK = 'look at its finalizers and at the controller that has to remove them, then run the same command again';
