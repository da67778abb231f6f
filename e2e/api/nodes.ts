/** How many nodes an environment needs: as many as it has pods that may not be on one. */
import type { Environment } from '../cluster/environments';
import type { KubernetesObject } from '../cluster/objects';

const HOSTNAME = 'kubernetes.io/hostname';

interface Term {
  readonly topologyKey: string;
}

interface PodRules {
  readonly affinity?: {
    readonly podAntiAffinity?: { readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly Term[] };
  };
}

interface Spread extends KubernetesObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: { readonly spec?: PodRules };
    /** Of a Cluster of CloudNativePG. */
    readonly instances?: number;
    readonly affinity?: { readonly podAntiAffinityType?: string; readonly topologyKey?: string };
  };
}

/** The largest number of replicas of which each wants a node that has no other, and at least one. */
export function nodesNeeded({ objects }: Pick<Environment, 'objects'>): number {
  return Math.max(1, ...(objects as readonly Spread[]).map(apart));
}

function apart({ spec = {} }: Spread): number {
  const { replicas = 1, template, instances, affinity } = spec;
  if (instances !== undefined)
    return affinity?.podAntiAffinityType === 'required' && affinity.topologyKey === HOSTNAME ? instances : 1;
  return template?.spec !== undefined && isApart(template.spec) ? replicas : 1;
}

/** A spread over nodes is no reason for more of them: over a single one it holds, however many pods there are. */
const isApart = ({ affinity }: PodRules): boolean =>
  (affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).some(
    ({ topologyKey }) => topologyKey === HOSTNAME,
  );
