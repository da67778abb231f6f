import { isIPv4 } from 'node:net';
import { isTopLevelDomain } from './top-level-domains';

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

/** Any address, such as where data is downloaded from; on port 80 without those of the link, where clouds hand out credentials. */
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
  /** Whether it speaks TLS. @default false */
  readonly tls?: boolean;
}

/** A server that the platform does not run, such as a managed database. */
export interface ExternalServer {
  /** A DNS name or an address. */
  readonly host: string;
  readonly port: number;
  /** The addresses that it may have; any where empty. */
  readonly cidrs: readonly string[];
  /** Whether it speaks TLS. @default false */
  readonly tls?: boolean;
}

/** What is called by its address, wherever it runs. */
export type Server = Endpoint | ExternalServer;

/**
 * The DNS name of a server. That of a Service is without the cluster's domain: pods resolve it through their search path,
 * whatever that domain is.
 */
export function hostOf(server: Pick<Endpoint, 'service' | 'namespace'> | Pick<ExternalServer, 'host'>): string {
  return 'host' in server ? server.host : `${server.service}.${server.namespace}.svc`;
}

/** The origin of a server, such as "https://s3.example.com:443". */
export function originOf(
  server: (Pick<Endpoint, 'service' | 'namespace'> | Pick<ExternalServer, 'host'>) & {
    readonly port: number;
    readonly tls?: boolean;
  },
): string {
  return `${server.tls ? 'https' : 'http'}://${hostOf(server)}:${server.port}`;
}

/** A server if it is one of the cluster. */
export const inCluster = (server: Server): Endpoint | undefined => ('pods' in server ? server : undefined);

/** The connections by which some pods reach a server. */
export function edgesTo(from: Peer, server: Server): Edge[] {
  if ('pods' in server) return [{ from, to: server.pods, ports: [server.targetPort] }];
  const peers: Peer[] =
    server.cidrs.length === 0 ? [{ kind: 'anywhere' }] : server.cidrs.map((cidr) => ({ kind: 'cidr', cidr }));
  return peers.map((to) => ({ from, to, ports: [server.port] }));
}

/**
 * Whom an http address leads to from a pod of a namespace: the pods of a namespace where it is surely the name of a Service,
 * an address, or anybody.
 */
export function peerOf(address: string, from: string): { readonly peer: Peer; readonly port: number } {
  const { hostname, port, protocol } = new URL(address);
  return { peer: hostPeer(hostname, from), port: Number(port) || (protocol === 'https:' ? 443 : 80) };
}

/** The search path of a pod finds "collector" in its own namespace, and "collector.tracing" in that one. */
function hostPeer(host: string, from: string): Peer {
  if (isIPv4(host)) return { kind: 'cidr', cidr: `${host}/32` };
  const [, namespace, zone] = host.split('.');
  if (namespace === undefined) return { kind: 'namespace', name: from };
  // "collector.events" may be a Service or a domain, and any address includes the pods.
  const isService = zone === 'svc' || (zone === undefined && !isTopLevelDomain(namespace));
  return isService ? { kind: 'namespace', name: namespace } : { kind: 'anywhere' };
}
