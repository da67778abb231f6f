import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { Component } from '../lib/component';
import type { Edge, Peer, Pods } from '../lib/endpoint';

export interface NetworkPoliciesProps {
  /** Every namespace of the platform. */
  readonly namespaces: readonly string[];
  /** Every connection that the platform's components need. */
  readonly edges: readonly Edge[];
  /** Addresses of the API server; any address where empty. */
  readonly apiServerCidrs: readonly string[];
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
    for (const pods of podGroups(props.edges)) this.policy(pods);
  }

  private policy(pods: Pods): void {
    const ingress = this.props.edges.filter(({ to }) => same(to, pods));
    const egress = this.props.edges.filter(({ from }) => same(from, pods));
    new k8s.KubeNetworkPolicy(this, `${pods.namespace}-${pods.name}`, {
      metadata: { name: pods.name, namespace: pods.namespace },
      spec: {
        podSelector: { matchLabels: { ...pods.labels } },
        policyTypes: [...(ingress.length > 0 ? ['Ingress'] : []), ...(egress.length > 0 ? ['Egress'] : [])],
        ...(ingress.length > 0 && {
          ingress: ingress.map(({ from, ports }) => ({ from: this.peer(from), ports: tcp(ports) })),
        }),
        ...(egress.length > 0 && {
          egress: [...egress.map(({ to, ports }) => ({ to: this.peer(to), ports: tcp(ports) })), DNS],
        }),
      },
    });
  }

  /** A peer as a policy selects it; undefined is any address. */
  private peer(peer: Peer): k8s.NetworkPolicyPeer[] | undefined {
    switch (peer.kind) {
      case 'pods':
        return [{ namespaceSelector: inNamespace(peer.namespace), podSelector: { matchLabels: { ...peer.labels } } }];
      case 'namespace':
        return [{ namespaceSelector: inNamespace(peer.name) }];
      case 'anywhere':
        return undefined;
      case 'internet':
        return INTERNET;
      case 'cidr':
        return [{ ipBlock: { cidr: peer.cidr } }];
      case 'apiServer':
        // It runs on the host network, where no selector reaches.
        return this.props.apiServerCidrs.length > 0
          ? this.props.apiServerCidrs.map((cidr) => ({ ipBlock: { cidr } }))
          : undefined;
    }
  }
}

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

/** Whoever calls a Service first asks the cluster's DNS, CoreDNS or kube-dns, for its address. */
const DNS: k8s.NetworkPolicyEgressRule = {
  to: [{ namespaceSelector: inNamespace('kube-system'), podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
  ports: ['UDP', 'TCP'].map((protocol) => ({ protocol, port: k8s.IntOrString.fromNumber(53) })),
};

/** The groups of pods that have a connection, each once, in the order of their namespaces and names. */
function podGroups(edges: readonly Edge[]): Pods[] {
  const groups = new Map<string, Pods>();
  for (const { from, to } of edges) {
    for (const peer of [from, to]) if (peer.kind === 'pods') groups.set(key(peer), peer);
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pods]) => pods);
}

const key = (pods: Pods) => `${pods.namespace}/${pods.name}`;
const same = (peer: Peer, pods: Pods) => peer.kind === 'pods' && key(peer) === key(pods);
