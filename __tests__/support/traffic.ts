/** Which connections the rendered NetworkPolicies allow, read back from the YAML as a network plug-in would. */
import type { Edge, Peer } from '../../charts/lib/endpoint';
import { matches, type PodView } from './cluster';
import type { KubernetesObject } from './platform';

type Any = KubernetesObject['spec'];

/** A place that traffic comes from or goes to: a pod, or one outside the platform. */
export interface Place {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Outside the pod network: the API server, or anybody. */
const OUTSIDE: Place = { name: 'outside', namespace: '', labels: {} };
const DNS: Place = { name: 'dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };

/** Every place that a policy or an edge can mean: the pods, one pod in each other namespace, DNS and the outside. */
export function placesOf(pods: readonly PodView[], namespaces: readonly string[]): Place[] {
  return [
    ...pods.map(({ owner, namespace, labels }) => ({ name: owner, namespace, labels })),
    ...namespaces.map((namespace) => ({ name: `a pod of ${namespace}`, namespace, labels: {} })),
    DNS,
    OUTSIDE,
  ];
}

/** Every allowed connection as "from > to : port", where both sides permit it. */
export function allowed(objects: readonly KubernetesObject[], places: readonly Place[]): Set<string> {
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
  const connections = new Set<string>();
  for (const from of places) {
    for (const to of places) {
      if (from === to || (isForeign(from) && isForeign(to))) continue;
      const out = permits(policies, from, to, 'Egress');
      const into = permits(policies, to, from, 'Ingress');
      for (const port of intersection(out, into)) connections.add(`${from.name} > ${to.name} : ${port}`);
    }
  }
  return connections;
}

/** Every connection that these edges declare, and DNS for whoever has one to open. */
export function declared(edges: readonly Edge[], places: readonly Place[]): Set<string> {
  const connections = new Set<string>();
  for (const { from, to, ports } of edges) {
    for (const source of places.filter((place) => is(place, from))) {
      for (const target of places.filter((place) => is(place, to) && place !== source)) {
        for (const port of ports) connections.add(`${source.name} > ${target.name} : ${port}`);
      }
      if (from.kind === 'pods') connections.add(`${source.name} > ${DNS.name} : 53`);
    }
  }
  return connections;
}

const isForeign = (place: Place) => place === OUTSIDE || place === DNS || place.name.startsWith('a pod of ');

function is(place: Place, peer: Peer): boolean {
  switch (peer.kind) {
    case 'pods':
      return !isForeign(place) && place.namespace === peer.namespace && matches(peer.labels, place.labels);
    case 'namespace':
      return place.namespace === peer.name;
    case 'apiServer':
      return place === OUTSIDE;
  }
}

const ANY_PORT = 'any';

/** The ports that the policies of one place permit towards another; everything where no policy selects the place. */
function permits(policies: readonly KubernetesObject[], place: Place, other: Place, direction: 'Ingress' | 'Egress') {
  const own = policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === place.namespace &&
      spec.policyTypes.includes(direction) &&
      matches(spec.podSelector.matchLabels ?? {}, place.labels),
  );
  if (own.length === 0) return new Set([ANY_PORT]);
  const rules = own.flatMap(({ spec }) => spec[direction.toLowerCase()] ?? []);
  return new Set(
    rules
      .filter((rule: Any) => {
        const peers: Any[] | undefined = rule[direction === 'Ingress' ? 'from' : 'to'];
        return peers === undefined || peers.some((peer) => peerMatches(peer, other));
      })
      .flatMap((rule: Any) => (rule.ports ?? [{ port: ANY_PORT }]).map(({ port }: Any) => String(port))) as string[],
  );
}

function peerMatches(peer: Any, place: Place): boolean {
  if (peer.ipBlock) return place === OUTSIDE;
  if (place === OUTSIDE) return false;
  const namespace = { 'kubernetes.io/metadata.name': place.namespace };
  return (
    matches(peer.namespaceSelector?.matchLabels ?? {}, namespace) &&
    matches(peer.podSelector?.matchLabels ?? {}, place.labels)
  );
}

function intersection(a: ReadonlySet<string>, b: ReadonlySet<string>): string[] {
  if (a.has(ANY_PORT)) return [...b];
  return b.has(ANY_PORT) ? [...a] : [...a].filter((port) => b.has(port));
}
