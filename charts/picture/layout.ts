/**
 * Where the parts of the picture go: callers to the left of what they call, one column after the other.
 *
 * A layout library such as dagre takes about 50 ms for such a graph in a new process, a fifth of a whole synthesis;
 * the few boxes of a platform need no more than this.
 */
import type { Arrow, Card, Graph, Group } from './graph';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export interface PlacedCard extends Box {
  readonly card: Card;
}
export interface PlacedGroup extends Box {
  readonly group: Group;
  readonly cards: readonly PlacedCard[];
}
export interface Point {
  readonly x: number;
  readonly y: number;
}
export interface PlacedArrow {
  readonly arrow: Arrow;
  /** From the edge of one card to the edge of the other, through the gaps between. */
  readonly points: readonly Point[];
  /** Both ends are on the right: a caller and what it calls in one namespace. */
  readonly loop: boolean;
}
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly groups: readonly PlacedGroup[];
  readonly arrows: readonly PlacedArrow[];
}

/** `end` is the least room between two arrows at one side of a card. */
const CARD = { width: 216, title: 30, line: 16, gap: 12, end: 15 };
const GROUP = { padding: 14, title: 34, gap: 22 };
const COLUMN = CARD.width + 2 * GROUP.padding;
/** Room for the arrows and their ports between two columns. */
const GAP = 150;
/** How far an arrow between two cards of one column reaches out to the right. */
export const LOOP = 70;
const MARGIN = 20;
/** Room for the heading above, and for the key below. */
const HEAD = 64;
const FOOT = 40;
const LANE = 16;

/** Something in a column: a group, or an arrow that passes by. */
interface Slot {
  readonly id: string;
  readonly group?: Group;
  readonly height: number;
}

export function layoutOf(graph: Graph): Layout {
  const columns = columnsOf(graph);
  const tops = stack(columns);
  const height = Math.max(0, ...[...tops.values()].map(({ bottom }) => bottom)) + FOOT;
  const groups = columns.flatMap((column, index) =>
    column.flatMap(({ id, group }) => (group ? [placed(group, graph.arrows, index, tops.get(id)?.top ?? 0)] : [])),
  );
  const arrows = arrowsOf(graph, columns, groups, tops);
  return {
    width: left(Math.max(1, columns.length)) - GAP + (arrows.some(({ loop }) => loop) ? LOOP : 0) + MARGIN,
    height,
    groups,
    arrows,
  };
}

const left = (column: number) => MARGIN + column * (COLUMN + GAP);

/** High enough for its text, and for the arrows that meet at one of its sides. */
function cardHeight({ id, lines, room = lines.length }: Card, arrows: readonly Arrow[]): number {
  const text = CARD.title + room * CARD.line + (room > 0 ? 8 : 0);
  const ends = Math.max(arrows.filter(({ to }) => to === id).length, arrows.filter(({ from }) => from === id).length);
  return Math.max(text, (ends + 1) * CARD.end);
}

const groupHeight = ({ cards }: Group, arrows: readonly Arrow[]) =>
  GROUP.title + cards.reduce((sum, card) => sum + cardHeight(card, arrows) + CARD.gap, GROUP.padding - CARD.gap);

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

const laneId = ({ from, to }: Arrow, column: number) => `${from} > ${to} @ ${column}`;

function columnsOf(graph: Graph): Slot[][] {
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

const compare = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1);

/** The top and bottom of each slot; columns are centred on the tallest. */
function stack(columns: readonly Slot[][]): Map<string, { top: number; bottom: number }> {
  const heightOf = (column: readonly Slot[]) =>
    column.reduce((sum, { height }) => sum + height + GROUP.gap, -GROUP.gap);
  const tallest = Math.max(0, ...columns.map(heightOf));
  const tops = new Map<string, { top: number; bottom: number }>();
  for (const column of columns) {
    let y = HEAD + Math.round((tallest - heightOf(column)) / 2);
    for (const { id, height } of column) {
      tops.set(id, { top: y, bottom: y + height });
      y += height + GROUP.gap;
    }
  }
  return tops;
}

function placed(group: Group, arrows: readonly Arrow[], column: number, top: number): PlacedGroup {
  const x = left(column);
  let y = top + GROUP.title;
  const cards = group.cards.map((card) => {
    const box = { card, x: x + GROUP.padding, y, width: CARD.width, height: cardHeight(card, arrows) };
    y += box.height + CARD.gap;
    return box;
  });
  return { group, cards, x, y: top, width: COLUMN, height: groupHeight(group, arrows) };
}

type Side = 'left' | 'right';

/** Arrows between the sides of cards; those that meet at one side are spread over its height. */
function arrowsOf(
  graph: Graph,
  columns: readonly Slot[][],
  groups: readonly PlacedGroup[],
  tops: ReadonlyMap<string, { top: number; bottom: number }>,
): PlacedArrow[] {
  const cards = new Map(groups.flatMap((group) => group.cards.map((card) => [card.card.id, card] as const)));
  const lanes = (arrow: Arrow) =>
    columns.flatMap((_, column) => {
      const lane = tops.get(laneId(arrow, column));
      const y = lane ? lane.top + LANE / 2 : 0;
      return lane
        ? [
            { x: left(column), y },
            { x: left(column) + COLUMN, y },
          ]
        : [];
    });
  const ends = graph.arrows.flatMap((arrow) => {
    const [from, to] = [cards.get(arrow.from), cards.get(arrow.to)];
    if (!from || !to) return [];
    const sides: readonly [Side, Side] =
      from.x === to.x ? ['right', 'right'] : from.x < to.x ? ['right', 'left'] : ['left', 'right'];
    return [{ arrow, from, to, sides, lanes: from.x > to.x ? lanes(arrow).reverse() : lanes(arrow) }];
  });
  const at = spread(
    ends.flatMap(({ arrow, from, to, sides, lanes }) => [
      { arrow, card: from, side: sides[0], toward: lanes[0]?.y ?? middle(to) },
      { arrow, card: to, side: sides[1], toward: lanes.at(-1)?.y ?? middle(from) },
    ]),
  );
  return ends.map(({ arrow, from, to, sides, lanes }) => ({
    arrow,
    loop: sides[0] === sides[1],
    points: [at(arrow, from, sides[0]), ...lanes, at(arrow, to, sides[1])],
  }));
}

const middle = ({ y, height }: Box) => y + height / 2;

interface End {
  readonly arrow: Arrow;
  readonly card: PlacedCard;
  readonly side: Side;
  /** The height that the arrow goes to from here. */
  readonly toward: number;
}

function spread(ends: readonly End[]): (arrow: Arrow, card: PlacedCard, side: Side) => Point {
  return (arrow, card, side) => {
    const here = ends
      .filter((end) => end.card === card && end.side === side)
      .sort((a, b) => compare(a.toward, b.toward));
    const index = here.findIndex((end) => end.arrow === arrow);
    return {
      x: side === 'left' ? card.x : card.x + card.width,
      y: Math.round(card.y + (card.height * (index + 1)) / (here.length + 1)),
    };
  };
}
