import type { Construct } from 'constructs';
import { Component } from '../lib/component';
import type { Edge, Peer, Pods } from '../lib/endpoint';
import { k8s } from '../lib/k8s';
import { DNS_ADDRESSES, DNS_PODS, DNS_PORT, type DnsPods } from './dns';

export interface NetworkPoliciesProps {
  /** Every namespace of the platform. */
  readonly namespaces: readonly string[];
  /** Every connection that the platform's components need. */
  readonly edges: readonly Edge[];
  /** Addresses of the API server; any address where empty. */
  readonly apiServerCidrs: readonly string[];
  /**
   * Addresses that the API server calls pods from; any address where empty. An overlay network shows those of nodes or of
   * tunnels, which are in the range of the pods (tigera/operator#4739).
   * @default - those of apiServerCidrs
   */
  readonly apiServerCallers?: readonly string[];
  /** @default - the DNS of common distributions */
  readonly dns?: { readonly pods: readonly DnsPods[]; readonly cidrs: readonly string[] };
}

const NAMESPACE_LABEL = 'kubernetes.io/metadata.name';

/**
 * Denies all traffic in every namespace, then allows exactly the connections that the components were wired with: for
 * each group of pods one policy with who may call it and whom it may call.
 */
export class NetworkPolicies extends Component {
  constructor(
    scope: Construct,
    private readonly props: NetworkPoliciesProps,
  ) {
    super(scope, { name: 'network-policies', stage: '10-setup' });
    for (const namespace of props.namespaces) {
      new k8s.KubeNetworkPolicy(this, `${namespace}-default-deny`, {
        metadata: { name: 'default-deny', namespace },
        spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
      });
    }
    for (const group of podGroups(props.edges)) this.policy(group);
  }

  private policy({ pods, ingress, egress }: PodGroup): void {
    new k8s.KubeNetworkPolicy(this, `${pods.namespace}-${pods.name}`, {
      metadata: { name: pods.name, namespace: pods.namespace },
      spec: {
        podSelector: { matchLabels: { ...pods.labels } },
        policyTypes: [...(ingress.length > 0 ? ['Ingress'] : []), ...(egress.length > 0 ? ['Egress'] : [])],
        ...(ingress.length > 0 && {
          ingress: ingress.map(({ from, ports }) => ({
            from: this.peer(from, ports, this.callers),
            ports: tcp(ports),
          })),
        }),
        ...(egress.length > 0 && {
          egress: [
            ...egress.map(({ to, ports }) => ({
              to: this.peer(to, ports, this.props.apiServerCidrs),
              ports: tcp(ports),
            })),
            ...dnsRules(this.props.dns ?? { pods: DNS_PODS, cidrs: DNS_ADDRESSES }),
          ],
        }),
      },
    });
  }

  private get callers(): readonly string[] {
    return this.props.apiServerCallers ?? this.props.apiServerCidrs;
  }

  /** A peer as a policy selects it; undefined is any address. */
  private peer(
    peer: Peer,
    ports: readonly number[],
    apiServer: readonly string[],
  ): k8s.NetworkPolicyPeer[] | undefined {
    switch (peer.kind) {
      case 'pods':
        return [{ namespaceSelector: inNamespace(peer.namespace), podSelector: { matchLabels: { ...peer.labels } } }];
      case 'namespace':
        return [{ namespaceSelector: inNamespace(peer.name) }];
      case 'anywhere':
        return ports.includes(METADATA_PORT) ? ANYWHERE_BUT_METADATA : undefined;
      case 'internet':
        return INTERNET;
      case 'cidr':
        return [{ ipBlock: { cidr: peer.cidr } }];
      case 'apiServer':
        // It runs on the host network, where no selector reaches.
        return apiServer.length > 0 ? apiServer.map((cidr) => ({ ipBlock: { cidr } })) : undefined;
    }
  }
}

/** Where clouds hand out credentials, by plain HTTP at addresses of the link. */
const METADATA_PORT = 80;

/**
 * Every pod, which Cilium finds by no address, and all addresses but those of the link, and where the metadata services of
 * Alibaba (100.100.100.200) and of AWS by IPv6 (fd00:ec2::254) are. With Cilium a rule without peers includes the nodes
 * too, and none by addresses does, so that other ports keep the former.
 */
const ANYWHERE_BUT_METADATA: k8s.NetworkPolicyPeer[] = [
  { namespaceSelector: {} },
  { ipBlock: { cidr: '0.0.0.0/0', except: ['100.100.100.200/32', '169.254.0.0/16'] } },
  { ipBlock: { cidr: '::/0', except: ['fd00:ec2::/64', 'fe80::/10'] } },
];

/**
 * All addresses but private, shared, loopback and link-local ones. Nodes, pods and Services of most clusters are among
 * those, and the metadata service of clouds, which hands out credentials.
 * Source: RFC 1918, 6598, 1122, 3927, 4193 and 4291.
 */
const INTERNET: k8s.NetworkPolicyPeer[] = [
  {
    ipBlock: {
      cidr: '0.0.0.0/0',
      except: ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'],
    },
  },
  { ipBlock: { cidr: '::/0', except: ['::1/128', 'fc00::/7', 'fe80::/10'] } },
];

const inNamespace = (name: string): k8s.LabelSelector => ({ matchLabels: { [NAMESPACE_LABEL]: name } });

const tcp = (ports: readonly number[]): k8s.NetworkPolicyPort[] =>
  ports.map((port) => ({ protocol: 'TCP', port: k8s.IntOrString.fromNumber(port) }));

/** Whoever calls a Service first asks the cluster's DNS for its address: a rule for each port that it has. */
function dnsRules({ pods, cidrs }: NonNullable<NetworkPoliciesProps['dns']>): k8s.NetworkPolicyEgressRule[] {
  const answering = new Map<number, k8s.NetworkPolicyPeer[]>();
  const add = (port: number, peer: k8s.NetworkPolicyPeer) =>
    answering.set(port, [...(answering.get(port) ?? []), peer]);
  for (const { namespace, labels, port } of pods)
    add(port, { namespaceSelector: inNamespace(namespace), podSelector: { matchLabels: { ...labels } } });
  for (const cidr of cidrs) add(DNS_PORT, { ipBlock: { cidr } });
  return [...answering].map(([port, to]) => ({
    to,
    ports: ['UDP', 'TCP'].map((protocol) => ({ protocol, port: k8s.IntOrString.fromNumber(port) })),
  }));
}

/** Pods, with the connections that end at them and those that begin there. */
interface PodGroup {
  readonly pods: Pods;
  readonly ingress: Edge[];
  readonly egress: Edge[];
}

/** The groups of pods that have a connection, each once, in the order of their namespaces and names. */
function podGroups(edges: readonly Edge[]): PodGroup[] {
  const groups = new Map<string, PodGroup>();
  const groupOf = (pods: Pods): PodGroup => {
    const key = `${pods.namespace}/${pods.name}`;
    const known = groups.get(key);
    if (known) return known;
    const group = { pods, ingress: [], egress: [] };
    groups.set(key, group);
    return group;
  };
  for (const edge of edges) {
    if (edge.from.kind === 'pods') groupOf(edge.from).egress.push(edge);
    if (edge.to.kind === 'pods') groupOf(edge.to).ingress.push(edge);
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}
