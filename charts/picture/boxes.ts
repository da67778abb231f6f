/** What a layout is made of, and how large each part is. */
import type { Arrow, Card, Group } from './graph';

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
export const CARD = { width: 216, title: 30, line: 16, gap: 12, end: 15 };
export const GROUP = { padding: 14, title: 34, gap: 22 };
export const COLUMN = CARD.width + 2 * GROUP.padding;
/** Room for the arrows and their ports between two columns. */
export const GAP = 170;
/** How far an arrow between two cards of one column reaches out to the right. */
export const LOOP = 70;
export const MARGIN = 20;
/** Room for the heading above, and for the key below. */
export const HEAD = 64;
export const FOOT = 40;
export const LANE = 16;

/** The left edge of a column. */
export const left = (column: number) => MARGIN + column * (COLUMN + GAP);

/** High enough for its text, and for the arrows that meet at one of its sides. */
export function cardHeight({ id, lines, room = lines.length }: Card, arrows: readonly Arrow[]): number {
  const text = CARD.title + room * CARD.line + (room > 0 ? 8 : 0);
  const ends = Math.max(arrows.filter(({ to }) => to === id).length, arrows.filter(({ from }) => from === id).length);
  return Math.max(text, (ends + 1) * CARD.end);
}

export const groupHeight = ({ cards }: Group, arrows: readonly Arrow[]) =>
  GROUP.title + cards.reduce((sum, card) => sum + cardHeight(card, arrows) + CARD.gap, GROUP.padding - CARD.gap);
