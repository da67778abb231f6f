/** The form of an inventory: lines that change only where what they tell of changes. */

/**
 * One line of a table. The columns have fixed widths, and a longer cell pushes the rest of its own line only:
 * columns as wide as their longest cell would change every line of a table with one new name.
 */
export function row(widths: readonly number[], ...cells: readonly string[]): string {
  return cells
    .map((cell, column) => (cell === '' ? cell.padEnd(widths[column] ?? 0) : `${cell}  `.padEnd(widths[column] ?? 0)))
    .join('')
    .trimEnd();
}

/** "1 pod", "2 pods". */
export const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`;

/** The first of many, and how many more there are: a list stays readable however long it grows. */
export function capped(items: readonly string[], limit = 10): readonly string[] {
  if (items.length <= limit) return items;
  return [...items.slice(0, limit - 1), `and ${items.length - limit + 1} more`];
}

/** The same on one line. */
export const cappedList = (items: readonly string[], limit = 6): string => capped(items, limit).join(', ');

/** Moves lines to the right. */
export const indented = (lines: readonly string[], by = '  '): readonly string[] => lines.map((line) => by + line);

/** Items by a key, in the order in which the keys come up. */
export function grouped<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** Compares texts by their code units, as no locale changes. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
