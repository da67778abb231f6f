/** What the pods of a namespace ask for at most: all of them, and those that an update starts before it stops others. */
import { SOLVER, solversOf } from '../certificates/solver';
import { podAmount } from '../lib/pod-amount';
import { formatCpu, quantityValue } from '../lib/quantity';
import { type ContainerJson, type PodJson, podTemplateOf, type WorkloadJson } from '../lib/workload-json';
import { instancesOf, isCluster } from '../postgresql/expansion';
import { expand } from '../seldon/expansion/expansion';
import type { SeldonDeploymentJson } from '../seldon/expansion/seldon-json';

export const RESOURCES = ['cpu', 'memory', 'ephemeral-storage'] as const;
export type Resource = (typeof RESOURCES)[number];

/** The amounts of a ResourceQuota, by the names that Kubernetes has for them. */
export const AMOUNTS = [
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
] as const;
export type Amount = (typeof AMOUNTS)[number];

/** The amount of requests of the same resource as an amount of limits; "pods" is neither. */
export const requestOf = (amount: Amount) => amount.replace(/^limits\./, 'requests.') as Amount;

/** What a container gets from the LimitRange that says nothing: those of the platform say all. In CPUs and bytes. */
export const UNSAID = {
  cpu: { request: 0.05, limit: 0.5 },
  memory: { request: 64 * 2 ** 20, limit: 512 * 2 ** 20 },
  'ephemeral-storage': { request: 64 * 2 ** 20, limit: 512 * 2 ** 20 },
} as const satisfies Record<Resource, { request: number; limit: number }>;

/** In CPUs and bytes. A limit is absent where some container has none. */
export interface Demand {
  readonly pods: number;
  readonly requests: Readonly<Record<Resource, number>>;
  readonly limits: Readonly<Partial<Record<Resource, number>>>;
  /** The largest limit of one container. */
  readonly largest: Readonly<Partial<Record<Resource, number>>>;
}

interface Scaled extends WorkloadJson {
  readonly spec?: WorkloadJson['spec'] & {
    readonly strategy?: { readonly type?: string; readonly rollingUpdate?: { readonly maxSurge?: number | string } };
    readonly concurrencyPolicy?: string;
    readonly scaleTargetRef?: { readonly name: string };
    readonly maxReplicas?: number;
    readonly maxReplicaCount?: number;
    readonly workflowSpec?: WorkflowJson;
  };
}

/** A Workflow of Argo, or what a CronWorkflow makes. */
interface WorkflowJson {
  readonly templates?: readonly {
    readonly container: ContainerJson;
    readonly initContainers?: readonly ContainerJson[];
  }[];
}

interface Group {
  readonly namespace: string;
  readonly count: number;
  readonly pod: PodJson;
}

/** What the pods of rendered objects ask for, by namespace. */
export function demands(objects: Iterable<unknown>): Map<string, Demand> {
  const groups = new Map<string, Group[]>();
  for (const object of objects) {
    for (const group of groupsOf(object as Scaled)) {
      groups.set(group.namespace, [...(groups.get(group.namespace) ?? []), group]);
    }
  }
  return new Map([...groups].map(([namespace, own]) => [namespace, demandOf(own)]));
}

export const NO_DEMAND: Demand = demandOf([]);

function groupsOf(object: Scaled): Group[] {
  if (object.kind === 'SeldonDeployment') {
    const made = expand(object as unknown as SeldonDeploymentJson) as unknown as Scaled[];
    return made.flatMap((workload) => group(workload, most(workload, made)));
  }
  if (isCluster(object)) return group(instancesOf(object) as Scaled, object.spec.instances);
  const solvers = solversOf(object);
  if (solvers > 0)
    return [{ namespace: object.metadata.namespace ?? '', count: solvers, pod: { containers: [admitted(SOLVER)] } }];
  return group(object, object.spec?.replicas ?? 1);
}

/** A Deployment that something scales says no number itself. */
function most({ spec, metadata }: Scaled, beside: readonly Scaled[]): number {
  const scaler = beside.find((other) => other.spec?.scaleTargetRef?.name === metadata.name)?.spec;
  return spec?.replicas ?? scaler?.maxReplicas ?? scaler?.maxReplicaCount ?? 1;
}

function group(object: Scaled, replicas: number): Group[] {
  const pod = podTemplateOf(object)?.spec ?? podOfWorkflow(object);
  const { namespace } = object.metadata;
  if (pod === undefined || namespace === undefined) return [];
  return [{ namespace, pod, count: replicas + additional(object, replicas) }];
}

/** Pods that run beside the others for a while. Those that an update replaces count until they have stopped. */
function additional({ kind, spec }: Scaled, replicas: number): number {
  if (kind === 'CronJob' || kind === 'CronWorkflow') return spec?.concurrencyPolicy === 'Allow' ? 1 : 0;
  if (kind !== 'Deployment' || spec?.strategy?.type === 'Recreate') return 0;
  const surge = spec?.strategy?.rollingUpdate?.maxSurge ?? '25%';
  const pods = typeof surge === 'number' ? surge : Math.ceil((replicas * Number.parseInt(surge, 10)) / 100);
  return 2 * pods;
}

/** The pod of a Workflow, with the container that Argo adds, which has what the LimitRange gives. */
function podOfWorkflow({ kind, spec }: Scaled): PodJson | undefined {
  const workflow = kind === 'Workflow' ? (spec as WorkflowJson | undefined) : spec?.workflowSpec;
  const [template] = workflow?.templates ?? [];
  if (!template) return undefined;
  return { containers: [template.container, admitted({ name: 'wait' })], initContainers: template.initContainers };
}

/** A container of somebody else's as it is admitted: what it does not say, it gets from the LimitRange. */
function admitted(container: ContainerJson): ContainerJson {
  const amounts = (which: 'request' | 'limit') =>
    Object.fromEntries(RESOURCES.map((name) => [name, formatAmount(name, UNSAID[name][which])]));
  const { requests, limits } = container.resources ?? {};
  return {
    ...container,
    resources: { requests: { ...amounts('request'), ...requests }, limits: { ...amounts('limit'), ...limits } },
  };
}

function demandOf(groups: readonly Group[]): Demand {
  const total = (what: (pod: PodJson) => number) => groups.reduce((sum, { count, pod }) => sum + count * what(pod), 0);
  const containers = groups.flatMap(({ pod }) => [...pod.containers, ...(pod.initContainers ?? [])]);
  const limited = RESOURCES.filter((name) => containers.every((container) => amount(container, 'limits', name) > 0));
  const each = <T extends Resource>(names: readonly T[], what: (name: T) => number) =>
    Object.fromEntries(names.map((name) => [name, what(name)])) as Record<T, number>;
  return {
    pods: total(() => 1),
    requests: each(RESOURCES, (name) => total((pod) => ofPod(pod, 'requests', name))),
    limits: each(limited, (name) => total((pod) => ofPod(pod, 'limits', name))),
    largest: each(limited, (name) => Math.max(0, ...containers.map((container) => amount(container, 'limits', name)))),
  };
}

const ofPod = (pod: PodJson, kind: 'requests' | 'limits', name: Resource): number =>
  podAmount(pod, (container) => amount(container, kind, name));

/** Where there is a quota of requests the API server admits no container without one: the LimitRange gives it one. */
function amount({ resources }: ContainerJson, kind: 'requests' | 'limits', name: Resource): number {
  const said = resources?.[kind]?.[name];
  if (said !== undefined) return quantityValue(String(said));
  return kind === 'requests' ? UNSAID[name].request : 0;
}

/** One amount of a demand; undefined where nothing bounds it. */
export function amountOf({ pods, requests, limits }: Demand, name: Amount): number | undefined {
  if (name === 'pods') return pods;
  const [kind, resource] = name.split('.') as ['requests' | 'limits', Resource];
  return kind === 'requests' ? requests[resource] : limits[resource];
}

export const givenAmount = (given: string | number): number =>
  typeof given === 'number' ? given : quantityValue(given);

/** As the API server writes it: the largest unit without a fraction. */
export function formatAmount(name: string, value: number): string {
  if (name === 'pods') return String(Math.ceil(value));
  if (name.endsWith('cpu')) return formatCpu(value).replace(/000m$/, '').replace(/^0m$/, '0');
  let [size, unit] = [Math.ceil(value / 2 ** 20), 0];
  if (size === 0) return '0';
  while (size % 1024 === 0 && unit < UNITS.length - 1) [size, unit] = [size / 1024, unit + 1];
  return `${size}${UNITS[unit]}`;
}

const UNITS = ['Mi', 'Gi', 'Ti', 'Pi'];
