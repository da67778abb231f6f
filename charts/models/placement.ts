/** Where the pods of a model run. */

import { type Resources, resourceRequirements } from '../lib/container';
import type { Pods } from '../lib/endpoint';
import type { k8s } from '../lib/k8s';
import { spread } from '../lib/spread';
import { placement, type WorkloadSettings } from '../lib/workload-settings';

export interface PlacementProps
  extends Pick<WorkloadSettings, 'nodeSelector' | 'tolerations' | 'affinity' | 'topologySpread' | 'priorityClassName'> {
  /** The resource that the device plugin names, such as "nvidia.com/gpu". */
  readonly gpuResource: string;
}

/** The part of a pod that says on which nodes it may run. @param most how many of it there may be */
export function placed(
  { nodeSelector = {}, tolerations = [], ...others }: PlacementProps,
  pods: Pods,
  most: number,
): Partial<k8s.PodSpec> {
  const settings = {
    ...others,
    ...(Object.keys(nodeSelector).length > 0 && { nodeSelector }),
    ...(tolerations.length > 0 && { tolerations }),
  };
  return placement(spread(settings, pods, most), pods);
}

/** A device cannot be shared, so that its limit is its request. */
export function withGpus(
  resources: Resources,
  gpus: number,
  { gpuResource }: PlacementProps,
): k8s.ResourceRequirements {
  if (gpus === 0) return resourceRequirements(resources);
  const { requests, limits } = resources;
  return resourceRequirements({ requests, limits: { ...limits, [gpuResource]: String(gpus) } });
}
