/** Where the servers of a store run whose objects outlive one of them. */
import type { Pods } from '../lib/endpoint';
import { spread } from '../lib/spread';
import type { WorkloadSettings } from '../lib/workload-settings';

/**
 * Each server on a node of its own, and spread over zones, unless the environment says otherwise. It is demanded: two
 * servers on a node that is lost are two lost servers. It is for servers with volumes: others are spread as far as it goes.
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
