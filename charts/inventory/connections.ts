/** Who may call whom, in words, as the NetworkPolicies say it. */
import type { ObjectJson } from '../lib/workload-json';
import { fullName, ofKind } from './objects';
import { byText, capped, counted, grouped, row } from './text';

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
}
interface Peer {
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
  readonly namespaceSelector?: Selector;
  readonly podSelector?: Selector;
}
interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly {
    readonly port?: number | string;
    readonly endPort?: number;
    readonly protocol?: string;
  }[];
}
interface PolicyFields {
  readonly spec: {
    readonly podSelector: Selector;
    readonly policyTypes: readonly string[];
    readonly ingress?: readonly Rule[];
    readonly egress?: readonly Rule[];
  };
}
type Policy = ObjectJson & PolicyFields;

interface Connection {
  readonly from: string;
  readonly to: string;
  readonly ports: string;
}

const WIDTHS = [44, 44];
const NAMESPACE_LABEL = 'kubernetes.io/metadata.name';

export function connections(objects: readonly ObjectJson[]): readonly string[] {
  const policies = ofKind<PolicyFields>(objects, 'NetworkPolicy');
  const names = new Map(
    policies.map((policy) => [selection(policy.metadata.namespace, policy.spec.podSelector), fullName(policy)]),
  );
  const found = new Map<string, Connection>();
  for (const policy of policies) {
    for (const connection of connectionsOf(policy, names)) {
      found.set(`${connection.to}\n${connection.ports}\n${connection.from}`, connection);
    }
  }
  const sorted = [...found].sort(([a], [b]) => byText(a, b)).map(([, connection]) => connection);
  return [
    ...openNamespaces(objects, policies),
    ...[...grouped(sorted, ({ to, ports }) => `${to}\n${ports}`).values()].flatMap(lines),
  ];
}

/** Those who may call one target. Whoever calls anything asks the DNS first, so that its callers are only counted. */
function lines(group: readonly Connection[]): readonly string[] {
  const [{ to = '', ports = '' } = {}] = group;
  const isDns = ports.includes('53 UDP');
  const callers = isDns ? [`${counted(group.length, 'group')} of pods`] : group.map(({ from }) => from);
  return capped(callers).map((from) => row(WIDTHS, from, `-> ${to}`, ports));
}

/** The namespaces in which a pod that no policy names may call and be called. */
function openNamespaces(objects: readonly ObjectJson[], policies: readonly Policy[]): readonly string[] {
  const closed = policies
    .filter(({ spec }) => Object.keys(spec.podSelector).length === 0 && spec.policyTypes.length === 2)
    .map(({ metadata }) => metadata.namespace);
  return ofKind(objects, 'Namespace')
    .filter(({ metadata }) => !closed.includes(metadata.name))
    .map(({ metadata }) => row(WIDTHS, 'anybody', `-> ${metadata.name}`, 'no policy denies what none allows'));
}

function connectionsOf({ metadata: { namespace }, spec }: Policy, names: ReadonlyMap<string, string>): Connection[] {
  const self = called(namespace, spec.podSelector, names);
  const ends = (peers: readonly Peer[] | undefined) =>
    peers === undefined || peers.length === 0 ? ['any address'] : peers.map((peer) => peerName(peer, namespace, names));
  return [
    ...(spec.ingress ?? []).flatMap((rule) =>
      ends(rule.from).map((from) => ({ from, to: self, ports: portsOf(rule) })),
    ),
    ...(spec.egress ?? []).flatMap((rule) => ends(rule.to).map((to) => ({ from: self, to, ports: portsOf(rule) }))),
  ];
}

/** A podSelector alone means the policy's own namespace; a namespaceSelector without labels, every namespace. */
function peerName(peer: Peer, own: string | undefined, names: ReadonlyMap<string, string>): string {
  if (peer.ipBlock) {
    const { cidr, except = [] } = peer.ipBlock;
    return except.length > 0 ? `${cidr} but ${except.join(', ')}` : cidr;
  }
  const namespace = peer.namespaceSelector
    ? (peer.namespaceSelector.matchLabels?.[NAMESPACE_LABEL] ?? 'every namespace')
    : own;
  return called(namespace, peer.podSelector ?? {}, names);
}

/** The name of the policy for the same pods, or their labels. */
function called(namespace: string | undefined, selector: Selector, names: ReadonlyMap<string, string>): string {
  const labels = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  if (labels.length === 0) return `${namespace}/*`;
  return names.get(selection(namespace, selector)) ?? `${namespace}/${labels.sort(byText).join(',')}`;
}

const selection = (namespace: string | undefined, { matchLabels = {} }: Selector) =>
  JSON.stringify([namespace, Object.entries(matchLabels).sort(([a], [b]) => byText(a, b))]);

function portsOf({ ports }: Rule): string {
  if (!ports || ports.length === 0) return 'every port';
  const words = ports.map(({ port = 'every port', endPort, protocol = 'TCP' }) => {
    const range = endPort === undefined ? `${port}` : `${port} to ${endPort}`;
    return protocol === 'TCP' ? range : `${range} ${protocol}`;
  });
  return words.join(', ');
}
