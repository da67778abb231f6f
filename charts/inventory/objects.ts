/** Rendered objects as an inventory reads them: JSON, as it stands in dist/. */
import { expand } from '../seldon/expansion/expansion';
import type { SeldonDeploymentJson } from '../seldon/expansion/seldon-json';

/** A Kubernetes object; its fields beyond the metadata are those of its kind. */
export interface ObjectJson {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

export interface ContainerJson {
  readonly name: string;
  readonly image?: string;
  readonly resources?: ResourcesJson;
  readonly env?: readonly {
    readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string; readonly key: string } };
  }[];
  readonly envFrom?: readonly { readonly secretRef?: { readonly name: string } }[];
}

export interface ResourcesJson {
  readonly requests?: Readonly<Record<string, string | number>>;
  readonly limits?: Readonly<Record<string, string | number>>;
}

export interface PodJson {
  readonly containers: readonly ContainerJson[];
  readonly initContainers?: readonly ContainerJson[];
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly volumes?: readonly {
    readonly secret?: { readonly secretName: string; readonly items?: readonly { readonly key: string }[] };
  }[];
}

/** The fields that say where a kind has its pods. */
interface Workload extends ObjectJson {
  readonly spec?: {
    readonly template?: { readonly spec: PodJson };
    readonly jobTemplate?: { readonly spec: { readonly template: { readonly spec: PodJson } } };
  };
}

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
  const { kind, spec } = object as Workload;
  if (kind === 'SeldonDeployment') {
    return expand(object as unknown as SeldonDeploymentJson).flatMap((made) => podsOf(made));
  }
  return [spec?.template?.spec, spec?.jobTemplate?.spec.template.spec].filter((pod) => pod !== undefined);
}

/** All containers of a pod, in the order in which they start. */
export const containersOf = ({ containers, initContainers = [] }: PodJson): readonly ContainerJson[] => [
  ...initContainers,
  ...containers,
];

/** "namespace/name", or the name of what is of the whole cluster. */
export const fullName = ({ metadata: { namespace, name } }: ObjectJson): string =>
  namespace === undefined ? name : `${namespace}/${name}`;
