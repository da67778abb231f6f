/** What a platform asks of a cluster, summed over the objects that it renders. */
import { podAmount } from '../lib/pod-amount';
import { quantityValue } from '../lib/quantity';
import { type ClaimJson, podTemplateOf, type ResourcesJson, type WorkloadJson } from '../lib/workload-json';
import { instancesOf, isCluster } from '../postgresql/expansion';
import { type PodGroup, podGroups } from '../seldon/expansion/pod-groups';
import type { SeldonDeploymentJson } from '../seldon/expansion/seldon-json';

/** CPUs, bytes of memory and bytes of persistent volumes. */
export interface Capacity {
  readonly cpu: number;
  readonly memory: number;
  readonly storage: number;
}

const NOTHING: Capacity = { cpu: 0, memory: 0, storage: 0 };

/** The requests of one rendered object, all its replicas together; Jobs count too, since they need their place once. */
export function capacityOf(object: unknown): Capacity {
  const rendered = object as WorkloadJson;
  if (isCluster(rendered)) return capacityOf(instancesOf(rendered));
  switch (rendered.kind) {
    case 'SeldonDeployment':
      return sum(
        podGroups(object as SeldonDeploymentJson).map(({ replicas, pod }) => times(replicas, podRequest(pod))),
      );
    case 'PersistentVolumeClaim':
      return claimRequest(object as ClaimJson);
    default: {
      const template = podTemplateOf(rendered);
      if (template === undefined) return NOTHING;
      const { replicas = 1, volumeClaimTemplates = [] } = rendered.spec ?? {};
      return times(replicas, sum([podRequest(template.spec), ...volumeClaimTemplates.map(claimRequest)]));
    }
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

const podRequest = (pod: PodGroup['pod']): Capacity => ({
  cpu: podAmount(pod, ({ resources }) => amount(resources, 'cpu')),
  memory: podAmount(pod, ({ resources }) => amount(resources, 'memory')),
  storage: 0,
});

const claimRequest = ({ spec }: ClaimJson): Capacity => ({ ...NOTHING, storage: amount(spec.resources, 'storage') });

const amount = (resources: ResourcesJson | undefined, name: string) =>
  quantityValue(String(resources?.requests?.[name] ?? '0'));

const times = (count: number, { cpu, memory, storage }: Capacity): Capacity => ({
  cpu: cpu * count,
  memory: memory * count,
  storage: storage * count,
});
