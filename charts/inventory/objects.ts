/** What the sections of an inventory ask of rendered objects. */
import { type ContainerJson, type ObjectJson, type PodJson, podTemplateOf } from '../lib/workload-json';
import { instancesOf, isCluster } from '../postgresql/expansion';
import { expand } from '../seldon/expansion/expansion';
import type { SeldonDeploymentJson } from '../seldon/expansion/seldon-json';

/**
 * The objects of one kind.
 * @typeParam Fields what that kind has beyond the metadata, as far as the caller reads it
 */
export function ofKind<Fields extends object>(
  objects: readonly ObjectJson[],
  kind: string,
): readonly (ObjectJson & Fields)[] {
  return objects.filter((object): object is ObjectJson & Fields => object.kind === kind);
}

/** The pods that an object makes, or that the Seldon operator makes of it: one for each template. */
export function podsOf(object: ObjectJson): readonly PodJson[] {
  if (object.kind === 'SeldonDeployment') {
    return expand(object as unknown as SeldonDeploymentJson).flatMap((made) => podsOf(made));
  }
  const template = podTemplateOf(isCluster(object) ? instancesOf(object) : object);
  return template ? [template.spec] : [];
}

/** All containers of a pod, in the order in which they start. */
export const containersOf = ({ containers, initContainers = [] }: PodJson): readonly ContainerJson[] => [
  ...initContainers,
  ...containers,
];

/** "namespace/name", or the name of what is of the whole cluster. */
export const fullName = ({ metadata: { namespace, name } }: ObjectJson): string =>
  namespace === undefined ? name : `${namespace}/${name}`;
