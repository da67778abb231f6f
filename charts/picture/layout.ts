/**
 * Where the parts of the picture go: callers to the left of what they call, one column after the other.
 *
 * A layout library such as dagre takes about 50 ms for such a graph in a new process, a fifth of a whole synthesis;
 * the few boxes of a platform need no more than this.
 */

import {
  CARD,
  COLUMN,
  cardHeight,
  FOOT,
  GAP,
  GROUP,
  groupHeight,
  HEAD,
  type Layout,
  LOOP,
  left,
  MARGIN,
  type PlacedGroup,
} from './boxes';
import { columnsOf, type Slot } from './columns';
import type { Arrow, Graph, Group } from './graph';
import { routesOf } from './routes';

export function layoutOf(graph: Graph): Layout {
  const columns = columnsOf(graph);
  const tops = stack(columns);
  const height = Math.max(0, ...[...tops.values()].map(({ bottom }) => bottom)) + FOOT;
  const groups = columns.flatMap((column, index) =>
    column.flatMap(({ id, group }) => (group ? [placed(group, graph.arrows, index, tops.get(id)?.top ?? 0)] : [])),
  );
  const arrows = routesOf(graph, columns, groups, tops);
  return {
    width: left(Math.max(1, columns.length)) - GAP + (arrows.some(({ loop }) => loop) ? LOOP : 0) + MARGIN,
    height,
    groups,
    arrows,
  };
}

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
