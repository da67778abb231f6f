/** The ways of arrows, from the side of one card to the side of another. */
import { type Box, COLUMN, LANE, left, type PlacedArrow, type PlacedCard, type PlacedGroup, type Point } from './boxes';
import { compare, laneId, type Slot } from './columns';
import type { Arrow, Graph } from './graph';

type Side = 'left' | 'right';

/** Arrows between the sides of cards; those that meet at one side are spread over its height. */
export function routesOf(
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
