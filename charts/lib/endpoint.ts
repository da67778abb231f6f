/** The pods that a label selector finds in one namespace. */
export interface Pods {
  readonly kind: 'pods';
  /** What these pods are called in policy names, such as "mlflow". */
  readonly name: string;
  readonly namespace: string;
  /** Labels that all of these pods carry and that never change with a version. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Every pod of a namespace that this platform does not own, such as the one Prometheus runs in. */
export interface NamespacePeer {
  readonly kind: 'namespace';
  readonly name: string;
}

/** The Kubernetes API server: it runs outside the pod network, so that no selector finds it. */
export interface ApiServer {
  readonly kind: 'apiServer';
}

/** Any address at all, such as where data is downloaded from. */
export interface Anywhere {
  readonly kind: 'anywhere';
}

/** Every public address: not those where clusters, private networks and cloud metadata are. */
export interface Internet {
  readonly kind: 'internet';
}

/** A range of addresses, such as where a database outside the cluster is. */
export interface AddressRange {
  readonly kind: 'cidr';
  readonly cidr: string;
}

export type Peer = Pods | NamespacePeer | ApiServer | Anywhere | Internet | AddressRange;

/** A permitted connection: `from` may open TCP connections to these ports of `to`. */
export interface Edge {
  readonly from: Peer;
  readonly to: Peer;
  /** Port numbers of the pods, since NetworkPolicies judge a packet after the Service's address is translated. */
  readonly ports: readonly number[];
}

/** A Service, as those who call it know it. */
export interface Endpoint {
  readonly service: string;
  readonly namespace: string;
  /** The Service's port, which is part of the address. */
  readonly port: number;
  /** The port of the pods behind the Service. */
  readonly targetPort: number;
  readonly pods: Pods;
}

/**
 * The DNS name of an endpoint, without the cluster's domain: pods resolve it through their search path, whatever
 * that domain is.
 */
export function hostOf(endpoint: Pick<Endpoint, 'service' | 'namespace'>): string {
  return `${endpoint.service}.${endpoint.namespace}.svc`;
}

/** The `http://` origin of an endpoint. */
export function originOf(endpoint: Pick<Endpoint, 'service' | 'namespace' | 'port'>): string {
  return `http://${hostOf(endpoint)}:${endpoint.port}`;
}

/** Whom an http address leads to: the pods of a namespace where it names a Service in full, or any address. */
export function peerOf(address: string): { readonly peer: Peer; readonly port: number } {
  const { hostname, port, protocol } = new URL(address);
  const [, namespace, zone] = hostname.split('.');
  return {
    // "collector.tracing" may be a Service or a domain, and any address includes the pods.
    peer: namespace !== undefined && zone === 'svc' ? { kind: 'namespace', name: namespace } : { kind: 'anywhere' },
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
  };
}
