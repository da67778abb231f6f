/** The objects of an environment as the cluster has them. */
import type { Kubectl } from './kubectl';
import { keyOf, type LiveObject, type ObjectJson } from './objects';
import { type ServedTypes, typeOf } from './types';

/** By keyOf(). */
export type LiveObjects = ReadonlyMap<string, LiveObject>;

interface Answer extends LiveObject {
  readonly items?: readonly LiveObject[];
}

/**
 * Asks for each namespace once, so that thousands of models are a few requests.
 * @param objects those that are looked for; what the cluster does not have is not in the answer
 */
export async function liveObjects(
  kubectl: Kubectl,
  types: ServedTypes,
  objects: readonly ObjectJson[],
): Promise<LiveObjects> {
  const resources = new Map<string, Set<string>>();
  for (const object of objects) {
    const type = typeOf(types, object);
    if (!type) continue;
    const namespace = object.metadata.namespace ?? '';
    resources.set(namespace, (resources.get(namespace) ?? new Set()).add(type.resource));
  }
  const found = await Promise.all(
    [...resources].map(([namespace, names]) => list(kubectl, namespace, [...names].join())),
  );
  const wanted = new Set(objects.map(keyOf));
  const entries = found.flat().map((object): [string, LiveObject] => [keyOf(object), object]);
  return new Map(entries.filter(([key]) => wanted.has(key)));
}

/**
 * The objects of some resources in a namespace; '' is what is of the whole cluster.
 * @param resources as kubectl takes them, separated by commas
 * @typeParam T what objects of that kind have
 */
export async function list<T extends LiveObject = LiveObject>(
  kubectl: Kubectl,
  namespace: string,
  resources: string,
  flags: readonly string[] = [],
): Promise<readonly T[]> {
  const where = namespace === '' ? [] : ['--namespace', namespace];
  return itemsOf(await kubectl.json<Answer>(['get', resources, ...where, ...flags])) as readonly T[];
}

/** What kubectl prints of one object is that object; of several, or of none, a list. */
export const itemsOf = (answer: Answer): readonly LiveObject[] =>
  answer.kind === 'List' ? (answer.items ?? []) : [answer];
