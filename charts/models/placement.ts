/** Where the pods of a model run. */
import type { k8s } from 'cdk8s-plus-27';
import { type Resources, resourceRequirements } from '../lib/container';

export interface PlacementProps {
  /** The resource that the device plugin names, such as "nvidia.com/gpu". */
  readonly gpuResource: string;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly {
    readonly key?: string;
    readonly operator: string;
    readonly value?: string;
    readonly effect?: string;
  }[];
}

/** The part of a pod that says on which nodes it may run. */
export function placed({ nodeSelector, tolerations }: PlacementProps): Partial<k8s.PodSpec> {
  return {
    ...(Object.keys(nodeSelector).length > 0 && { nodeSelector: { ...nodeSelector } }),
    ...(tolerations.length > 0 && { tolerations: tolerations.map((toleration) => ({ ...toleration })) }),
  };
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
