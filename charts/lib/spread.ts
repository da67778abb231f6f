/** What keeps several pods of one kind from being away at once: on nodes, in zones, and while nodes are drained. */

import type { Pods } from './endpoint';
import { k8s } from './k8s';
import type { WorkloadSettings } from './workload-settings';

type Labelled = Pick<Pods, 'labels'>;

/** Where pods run by default if there are several: on different nodes and zones, as far as there are such. */
export function spread<S extends Pick<WorkloadSettings, 'affinity' | 'topologySpread'>>(
  settings: S,
  pods: Labelled,
  replicas: number,
): S {
  if (replicas < 2) return settings;
  return {
    ...settings,
    affinity: { podAntiAffinity: notOnOneNode(pods), ...settings.affinity },
    topologySpread: settings.topologySpread ?? [OVER_ZONES],
  };
}

const OVER_ZONES = { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway' };

/** Not demanded: a cluster with fewer nodes than pods still runs all of them. */
const notOnOneNode = ({ labels }: Labelled): k8s.PodAntiAffinity => ({
  preferredDuringSchedulingIgnoredDuringExecution: [
    {
      weight: 100,
      podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { ...labels } } },
    },
  ],
});

/** How many pods a drained node may take away; absent is as many as it likes. */
export interface Budget {
  readonly minAvailable?: number | string;
  readonly maxUnavailable?: number | string;
}

const ONE_AT_A_TIME: Budget = { maxUnavailable: 1 };

/**
 * The spec of a PodDisruptionBudget. A pod that is not ready serves nobody and may always go: with the default policy, pods
 * that crash would keep a node from being drained for ever.
 */
export function budgetSpec({ labels }: Labelled, budget = ONE_AT_A_TIME): k8s.PodDisruptionBudgetSpec {
  const { minAvailable, maxUnavailable } = budget;
  return {
    ...(minAvailable !== undefined && { minAvailable: intOrString(minAvailable) }),
    ...(maxUnavailable !== undefined && { maxUnavailable: intOrString(maxUnavailable) }),
    selector: { matchLabels: { ...labels } },
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
  };
}

const intOrString = (value: number | string) =>
  typeof value === 'number' ? k8s.IntOrString.fromNumber(value) : k8s.IntOrString.fromString(value);
