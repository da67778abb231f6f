/** Draws a layout as SVG that is legible on a light and on a dark page. */
import { type Layout, LOOP, type PlacedArrow, type PlacedCard, type PlacedGroup, type Point } from './boxes';

export interface SvgProps {
  readonly title: string;
  /** A line below the title. */
  readonly subtitle: string;
  /** What the arrows mean, in a line below. */
  readonly key: string;
  readonly layout: Layout;
}

/** Text that is longer is cut; the whole stands in a tooltip. */
const LONGEST = 31;

const STYLE = `
  :root { color-scheme: light dark; }
  svg { --page: #ffffff; --ink: #1f2328; --soft: #59636e; --line: #8c959f; --arrow: #0969da;
    --group: #f6f8fa; --card: #ffffff; --border: #d1d9e0; }
  @media (prefers-color-scheme: dark) {
    svg { --page: #0d1117; --ink: #f0f6fc; --soft: #9198a1; --line: #656c76; --arrow: #4493f8;
      --group: #151b23; --card: #0d1117; --border: #3d444d; }
  }
  text { font-family: system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; fill: var(--ink); }
  .page { fill: var(--page); }
  .title { font-size: 18px; font-weight: 600; }
  .subtitle, .key { font-size: 12px; fill: var(--soft); }
  .group { fill: var(--group); stroke: var(--border); }
  .outside { fill: none; stroke: var(--line); stroke-dasharray: 5 4; }
  .name { font-size: 13px; font-weight: 600; }
  .note { font-size: 11px; fill: var(--soft); }
  .card { fill: var(--card); stroke: var(--border); }
  .what { font-size: 13px; }
  .detail { font-size: 11px; fill: var(--soft); }
  .arrow { fill: none; stroke: var(--arrow); stroke-width: 1.5; }
  .head { fill: var(--arrow); }
  .port { font-size: 11px; fill: var(--arrow); paint-order: stroke; stroke: var(--page); stroke-width: 4px; }
`;

/** The picture: an SVG document, the same bytes for the same layout. */
export function svgOf({ title, subtitle, key, layout }: SvgProps): string {
  const { width, height } = layout;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">
<title id="title">${escaped(`${title}: ${subtitle}`)}</title>
<style>${STYLE}</style>
<defs>
  <marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse">
    <path class="head" d="M0 0L8 4L0 8z"/>
  </marker>
</defs>
<rect class="page" width="${width}" height="${height}" rx="6"/>
${line('title', 20, 30, title)}${line('subtitle', 20, 50, subtitle)}${layout.groups.map(groupSvg).join('')}${layout.arrows.map(arrowSvg).join('')}${layout.arrows.map(portsSvg).join('')}${line('key', 20, height - 14, key)}</svg>
`;
}

function groupSvg({ group, cards, x, y, width, height }: PlacedGroup): string {
  const { title, note, outside } = group;
  return `<g>
<rect class="${outside ? 'outside' : 'group'}" x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>
${text('name', x + 14, y + 22, title)}${note === '' ? '' : text('note', x + width - 14, y + 22, note, 'end')}${cards.map(cardSvg).join('')}</g>
`;
}

function cardSvg({ card, x, y, width, height }: PlacedCard): string {
  const lines = card.lines.map((line, index) => text('detail', x + 12, y + 38 + index * 16, line)).join('');
  return `<rect class="card" x="${x}" y="${y}" width="${width}" height="${height}" rx="5"/>
${text('what', x + 12, y + 20, card.title)}${lines}`;
}

function arrowSvg({ arrow, points, loop }: PlacedArrow): string {
  const heads = `marker-end="url(#head)"${arrow.back === undefined ? '' : ' marker-start="url(#head)"'}`;
  return `<path class="arrow" ${heads} d="${path(points, loop)}"/>\n`;
}

/** The ports, beside the head of the arrow. Drawn after all arrows, so that none runs through a number. */
function portsSvg({ arrow, points, loop }: PlacedArrow): string {
  const end = points.at(-1) ?? { x: 0, y: 0 };
  const before = points.at(-2) ?? end;
  const label = arrow.back === undefined ? arrow.label : `${arrow.label} ⇄ ${arrow.back}`;
  return !loop && before.x < end.x
    ? text('port', end.x - 12, end.y - 5, label, 'end')
    : text('port', end.x + 12, end.y - 5, label);
}

/** Leaves and arrives level, with a curve in each gap between columns. */
function path(points: readonly Point[], loop: boolean): string {
  const [start = { x: 0, y: 0 }, ...others] = points;
  let from = start;
  const parts = [`M${from.x} ${from.y}`];
  for (const to of others) {
    const reach = loop ? LOOP : Math.round((to.x - from.x) / 2);
    parts.push(
      from.y === to.y && !loop
        ? `L${to.x} ${to.y}`
        : `C${from.x + reach} ${from.y} ${loop ? to.x + reach : to.x - reach} ${to.y} ${to.x} ${to.y}`,
    );
    from = to;
  }
  return parts.join('');
}

/** A line of the page itself, as long as it is. */
const line = (style: string, x: number, y: number, content: string) =>
  `<text class="${style}" x="${x}" y="${y}">${escaped(content)}</text>\n`;

/** Text in a box. */
function text(style: string, x: number, y: number, content: string, anchor: 'start' | 'end' = 'start'): string {
  const short = content.length > LONGEST ? `${content.slice(0, LONGEST - 1)}…` : content;
  const whole = short === content ? '' : `<title>${escaped(content)}</title>`;
  const at = anchor === 'end' ? ' text-anchor="end"' : '';
  return `<text class="${style}" x="${x}" y="${y}"${at}>${whole}${escaped(short)}</text>\n`;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (content: string) => content.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
