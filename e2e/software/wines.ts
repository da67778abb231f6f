/** The wines of the example, as rows and as requests of the v2 protocol. */
import { readFileSync } from 'node:fs';

export type Wine = Readonly<Record<string, number>>;

/** @param file with a column for each property, and one for the quality */
export function winesOf(file: string): Wine[] {
  const [header = '', ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  const names = header.split(';').map((name) => name.replaceAll('"', ''));
  return lines.map((line) => {
    const values = line.split(';').map(Number);
    return Object.fromEntries(names.map((name, index) => [name, values[index] ?? Number.NaN]));
  });
}

/** What a model is told of a wine. */
export const columnsOf = ([wine = {}]: readonly Wine[]) => Object.keys(wine).filter((name) => name !== 'quality');

export const requestOf = (id: string, wines: readonly Wine[]) => ({
  id,
  parameters: { content_type: 'pd' },
  inputs: columnsOf(wines).map((name) => ({
    name,
    shape: [wines.length, 1],
    datatype: 'FP64',
    data: wines.map((wine) => wine[name]),
    parameters: { content_type: 'np' },
  })),
});
