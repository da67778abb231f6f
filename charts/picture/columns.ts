/** Which column each group stands in, in which order, and where arrows pass between groups. */
import { groupHeight, LANE } from './boxes';
import type { Arrow, Graph, Group } from './graph';

/** Something in a column: a group, or an arrow that passes by. */
export interface Slot {
  readonly id: string;
  readonly group?: Group;
  readonly height: number;
}

/** The group of each card. */
const homes = ({ groups }: Graph) => new Map(groups.flatMap((group) => group.cards.map(({ id }) => [id, group])));

/** Groups by column: each stands to the right of all that call it. What lies outside calls nobody here. */
function ranksOf(graph: Graph): Map<Group, number> {
  const home = homes(graph);
  const ranks = new Map<Group, number>();
  const callers = (group: Group) =>
    graph.arrows.flatMap(({ from, to }) => {
      const caller = home.get(from);
      return home.get(to) === group && caller && caller !== group && caller.id !== 'apiServer' ? [caller] : [];
    });
  const rank = (group: Group, path: readonly Group[]): number => {
    const known = ranks.get(group);
    if (known !== undefined) return known;
    // Two that call each other: the one that was reached first stands to the left.
    const before = callers(group).filter((caller) => !path.includes(caller));
    const found = Math.max(-1, ...before.map((caller) => rank(caller, [...path, group]))) + 1;
    ranks.set(group, found);
    return found;
  };
  for (const group of graph.groups) rank(group, []);
  return ranks;
}

/** The place that an arrow passes a column at. */
export const laneId = ({ from, to }: Arrow, column: number) => `${from} > ${to} @ ${column}`;

/** Callers to the left of what they call; each column from top to bottom. */
export function columnsOf(graph: Graph): Slot[][] {
  const ranks = ranksOf(graph);
  const home = homes(graph);
  const count = Math.max(-1, ...ranks.values()) + 1;
  const columns = Array.from({ length: count }, (_, column): Slot[] =>
    graph.groups
      .filter((group) => ranks.get(group) === column)
      .map((group) => ({ id: group.id, group, height: groupHeight(group, graph.arrows) })),
  );
  for (const arrow of graph.arrows) {
    for (const column of between(arrow, ranks, home))
      columns[column]?.push({ id: laneId(arrow, column), height: LANE });
  }
  return ordered(columns, graph, ranks, home);
}

/** The columns that an arrow passes. */
function between({ from, to }: Arrow, ranks: ReadonlyMap<Group, number>, home: ReadonlyMap<string, Group>): number[] {
  const [first = 0, last = 0] = [from, to].map((id) => ranks.get(home.get(id) as Group) ?? 0).sort((a, b) => a - b);
  return Array.from({ length: Math.max(0, last - first - 1) }, (_, index) => first + 1 + index);
}

/** Each column in the order of what its slots are joined to in the column before, so that few arrows cross. */
function ordered(
  columns: readonly Slot[][],
  graph: Graph,
  ranks: ReadonlyMap<Group, number>,
  home: ReadonlyMap<string, Group>,
): Slot[][] {
  const result: Slot[][] = [];
  for (const [index, column] of columns.entries()) {
    const before = new Map((result[index - 1] ?? []).map(({ id }, place) => [id, place]));
    const place = ({ id }: Slot): number => {
      const joined = graph.arrows.flatMap((arrow) => {
        const target = home.get(arrow.to);
        const passes = id === laneId(arrow, index);
        if (!passes && target?.id !== id) return [];
        const source = home.get(arrow.from);
        const earlier = source && ranks.get(source) === index - 1 ? source.id : laneId(arrow, index - 1);
        return before.get(earlier) ?? [];
      });
      return joined.length === 0 ? Number.POSITIVE_INFINITY : joined.reduce((a, b) => a + b, 0) / joined.length;
    };
    const places = new Map(column.map((slot) => [slot, place(slot)]));
    result.push([...column].sort((a, b) => compare(places.get(a) ?? 0, places.get(b) ?? 0)));
  }
  return result;
}

export const compare = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1);
