/** What invariants are judged on, and the words they are written in. */
import type { RequiredSecret } from '../../../charts/lib/secret';
import { nameOf, type PodView, podsOf, type ServiceView, servicesOf } from '../cluster';
import type { KubernetesObject } from '../platform';
import { containersOf } from '../pod-security';
import { type Brought, NOTHING_BROUGHT } from './brought';

export interface ClusterView {
  readonly objects: readonly KubernetesObject[];
  readonly pods: readonly PodView[];
  readonly services: readonly ServiceView[];
  readonly secrets: readonly RequiredSecret[];
  readonly brought: Brought;
  /** Resources that some container is to have no limit of. */
  readonly unlimited: readonly string[];
}

export function view(
  objects: readonly KubernetesObject[],
  secrets: readonly RequiredSecret[],
  brought: Brought = NOTHING_BROUGHT,
  unlimited: readonly string[] = [],
): ClusterView {
  return { objects, secrets, brought, unlimited, pods: podsOf(objects), services: servicesOf(objects) };
}

/** A part of an object of any kind. */
export type Any = KubernetesObject['spec'];
/** Lists what breaks an invariant. */
export type Check = (cluster: ClusterView) => string[];

export const ofKind = ({ objects }: ClusterView, ...kinds: string[]) =>
  objects.filter(({ kind }) => kinds.includes(kind));
export const has = ({ objects }: ClusterView, kind: string, namespace: string | undefined, name: string) =>
  objects.some(
    (object) => object.kind === kind && object.metadata.namespace === namespace && object.metadata.name === name,
  );

/**
 * Every string in an object that a pattern may match, with the path to it. Most objects have none, the
 * CustomResourceDefinition with its thousands of strings among them: their JSON is looked at as a whole first.
 * @param pattern without "^" and "$", which mean something else in JSON
 */
export function stringsLike(pattern: RegExp, value: unknown): [path: string, text: string][] {
  return pattern.test(JSON.stringify(value)) ? strings(value, '') : [];
}

function strings(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => strings(child, `${path}.${key}`));
}

/** One line for each pod's container that a rule finds fault with. */
export const perContainer =
  (rule: (container: Any, pod: PodView, cluster: ClusterView) => string[]): Check =>
  (cluster) =>
    cluster.pods.flatMap((pod) =>
      containersOf(pod.spec).flatMap((container) =>
        rule(container, pod, cluster).map((fault) => `${pod.owner}, container ${container.name}: ${fault}`),
      ),
    );

/** One line for each fault that a rule finds in a pod. */
export const perPod =
  (rule: (pod: PodView, cluster: ClusterView) => string[]): Check =>
  (cluster) =>
    cluster.pods.flatMap((pod) => rule(pod, cluster).map((fault) => `${pod.owner}: ${fault}`));

export const perObject =
  (rule: (object: KubernetesObject, cluster: ClusterView) => string[]): Check =>
  (cluster) =>
    cluster.objects.flatMap((object) => rule(object, cluster).map((fault) => `${nameOf(object)}: ${fault}`));

/** What the operator adds to pods by itself, as it is and no better. */
export const isOperators = ({ name }: Any) => /^(seldon-container-engine|explainer-model-initializer)$/.test(name);

export const when = (broken: boolean, fault: string) => (broken ? [fault] : []);

const ports = (spec: Any): Any[] => containersOf(spec).flatMap((container) => container.ports ?? []);
export const hasPort = (spec: Any, port: number | string) =>
  ports(spec).some((candidate) => candidate.name === port || candidate.containerPort === port);

/** Whether an object is one of those that lead into the cluster, of which the settings of `access` say what each leads to. */
export const isAccess = ({ metadata }: { readonly metadata: { readonly labels?: Readonly<Record<string, string>> } }) =>
  metadata.labels?.['app.kubernetes.io/name'] === 'access';
