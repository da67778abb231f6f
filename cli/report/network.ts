/** Who may reach more than before. */
import type { ObjectJson } from '../../charts/lib/workload-json';
import { isSame } from './fields';
import type { Finding } from './finding';
import type { Pair } from './objects';

interface Peer {
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
  readonly namespaceSelector?: Selector;
  readonly podSelector?: Selector;
}
interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly unknown[];
}
interface Port {
  readonly port?: number | string;
  readonly endPort?: number;
  readonly protocol?: string;
}
interface PolicyFields {
  readonly spec: {
    readonly podSelector?: Selector;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly { readonly from?: readonly Peer[]; readonly ports?: readonly Port[] }[];
    readonly egress?: readonly { readonly to?: readonly Peer[]; readonly ports?: readonly Port[] }[];
  };
}

export function networkFindings({ environment, title, before, after }: Pair): Finding[] {
  return opened(before, after).map((text) => ({ kind: 'network', environment, title, text }));
}

function opened(before: ObjectJson | undefined, after: ObjectJson | undefined): string[] {
  const kind = (after ?? before)?.kind;
  if (kind === 'NetworkPolicy') return policyOpened(before, after);
  if (after === undefined) return [];
  if (kind === 'Service') return serviceOpened(before, after);
  if ((kind === 'HTTPRoute' || kind === 'Ingress') && before === undefined)
    return ['is a new way in from outside the cluster'];
  return [];
}

function policyOpened(before: ObjectJson | undefined, after: ObjectJson | undefined): string[] {
  if (after === undefined)
    return ['is removed; where no other policy names its pods, everybody reaches them, and they reach everybody'];
  const { spec } = after as ObjectJson & PolicyFields;
  const old = before as (ObjectJson & PolicyFields) | undefined;
  const known = new Set(old ? waysOf(old.spec) : []);
  const added = waysOf(spec).filter((way) => !known.has(way));
  // A new policy is mostly that of new pods, which need their connections.
  if (old === undefined) return added.filter((way) => /anybody|every namespace|addresses/.test(way));
  const types = (old.spec.policyTypes ?? []).filter((type) => !spec.policyTypes?.includes(type));
  return [
    ...added,
    ...types.map((type) => `no longer limits ${type.toLowerCase()}`),
    ...(isSame(old.spec.podSelector, spec.podSelector) ? [] : ['is for other pods']),
  ];
}

/** Each connection that a policy allows, in words. */
function waysOf({ ingress = [], egress = [] }: PolicyFields['spec']): string[] {
  const ways = (peers: readonly Peer[] | undefined, ports: readonly Port[] | undefined, word: string) =>
    peersOf(peers).flatMap((peer) => portsOf(ports).map((port) => `allows ${word} ${peer} at ${port}`));
  return [
    ...ingress.flatMap(({ from, ports }) => ways(from, ports, 'calls from')),
    ...egress.flatMap(({ to, ports }) => ways(to, ports, 'calls to')),
  ];
}

/** No peers are all peers. */
const peersOf = (peers: readonly Peer[] = []) => (peers.length === 0 ? ['anybody'] : peers.map(peerName));

function peerName({ ipBlock, namespaceSelector, podSelector }: Peer): string {
  if (ipBlock) {
    const { cidr, except = [] } = ipBlock;
    return `addresses ${cidr}${except.length > 0 ? ` but ${except.join(', ')}` : ''}`;
  }
  const pods = labels(podSelector) || 'all pods';
  if (namespaceSelector === undefined) return `${pods} of its namespace`;
  const namespace = namespaceSelector.matchLabels?.['kubernetes.io/metadata.name'];
  return `${pods} of ${namespace ?? (labels(namespaceSelector) || 'every namespace')}`;
}

const labels = ({ matchLabels = {}, matchExpressions = [] }: Selector = {}) =>
  [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map((expression) => JSON.stringify(expression)),
  ].join(',');

/** No ports are all ports. */
function portsOf(ports: readonly Port[] = []): string[] {
  if (ports.length === 0) return ['every port'];
  return ports.map(({ port = 'every port', endPort, protocol = 'TCP' }) => {
    const range = endPort === undefined ? `${port}` : `${port} to ${endPort}`;
    return protocol === 'TCP' ? range : `${range} ${protocol}`;
  });
}

function serviceOpened(before: ObjectJson | undefined, after: ObjectJson): string[] {
  const typeOf = (object: ObjectJson | undefined) =>
    (object as { spec?: { type?: string } } | undefined)?.spec?.type ?? 'ClusterIP';
  const [old, now] = [typeOf(before), typeOf(after)];
  return old !== now && ['NodePort', 'LoadBalancer'].includes(now)
    ? [`is of type ${now}, reached from outside the cluster`]
    : [];
}
