/** Services, and the ports that they lead to. */

import type { Construct } from 'constructs';
import type { Endpoint, Pods } from './endpoint';
import { k8s } from './k8s';

/** A port of a container, which Services and probes find by its name. */
export interface NamedPort extends k8s.ContainerPort {
  readonly name: string;
}

/** A reference to a port of a container. */
export const portRef = ({ name }: NamedPort) => k8s.IntOrString.fromString(name);

/** A port of a Service, by default of the same number as the container's. */
export function servicePort(to: NamedPort, port = to.containerPort): k8s.ServicePort {
  return { name: to.name, port, targetPort: portRef(to) };
}

export interface ServiceProps {
  readonly name: string;
  readonly pods: Pods;
  readonly ports: readonly k8s.ServicePort[];
  /**
   * Gives each pod a DNS name instead of one address for all, from before it is ready.
   * @default - one address, behind which are the pods that are ready
   */
  readonly headless?: boolean;
  /** Leads each client to the pod that it first reached, for three hours. @default false */
  readonly sticky?: boolean;
}

export function service(
  scope: Construct,
  id: string,
  { name, pods, ports, headless, sticky }: ServiceProps,
): k8s.KubeService {
  return new k8s.KubeService(scope, id, {
    metadata: { name },
    spec: {
      ...(headless && { clusterIp: 'None', publishNotReadyAddresses: true }),
      ...(sticky && {
        sessionAffinity: 'ClientIP',
        // Kubernetes' own default, which it writes.
        sessionAffinityConfig: { clientIp: { timeoutSeconds: 10800 } },
      }),
      selector: pods.labels,
      ports: [...ports],
    },
  });
}

/** How others reach a port of some pods by their Service. */
export function endpointOf({ name }: { readonly name: string }, pods: Pods, port: NamedPort): Endpoint {
  return {
    service: name,
    namespace: pods.namespace,
    port: port.containerPort,
    targetPort: port.containerPort,
    pods,
  };
}
