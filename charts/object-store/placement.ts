/** Where the servers of a store run whose objects outlive one of them. */
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Pods } from '../lib/endpoint';
import { budgetSpec, spread } from '../lib/spread';
import type { WorkloadSettings } from '../lib/workload-settings';

/**
 * Each server on a node of its own, and spread over zones, unless the environment says otherwise. It is demanded: two
 * servers on a node that is lost are two lost servers.
 */
export function onNodesOfTheirOwn<S extends WorkloadSettings>(settings: S, pods: Pods, servers: number): S {
  return {
    ...spread(settings, pods, servers),
    affinity: settings.affinity ?? {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { ...pods.labels } } },
        ],
      },
    },
  };
}

/** Lets a drained node take one server away at a time. */
export function oneAwayAtATime(scope: Construct, id: string, name: string, pods: Pods): void {
  new k8s.KubePodDisruptionBudget(scope, id, { metadata: { name }, spec: budgetSpec(pods) });
}
