/**
 * What NetworkPolicies let through, judged as a policy engine does: pod by pod, peer by peer, port by port. The
 * connections that components declare are judged the same way, so that the two can be compared.
 */
import { BlockList, isIPv6 } from 'node:net';
import type { PlatformConfig } from '../../charts/config';
import type { Edge, Peer } from '../../charts/lib/endpoint';
import { matches, nameOf, type PodView } from './cluster';
import type { KubernetesObject } from './platform';

type Spec = KubernetesObject['spec'];
type Labels = Readonly<Record<string, string>>;

/** One end of a connection: a pod of the platform, a pod of somebody else's, or an address outside the pod network. */
interface End {
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Labels;
  /** The range that this address stands for. */
  readonly cidr?: string;
  readonly isPublic?: boolean;
  /** The port on which it answers DNS queries. */
  readonly dnsPort?: number;
}

export interface Network {
  readonly objects: readonly KubernetesObject[];
  readonly pods: readonly PodView[];
  readonly edges: readonly Edge[];
  /** Addresses of the API server; any address where empty. */
  readonly apiServerCidrs: readonly string[];
  /** Addresses that it calls from; any address where empty. */
  readonly apiServerCallers: readonly string[];
  readonly dns: PlatformConfig['networkPolicies']['dns'];
}

const NAMESPACE_LABEL = 'kubernetes.io/metadata.name';
/** A port that nothing declares. */
const STRANGE_PORT = 31337;

/** Connections that are open and not declared, or declared and not open at one of their ends; a line each. */
export function closureFaults(network: Network): string[] {
  const policies = network.objects.filter(({ kind }) => kind === 'NetworkPolicy');
  const own = [
    ...network.pods.map((pod): End => ({ name: pod.owner, namespace: pod.namespace, labels: pod.labels })),
    ...solvers(network.objects),
  ];
  const ends = [...own, ...strangers(network)];
  const dnsPorts = [...new Set([53, ...network.dns.pods.map(({ port }) => port)])];
  const ports = [...new Set([...network.edges.flatMap((edge) => edge.ports), 80, ...dnsPorts, STRANGE_PORT])];
  const faults = own.flatMap((pod) => {
    const mine = policies.filter((policy) => selects(policy, pod));
    const egress = { declared: declares(network, 'from', pod), open: opens(mine, 'egress') };
    const ingress = { declared: declares(network, 'to', pod), open: opens(mine, 'ingress') };
    const calls = egress.declared.length > 0;
    return ends.flatMap((peer) =>
      [...ports.map((port) => ['TCP', port] as const), ...dnsPorts.map((port) => ['UDP', port] as const)].flatMap(
        ([protocol, port]) => [
          ...differs(
            `egress of ${pod.name} to ${peer.name} ${protocol} ${port}`,
            egress.open(peer, protocol, port),
            egress.declared.some(
              (edge) =>
                is(edge.to, peer, port, network.apiServerCidrs) && protocol === 'TCP' && edge.ports.includes(port),
            ) ||
              (calls && peer.dnsPort === port),
          ),
          ...differs(
            `ingress of ${pod.name} from ${peer.name} ${protocol} ${port}`,
            ingress.open(peer, protocol, port),
            ingress.declared.some(
              (edge) =>
                is(edge.from, peer, port, network.apiServerCallers) && protocol === 'TCP' && edge.ports.includes(port),
            ),
          ),
        ],
      ),
    );
  });
  return [...new Set(faults)];
}

/** Namespaces where a pod that no policy names could call or be called. */
export function defaultDenyFaults({ objects }: Network): string[] {
  const denied = objects
    .filter(({ kind, spec }) => {
      if (kind !== 'NetworkPolicy' || Object.keys(spec.podSelector).length > 0) return false;
      return [...spec.policyTypes].sort().join() === 'Egress,Ingress' && !spec.ingress && !spec.egress;
    })
    .map(({ metadata }) => metadata.namespace);
  return objects.filter(({ kind, metadata }) => kind === 'Namespace' && !denied.includes(metadata.name)).map(nameOf);
}

/** The pods of cert-manager by which a controller proves the host of an Ingress, while an ACME server asks. */
const SOLVER = { 'acme.cert-manager.io/http01-solver': 'true' };
const solvers = (objects: readonly KubernetesObject[]): End[] =>
  objects
    .filter(({ kind, metadata }) => {
      const annotations = Object.keys(metadata.annotations ?? {});
      return kind === 'Ingress' && annotations.some((key) => key.startsWith('cert-manager.io/'));
    })
    .map((ingress) => ({
      name: `a solver beside ${nameOf(ingress)}`,
      namespace: ingress.metadata.namespace,
      labels: SOLVER,
    }));

/** Policies for pods that do not exist, but for those of models: these come and go while their policies stay. */
export function danglingPolicies({ objects, pods }: Network): string[] {
  const ends = [...pods.map(({ namespace, labels }) => ({ name: '', namespace, labels })), ...solvers(objects)];
  const noModels = !objects.some(({ kind }) => kind === 'SeldonDeployment');
  return objects
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .filter((policy) => Object.keys(policy.spec.podSelector).length > 0)
    .filter((policy) => !ends.some((end) => selects(policy, end)))
    .filter((policy) => !(noModels && policy.spec.podSelector.matchLabels?.['app.kubernetes.io/name'] === 'models'))
    .map(nameOf);
}

const differs = (connection: string, open: boolean, declared: boolean) =>
  open === declared ? [] : [`${connection}: ${open ? 'open, but not declared' : 'declared, but not open'}`];

/** Those who are not of the platform: each namespace that an edge names, one that none names, and addresses. */
function strangers({ edges, objects, pods, apiServerCidrs, apiServerCallers, dns }: Network): End[] {
  const named = edges.flatMap(({ from, to }) =>
    [from, to].flatMap((peer) => (peer.kind === 'namespace' ? peer.name : [])),
  );
  const ranges = edges.flatMap(({ to }) => (to.kind === 'cidr' ? to.cidr : []));
  const own = objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);
  return [
    ...[...new Set([...named, ...own, ...dns.pods.map(({ namespace }) => namespace), 'default', 'kube-system'])].map(
      (namespace) => ({
        name: `some pod in ${namespace}`,
        namespace,
        labels: {},
      }),
    ),
    // Labels are anybody's to give: what tells pods apart is their namespace too.
    ...pods.map(({ owner, labels }) => ({ name: `a look-alike of ${owner}`, namespace: 'default', labels })),
    ...dns.pods.flatMap(({ namespace, labels, port }) => [
      { name: `the DNS in ${namespace}`, namespace, labels, dnsPort: port },
      { name: `a pod labelled like the DNS of ${namespace}`, namespace: 'default', labels },
    ]),
    ...dns.cidrs.map((cidr) => ({ name: `the DNS at ${cidr}`, labels: {}, cidr, dnsPort: 53 })),
    ...[...new Set([...apiServerCidrs, ...apiServerCallers, ...ranges])].map((cidr) => ({
      name: cidr,
      labels: {},
      cidr,
    })),
    { name: 'the internet', labels: {}, cidr: '198.51.100.7/32', isPublic: true },
    { name: 'the internet by IPv6', labels: {}, cidr: '2001:db8::7/128', isPublic: true },
    { name: 'a node', labels: {}, cidr: '192.168.3.4/32' },
    { name: 'an address of the link itself', labels: {}, cidr: '169.254.3.4/32' },
  ];
}

const declares = ({ edges }: Network, side: 'from' | 'to', pod: End): Edge[] =>
  edges.filter((edge) => {
    const peer = edge[side];
    return peer.kind === 'pods' && peer.namespace === pod.namespace && matches(peer.labels, pod.labels);
  });

/** Where clouds hand out credentials, at port 80. */
const LINK = '169.254.0.0/16';

/** Whether a declared peer stands for this end. */
function is(peer: Peer, end: End, port: number, apiServer: readonly string[]): boolean {
  switch (peer.kind) {
    case 'pods':
      return peer.namespace === end.namespace && matches(peer.labels, end.labels);
    case 'namespace':
      return peer.name === end.namespace;
    case 'anywhere':
      return port !== 80 || end.cidr === undefined || !isInBlock(end.cidr, { cidr: LINK });
    case 'internet':
      return end.isPublic === true;
    case 'cidr':
      return end.cidr !== undefined && isInBlock(end.cidr, { cidr: peer.cidr });
    case 'apiServer':
      return (
        apiServer.length === 0 || apiServer.some((cidr) => end.cidr !== undefined && isInBlock(end.cidr, { cidr }))
      );
  }
}

const selects = ({ metadata, spec }: KubernetesObject, pod: End) =>
  metadata.namespace === pod.namespace && selected(spec.podSelector, pod.labels);

/** The connections of a pod that has these policies: all where none is about the direction, else what one of them allows. */
function opens(policies: readonly KubernetesObject[], direction: 'ingress' | 'egress') {
  const type = direction === 'ingress' ? 'Ingress' : 'Egress';
  const relevant = policies.filter(({ spec }) => spec.policyTypes.includes(type));
  const rules: Spec[] = relevant.flatMap(({ spec }) => spec[direction] ?? []);
  return (peer: End, protocol: string, port: number) =>
    relevant.length === 0 ||
    rules.some(
      (rule) =>
        (!rule.ports ||
          rule.ports.some((entry: Spec) => (entry.protocol ?? 'TCP') === protocol && portFits(entry, port))) &&
        peerFits(rule[direction === 'ingress' ? 'from' : 'to'], peer),
    );
}

/** Named ports are not used by the platform, so that a name here fits nothing. */
const portFits = ({ port, endPort }: Spec, actual: number) =>
  port === undefined || port === actual || (endPort !== undefined && port <= actual && actual <= endPort);

/** An absent or empty list of peers is everyone. */
function peerFits(peers: Spec[] | undefined, end: End): boolean {
  if (!peers || peers.length === 0) return true;
  return peers.some(({ ipBlock, namespaceSelector, podSelector }) => {
    if (ipBlock) return end.cidr !== undefined && isInBlock(end.cidr, ipBlock);
    return (
      end.namespace !== undefined &&
      // A podSelector alone would mean the policy's own namespace; the platform always names the namespace.
      namespaceSelector !== undefined &&
      selected(namespaceSelector, { [NAMESPACE_LABEL]: end.namespace }) &&
      (podSelector === undefined || selected(podSelector, end.labels))
    );
  });
}

/** Whether a range of addresses is in a block, and in none of the ranges that it leaves out. */
function isInBlock(range: string, { cidr, except = [] }: { cidr: string; except?: readonly string[] }): boolean {
  const [address = ''] = range.split('/');
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  const holds = (block: string) => {
    const [net = '', prefix] = block.split('/');
    if (isIPv6(net) !== isIPv6(address) || Number(prefix) > Number(range.split('/')[1])) return false;
    const list = new BlockList();
    list.addSubnet(net, Number(prefix), family);
    return list.check(address, family);
  };
  return holds(cidr) && !except.some(holds);
}

function selected(selector: Spec, labels: Labels): boolean {
  if (selector.matchExpressions) throw new Error('matchExpressions are not judged here');
  return matches(selector.matchLabels ?? {}, labels);
}

/** Every label selector of an object, wherever it stands. */
export function selectorsIn({ kind, spec }: KubernetesObject): Record<string, string>[] {
  if (kind === 'Service') return [spec.selector ?? {}];
  const found: Record<string, string>[] = [];
  JSON.stringify(kind === 'CustomResourceDefinition' ? {} : (spec ?? {}), (key, value) => {
    if (key === 'matchLabels') found.push(value);
    return value;
  });
  return found;
}
