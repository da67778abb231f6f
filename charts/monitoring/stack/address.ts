/** Where the platform's own Prometheus is, for those who must know it before it is made: it needs to know them. */
import { componentPods } from '../../lib/component';
import type { Endpoint, Pods } from '../../lib/endpoint';
import { endpointOf, type NamedPort } from '../../lib/service';

export const PROMETHEUS = 'prometheus';
export const PROMETHEUS_PORT: NamedPort = { name: 'http', containerPort: 9090 };

/** Its pods, which all that it scrapes let in. */
export const prometheusPods = (namespace: string): Pods => componentPods(PROMETHEUS, namespace, 'server');

export const prometheusEndpoint = (namespace: string): Endpoint =>
  endpointOf({ name: PROMETHEUS }, prometheusPods(namespace), PROMETHEUS_PORT);
