/** What a platform asks of a cluster, summed over the objects that it renders. */
import { quantityValue } from './lib/quantity';
import { podGroups } from './seldon/expansion/pod-groups';
import type { SeldonDeploymentJson } from './seldon/expansion/seldon-json';

/** CPUs, bytes of memory and bytes of persistent volumes. */
export interface Capacity {
  readonly cpu: number;
  readonly memory: number;
  readonly storage: number;
}

interface Container {
  readonly resources?: { readonly requests?: Readonly<Record<string, string | number>> };
}
interface PodSpec {
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
}
interface Workload {
  readonly kind: string;
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: { readonly spec?: PodSpec };
    readonly jobTemplate?: { readonly spec?: { readonly template?: { readonly spec?: PodSpec } } };
    readonly resources?: Container['resources'];
    readonly volumeClaimTemplates?: readonly { readonly spec: { readonly resources: Container['resources'] } }[];
  };
}

const NOTHING: Capacity = { cpu: 0, memory: 0, storage: 0 };

/** The requests of one rendered object, all its replicas together; Jobs count too, since they need their place once. */
export function capacityOf(object: unknown): Capacity {
  const { kind, spec } = object as Workload;
  switch (kind) {
    case 'Deployment':
    case 'StatefulSet':
    case 'Job': {
      const pod = podRequest(spec?.template?.spec);
      const volumes = (spec?.volumeClaimTemplates ?? []).map((claim) => ({
        ...NOTHING,
        storage: amount({ resources: claim.spec.resources }, 'storage'),
      }));
      return times(spec?.replicas ?? 1, sum([pod, ...volumes]));
    }
    case 'CronJob':
      return podRequest(spec?.jobTemplate?.spec?.template?.spec);
    case 'PersistentVolumeClaim':
      return { ...NOTHING, storage: amount({ resources: spec?.resources }, 'storage') };
    case 'SeldonDeployment':
      return sum(
        podGroups(object as SeldonDeploymentJson).map(({ replicas, pod }) => times(replicas, podRequest(pod))),
      );
    default:
      return NOTHING;
  }
}

export function sum(capacities: readonly Capacity[]): Capacity {
  return capacities.reduce(
    (total, { cpu, memory, storage }) => ({
      cpu: total.cpu + cpu,
      memory: total.memory + memory,
      storage: total.storage + storage,
    }),
    NOTHING,
  );
}

/** What the scheduler reserves for a pod: its containers together, or its largest init container where that is more. */
function podRequest(pod: PodSpec | undefined): Capacity {
  const running = sum((pod?.containers ?? []).map(request));
  return (pod?.initContainers ?? []).map(request).reduce(
    (most, init) => ({
      cpu: Math.max(most.cpu, init.cpu),
      memory: Math.max(most.memory, init.memory),
      storage: 0,
    }),
    running,
  );
}

const request = (container: Container): Capacity => ({
  cpu: amount(container, 'cpu'),
  memory: amount(container, 'memory'),
  storage: 0,
});

const amount = (container: Container, name: string) =>
  quantityValue(String(container.resources?.requests?.[name] ?? '0'));

const times = (count: number, { cpu, memory, storage }: Capacity): Capacity => ({
  cpu: cpu * count,
  memory: memory * count,
  storage: storage * count,
});
