/** What the picture of an environment shows: namespaces, what runs in them, and who calls whom. */
import type { Component } from '../lib/component';
import type { Edge, Peer, Pods } from '../lib/endpoint';
import type { Workload } from './workloads';

/** A box in a namespace: one group of pods, or several of one kind. */
export interface Card {
  readonly id: string;
  readonly title: string;
  /** What stands below the title, a line each. */
  readonly lines: readonly string[];
  /** Lines that it has place for. A list that grows up to that many moves nothing else. @default - those it has */
  readonly room?: number;
}

/** A namespace, or something outside the platform. */
export interface Group {
  readonly id: string;
  readonly title: string;
  /** What stands beside the title, such as its Pod Security level. */
  readonly note: string;
  readonly outside: boolean;
  readonly cards: readonly Card[];
}

/** Connections from one card to another. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** The ports, as text. */
  readonly label: string;
  /** The ports of the way back, where both call each other. */
  readonly back?: string;
}

export interface Graph {
  readonly groups: readonly Group[];
  readonly arrows: readonly Arrow[];
}

export interface GraphProps {
  readonly components: readonly Component[];
  /** Deployments, StatefulSets and Jobs that the components render. */
  readonly workloads: readonly Workload[];
  /** The namespaces of the platform, each with its Pod Security level. */
  readonly namespaces: readonly { readonly name: string; readonly level: string }[];
  /** What each model is, such as { name: "wine", server: "MLFLOW_SERVER" }. */
  readonly models: readonly { readonly name: string; readonly server: string }[];
  /** Host names by which callers of a namespace outside the platform reach the models. */
  readonly hosts: Readonly<Record<string, readonly string[]>>;
}

/** Names that a card lists before it only counts them. */
const LISTED = 4;
const NAME = 'app.kubernetes.io/name';
/** By which the Seldon operator tells the pods of a model, and of its explainers, from others. */
const OF_A_MODEL = ['seldon-deployment-id', 'seldon-app'];

/** The graph of a platform, in the order of its components. */
export function graphOf(props: GraphProps): Graph {
  const byName = new Map(props.components.map((component) => [component.componentName, component]));
  const groups = new Map<string, { title: string; note: string; outside: boolean; cards: Map<string, Card> }>();
  const cardOf = (peer: Peer): string => {
    const place = placeOf(peer, byName, props);
    const group = groups.get(place.group) ?? { ...place.header, outside: peer.kind !== 'pods', cards: new Map() };
    groups.set(place.group, group);
    if (!group.cards.has(place.id)) group.cards.set(place.id, { id: place.id, ...place.card() });
    return place.id;
  };
  const edges = props.components.flatMap(({ edges }) => edges);
  const arrows = arrowsOf(edges.map((edge) => ({ ...edge, from: cardOf(edge.from), to: cardOf(edge.to) })));
  return {
    groups: [...groups].map(([id, { cards, ...group }]) => ({ id, ...group, cards: [...cards.values()] })),
    arrows,
  };
}

interface Place {
  readonly group: string;
  readonly header: { readonly title: string; readonly note: string };
  /** Of the card. */
  readonly id: string;
  /** Asked for once, however many connections lead there. */
  card(): Omit<Card, 'id'>;
}

function placeOf(peer: Peer, components: ReadonlyMap<string, Component>, props: GraphProps): Place {
  switch (peer.kind) {
    case 'anywhere':
      return address('any address');
    case 'internet':
      return address('public addresses');
    case 'cidr':
      return address(peer.cidr);
    case 'apiServer':
      return outside('apiServer', 'Kubernetes', { title: 'API server', lines: [] });
    case 'namespace':
      return outside(`namespace ${peer.name}`, peer.name, { title: 'any pod', lines: props.hosts[peer.name] ?? [] });
    case 'pods':
      return {
        group: peer.namespace,
        header: {
          title: peer.namespace,
          note: props.namespaces.find(({ name }) => name === peer.namespace)?.level ?? '',
        },
        ...podCard(peer, components, props),
      };
  }
}

const outside = (id: string, title: string, card: Omit<Card, 'id'>): Place => ({
  group: id,
  header: { title, note: '' },
  id,
  card: () => card,
});

/** Addresses outside the pod network are cards of one group. */
const address = (title: string): Place => ({
  ...outside('anywhere', 'outside the cluster', { title, lines: [] }),
  id: title === 'any address' ? 'anywhere' : title,
});

/** The card of some pods: that of their component, or of all components of its kind. */
function podCard(
  { name, namespace, labels }: Pods,
  components: ReadonlyMap<string, Component>,
  { models, workloads }: GraphProps,
): Pick<Place, 'id' | 'card'> {
  // Pods that an operator makes may have its labels alone.
  const component = components.get(labels[NAME] ?? name);
  const id = (name: string) => `${namespace}/${name}`;
  // The pods of a model belong to the component of all models.
  if (component?.componentName === 'models' || OF_A_MODEL.some((label) => label in labels))
    return {
      id: id('models'),
      card: () => ({ title: 'models', ...listed(models.map(({ name, server }) => `${name} · ${server}`)) }),
    };
  const plural = component?.plural;
  if (plural !== undefined) {
    const names = () => [...components.values()].filter((one) => one.plural === plural).map((one) => one.componentName);
    return { id: id(plural), card: () => ({ title: plural, ...listed(names()) }) };
  }
  const isOwn = (workload: Workload) =>
    workload.namespace === namespace && Object.entries(labels).every(([key, value]) => workload.labels[key] === value);
  return { id: id(name), card: () => ({ title: name, lines: workloads.filter(isOwn).map(({ text }) => text) }) };
}

function listed(names: readonly string[]): Pick<Card, 'lines' | 'room'> {
  const more = names.length - LISTED;
  const lines = more > 1 ? [...names.slice(0, LISTED), `and ${more} more`] : names;
  return { lines, room: LISTED + 1 };
}

/** One arrow for each pair of cards, with the ports of all their connections. */
function arrowsOf(edges: readonly { from: string; to: string; ports: Edge['ports'] }[]): Arrow[] {
  const ports = new Map<string, { from: string; to: string; ports: Set<number> }>();
  const keyOf = (from: string, to: string) => `${from} > ${to}`;
  for (const { from, to, ports: more } of edges) {
    const known = ports.get(keyOf(from, to)) ?? { from, to, ports: new Set() };
    for (const port of more) known.ports.add(port);
    ports.set(keyOf(from, to), known);
  }
  const label = (numbers: ReadonlySet<number>) => [...numbers].sort((a, b) => a - b).join(', ');
  const order = [...ports.keys()];
  return [...ports.values()].flatMap(({ from, to, ports: forward }) => {
    if (from === to) return [];
    const back = ports.get(keyOf(to, from));
    // The first of the two stands for both ways.
    if (back && order.indexOf(keyOf(to, from)) < order.indexOf(keyOf(from, to))) return [];
    return [{ from, to, label: label(forward), ...(back && { back: label(back.ports) }) }];
  });
}
