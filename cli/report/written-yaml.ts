/**
 * Reads YAML as charts/lib/yaml.ts writes it, about five times as fast as a library that reads all of YAML: a report on
 * thousands of models reads each of them twice. What it does not know for sure, it does not read.
 */
import { isPlain } from '../../charts/lib/yaml';

/** The documents of a text; undefined where synth would have written it otherwise. */
export function readWritten(text: string): unknown[] | undefined {
  if (!text.endsWith('\n')) return undefined;
  const lines = text.slice(0, -1).split('\n');
  const documents: unknown[] = [];
  try {
    const reader = new Reader(lines);
    reader.skipComments();
    while (reader.hasMore) documents.push(reader.document());
    return documents;
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
}

/** A text that is not of the known form. */
class Unknown extends Error {}

class Reader {
  private at = 0;

  constructor(private readonly lines: string[]) {}

  get hasMore(): boolean {
    return this.at < this.lines.length;
  }

  skipComments(): void {
    while (this.lines[this.at]?.startsWith('#')) this.at++;
  }

  document(): unknown {
    const value = this.block(0);
    if (this.hasMore && this.lines[this.at++] !== '---') throw new Unknown();
    return value;
  }

  /** A mapping or a list whose lines begin at a column. */
  private block(column: number): unknown {
    const line = this.lines[this.at];
    if (line === undefined || indentOf(line) !== column) throw new Unknown();
    return line.startsWith('- ', column) ? this.list(column) : this.mapping(column);
  }

  private list(column: number): unknown[] {
    const items: unknown[] = [];
    for (let line = this.lines[this.at]; line !== undefined; line = this.lines[this.at]) {
      if (indentOf(line) !== column || !line.startsWith('- ', column)) break;
      const inner = column + 2;
      if (line.startsWith('- ', inner) || keyEnd(line, inner) >= 0) {
        // The first line of a collection is on that of the "-".
        this.lines[this.at] = ' '.repeat(inner) + line.slice(inner);
        items.push(this.block(inner));
      } else {
        this.at++;
        items.push(this.scalar(line.slice(inner), inner));
      }
    }
    return items;
  }

  private mapping(column: number): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    for (let line = this.lines[this.at]; line !== undefined; line = this.lines[this.at]) {
      if (line === '---' || indentOf(line) !== column) break;
      const end = keyEnd(line, column);
      if (end < 0) throw new Unknown();
      const key = word(line.slice(column, end));
      if (typeof key !== 'string' || key === '__proto__' || key in fields) throw new Unknown();
      this.at++;
      fields[key] = end + 1 === line.length ? this.block(column + 2) : this.scalar(line.slice(end + 2), column + 2);
    }
    return fields;
  }

  /** @param column of the lines of a text that has several */
  private scalar(text: string, column: number): unknown {
    if (text !== '|' && text !== '|-') return word(text);
    const start = this.at;
    while (this.hasMore && isWithin(this.lines[this.at] ?? '', column)) this.at++;
    const body = this.lines.slice(start, this.at).map((line) => line.slice(column));
    return `${body.join('\n')}${text === '|' ? '\n' : ''}`;
  }
}

const isWithin = (line: string, column: number) => line === '' || indentOf(line) >= column;

function indentOf(line: string): number {
  let column = 0;
  while (line.charCodeAt(column) === 32) column++;
  return column;
}

/** Where the colon after a key is; -1 where there is no key. */
function keyEnd(line: string, column: number): number {
  if (line.charCodeAt(column) === 34) {
    const end = /^"(?:[^"\\]|\\.)*"(?=:(?: |$))/.exec(line.slice(column))?.[0].length;
    return end === undefined ? -1 : column + end;
  }
  const colon = line.indexOf(': ', column);
  return colon < 0 && line.endsWith(':') ? line.length - 1 : colon;
}

const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/;

/** A value on one line. */
function word(text: string): unknown {
  if (text.charCodeAt(0) === 34) return quoted(text);
  if (isPlain(text)) return text;
  if (NUMBER.test(text)) return Number(text);
  switch (text) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'null':
      return null;
    case '[]':
      return [];
    case '{}':
      return {};
    default:
      throw new Unknown();
  }
}

function quoted(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Unknown();
  }
}
