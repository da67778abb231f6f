/** What is wrong with pods, in the words of the kubelet and the scheduler. */
import { conditionOf, type LiveObject, type ObjectJson } from './objects';

/** What keeps an object from being ready, other than that it takes its time. */
export interface Trouble {
  /** The pod that it is about; or what makes pods, where they are refused. */
  readonly subject: ObjectJson;
  /** @default - it is about the whole subject */
  readonly container?: string;
  /** A word of Kubernetes for it, such as "ImagePullBackOff". */
  readonly reason: string;
  readonly message: string;
  /** How often it has happened: restarts of the container, or refusals. */
  readonly times: number;
}

interface ContainerStatus {
  readonly name: string;
  readonly restartCount: number;
  readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
  readonly lastState?: { readonly terminated?: { readonly exitCode: number; readonly reason?: string } };
}

/** What a container waits for as part of its start. */
const STARTING = ['ContainerCreating', 'PodInitializing'];

/** The first trouble of a pod, in the order in which its containers start. */
export function troubleOf(pod: LiveObject): Trouble | undefined {
  const { status } = pod;
  for (const container of containerStatuses(pod)) {
    const { reason, message = '' } = container.state?.waiting ?? {};
    if (reason === undefined || STARTING.includes(reason)) continue;
    const last = container.lastState?.terminated;
    const ended = last ? `it ended with exit code ${last.exitCode}${last.reason ? ` (${last.reason})` : ''}` : '';
    const text = [reason === 'CrashLoopBackOff' ? ended : message, message].find((each) => each !== '') ?? '';
    return { subject: pod, container: container.name, reason, message: text, times: container.restartCount };
  }
  if (status?.phase === 'Failed') {
    return { subject: pod, reason: String(status.reason ?? 'Failed'), message: String(status.message ?? ''), times: 0 };
  }
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'False') {
    return { subject: pod, reason: scheduled.reason ?? 'Unschedulable', message: scheduled.message ?? '', times: 0 };
  }
  return undefined;
}

function containerStatuses({ status }: LiveObject): readonly ContainerStatus[] {
  const of = (name: string) => (status?.[name] as readonly ContainerStatus[] | undefined) ?? [];
  return [...of('initContainerStatuses'), ...of('containerStatuses')];
}

export const isReady = (pod: LiveObject): boolean =>
  pod.status?.phase === 'Succeeded' || conditionOf(pod, 'Ready')?.status === 'True';

const revisionOf = ({ metadata }: LiveObject) =>
  Number(metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);

/**
 * The pods of an object, without those of the version that a rollout is replacing.
 * @param others pods and ReplicaSets of its namespace
 */
export function podsOf(object: LiveObject, others: readonly LiveObject[]): readonly LiveObject[] {
  const selector = selectorOf(object);
  if (selector === undefined) return [];
  const sets = others.filter(({ kind }) => kind === 'ReplicaSet');
  const isOld = (set: LiveObject) =>
    sets.some((other) => ownerOf(other) === ownerOf(set) && revisionOf(other) > revisionOf(set));
  const old = new Set(sets.filter(isOld).map(({ metadata }) => metadata.uid));
  return others.filter(
    (other) =>
      other.kind === 'Pod' &&
      other.metadata.deletionTimestamp === undefined &&
      Object.entries(selector).every(([name, value]) => other.metadata.labels?.[name] === value) &&
      !old.has(ownerOf(other)),
  );
}

const ownerOf = ({ metadata }: LiveObject) => metadata.ownerReferences?.[0]?.uid;

/** The labels of the pods that come of an object; undefined where none do. */
function selectorOf({ kind, metadata, spec }: LiveObject): Readonly<Record<string, string>> | undefined {
  if (kind === 'SeldonDeployment') return { 'seldon-deployment-id': metadata.name };
  if (kind === 'Cluster') return { 'cnpg.io/cluster': metadata.name };
  return (spec?.selector as { matchLabels?: Readonly<Record<string, string>> } | undefined)?.matchLabels;
}
