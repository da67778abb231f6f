/**
 * Puts a document together from the files that it extends.
 *
 * Mappings merge field by field, everything else is replaced, and null removes what the base said.
 */
import { isMapping, type Mapping } from '../charts/lib/mapping';
import type { Origin, Path } from './problems';

/** A YAML document, and which file said each part of it. */
export interface Document {
  readonly content: unknown;
  readonly said: Said;
}

/** The file that said a value. Where a mapping was merged from several files: that of each field too. */
export interface Said {
  readonly file: string;
  readonly fields?: ReadonlyMap<string, Said>;
}

/** Documents that cannot be merged; the message says why. */
export class MergeError extends Error {}

/** Mappings in one merge. Only aliases that multiply, or that lead to themselves, make more. */
const LIMIT = 1000;

/**
 * One document over another: what the second says wins.
 * @throws MergeError where aliases make more mappings than anybody writes
 */
export function merge(base: Document, over: Document): Document {
  let mappings = 0;
  const merged = (below: Document, above: Document): Document => {
    if (!isMapping(below.content) || !isMapping(above.content)) return above;
    if (++mappings > LIMIT) throw new MergeError(`has more than ${LIMIT} mappings to merge; remove its aliases`);
    const content: [string, unknown][] = [];
    const fields = new Map<string, Said>();
    for (const key of new Set([...Object.keys(below.content), ...Object.keys(above.content)])) {
      const inBase = Object.hasOwn(below.content, key);
      const inOver = Object.hasOwn(above.content, key);
      if (inBase && inOver && above.content[key] === null) continue;
      const field =
        inBase && inOver ? merged(fieldOf(below, key), fieldOf(above, key)) : fieldOf(inOver ? above : below, key);
      content.push([key, field.content]);
      fields.set(key, field.said);
    }
    // A key called "__proto__" stays a key this way.
    return { content: Object.fromEntries(content), said: { file: above.said.file, fields } };
  };
  return merged(base, over);
}

/** A field of a mapping, with the file that said it. */
function fieldOf({ content, said }: Document, key: string): Document {
  return { content: (content as Mapping)[key], said: said.fields?.get(key) ?? { file: said.file } };
}

/** Which file to name for a fault in a document. */
export function originOf(document: Document): Origin {
  return document.said.fields === undefined ? oneFile(document.said.file) : manyFiles(document);
}

/** Apart from the other, so that a thousand models do not keep their text in memory. */
export function oneFile(file: string): Origin {
  return { file, fileOf: () => file };
}

function manyFiles(document: Document): Origin {
  const { file } = document.said;
  return { file, fileOf: (path) => fileAt(document, path) };
}

/**
 * The file that said the value at a path. What is in a list has the file of the list, since lists do not merge; what
 * nobody said is missing in the file itself.
 */
function fileAt(document: Document, path: Path): string {
  let found = document;
  for (const step of path) {
    if (!isMapping(found.content)) break;
    const key = String(step);
    if (!Object.hasOwn(found.content, key)) return document.said.file;
    found = fieldOf(found, key);
  }
  return found.said.file;
}
