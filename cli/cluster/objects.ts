/** Kubernetes objects, as far as commands that ask a cluster look at them. */
import type { ObjectJson } from '../../charts/lib/workload-json';

export type { ObjectJson };

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** An object as the cluster has it. What it has beyond these fields is its kind's. */
export interface LiveObject extends ObjectJson {
  readonly metadata: ObjectJson['metadata'] & {
    readonly uid?: string;
    readonly generation?: number;
    readonly resourceVersion?: string;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly uid: string }[];
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** Such as "apps" of "apps/v1"; empty for what has no group. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';

/** A kind and its group as kubectl takes them: "Deployment.apps", "Service". */
export function kindOf({ apiVersion, kind }: Pick<ObjectJson, 'apiVersion' | 'kind'>): string {
  const group = groupOf(apiVersion);
  return group === '' ? kind : `${kind}.${group}`;
}

/** Such as "mlflow/mlflow", or the name alone of what is of the whole cluster. */
export const nameOf = ({ metadata: { name, namespace } }: ObjectJson): string =>
  namespace === undefined ? name : `${namespace}/${name}`;

/** What tells an object from all others: kind, group, namespace and name. The version is no part of it. */
export const keyOf = (object: ObjectJson): string => `${kindOf(object)} ${nameOf(object)}`;

/** As a reader names it: "Deployment mlflow/mlflow". */
export const titleOf = (object: ObjectJson): string => `${object.kind} ${nameOf(object)}`;

export const conditionsOf = ({ status }: LiveObject): readonly Condition[] =>
  (status?.conditions as readonly Condition[] | undefined) ?? [];

export const conditionOf = (object: LiveObject, type: string): Condition | undefined =>
  conditionsOf(object).find((condition) => condition.type === type);
