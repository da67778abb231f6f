/**
 * Keeps what was made of the model files between runs, a file for each environment, in the folder where tools of npm keep
 * such things. Where there is no node_modules/, nothing is kept. Losing or damaging a file costs time, and nothing else.
 *
 * A file has what the memory depends on in its first line, then a line for each model and, before the first of its kind, a
 * line with what models of that kind have in common. Its last line has the digest of all lines before: lines that are
 * damaged are not used. With 10,000 models of a few kinds the file is a fifth of one that has a whole model in each line,
 * and so is what has to be parsed. The line of a model begins with the number of its kind, and a space: so a line stays,
 * but for its number, where nothing has changed.
 */
import { createHash, randomUUID } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Recall } from '../../charts/environment/reader';
import type { ModelConfig } from '../../charts/models/join-lock';
import { joined, partsOf } from '../../charts/models/kinds';
import { digestOf } from '../../charts/rendering/digest';
import { type Content, type Entry, type Kept, Memory } from '../../charts/rendering/memory';
import type { Terminal } from '../terminal';

const LIBRARIES = 'node_modules';
const KEPT_IN = join(LIBRARIES, '.cache/ml-platform');
/** Lines that are written at once. */
const BATCH = 500;

/** What models have in common, and what was rendered of them. */
interface KindLine {
  readonly common: ModelConfig;
  readonly content?: Content;
}

/** By their places: the names of fields would be a fifth of the file. Null where it is not known. */
type ModelLine = readonly [
  file: string,
  digest: string,
  stamp: string | null,
  words: readonly string[],
  renderedDigest: string | null,
  renderedStamp: string | null,
];

/** The memories of one run. */
export class Memories {
  private readonly opened = new Map<string, { readonly key: string; readonly memory: Memory }>();

  /**
   * @param env environment variables; ML_PLATFORM_PROGRAM is the digest of the program that runs. Where it is not set,
   * nothing is kept
   */
  constructor(private readonly env: Terminal['env']) {}

  /**
   * The key is of everything that the objects and the faults of a model follow from, but for the bytes and the name of its
   * file:
   *
   * - The program has its libraries, the catalogue of images and the scripts in it.
   * - The versions of Node.js and its parts: the known time zones are those of "tz".
   * - cdk8s does not sort the fields of objects where CDK8S_DISABLE_SORT is set. No other variable is read.
   * - The settings are those after validation, so they have what bases say. Schemas admit only values that JSON can tell
   *   apart. Patches, common labels, users and architectures are among them.
   * - The lock.
   *
   * Not in it, since no object of a model has it: the name of the environment, and other models. What models are judged on
   * together (their names, the front end, patches, the cluster) is judged in every run.
   */
  readonly recall: Recall = (environment, given) => {
    const { ML_PLATFORM_PROGRAM: program, CDK8S_DISABLE_SORT: unsorted } = this.env;
    if (program === undefined || !existsSync(LIBRARIES)) return undefined;
    const key = digestOf(JSON.stringify([program, process.versions, unsorted, given]));
    const memory = new Memory(read(fileOf(environment), key));
    this.opened.set(environment, { key, memory });
    return memory;
  };

  of(environment: string): Memory | undefined {
    return this.opened.get(environment)?.memory;
  }

  /** Keeps what this run has found, for the next one. */
  save(): void {
    for (const [environment, { key, memory }] of this.opened) {
      if (!memory.isUnchanged) write(fileOf(environment), key, memory.entries);
    }
  }
}

const fileOf = (environment: string) => join(KEPT_IN, `${environment}.models`);

function read(file: string, key: string): Entry[] {
  try {
    const bytes = readFileSync(file);
    const end = bytes.lastIndexOf('\n') + 1;
    if (createHash('sha256').update(bytes.subarray(0, end)).digest('base64') !== bytes.toString('latin1', end))
      return [];
    const [first, ...lines] = bytes.toString('utf8', 0, end).trimEnd().split('\n');
    return first === key ? entriesOf(lines) : [];
  } catch {
    return [];
  }
}

function entriesOf(lines: readonly string[]): Entry[] {
  const kinds: (KindLine & { readonly text: string })[] = [];
  return lines.flatMap((text) => {
    if (text.startsWith('{')) {
      kinds.push({ ...(JSON.parse(text) as KindLine), text });
      return [];
    }
    const end = text.indexOf(' ');
    const own = text.slice(end + 1);
    const [file, digest, stamp, words, renderedDigest, renderedStamp]: ModelLine = JSON.parse(own);
    const { common, content, text: kind } = kinds[Number(text.slice(0, end))] as (typeof kinds)[number];
    return {
      file,
      digest,
      stamp: stamp ?? undefined,
      model: joined({ common, words }),
      rendered:
        content && renderedDigest !== null
          ? { content, digest: renderedDigest, stamp: renderedStamp ?? undefined }
          : undefined,
      kept: { kind, own },
    };
  });
}

/** The lines of a file, those of kinds among them. */
function* linesOf(entries: Iterable<Entry>): Iterable<string> {
  const kinds = new Map<string, number>();
  for (const entry of entries) {
    const { kind, own } = entry.kept ?? keptOf(entry);
    let number = kinds.get(kind);
    if (number === undefined) {
      number = kinds.size;
      kinds.set(kind, number);
      yield kind;
    }
    yield `${number} ${own}`;
  }
}

function keptOf({ file, digest, stamp, model, rendered }: Entry): Kept {
  const { common, words } = partsOf(model);
  const line: ModelLine = [file, digest, stamp ?? null, words, rendered?.digest ?? null, rendered?.stamp ?? null];
  return {
    kind: JSON.stringify({ common, content: rendered?.content } satisfies KindLine),
    own: JSON.stringify(line),
  };
}

function write(file: string, key: string, entries: Iterable<Entry>): void {
  // Several runs may end at once, and any may be killed: a complete file is renamed into place.
  const unfinished = `${file}.${randomUUID()}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    const digest = createHash('sha256');
    const output = openSync(unfinished, 'wx');
    try {
      for (const text of batches(key, entries)) {
        digest.update(text);
        writeSync(output, text);
      }
      writeSync(output, digest.digest('base64'));
    } finally {
      closeSync(output);
    }
    renameSync(unfinished, file);
  } catch {
    // Where nothing can be written, each run makes everything anew.
    rmSync(unfinished, { force: true });
  }
}

function* batches(key: string, entries: Iterable<Entry>): Iterable<string> {
  let lines = [key];
  for (const line of linesOf(entries)) {
    lines.push(line);
    if (lines.length < BATCH) continue;
    yield `${lines.join('\n')}\n`;
    lines = [];
  }
  yield lines.map((line) => `${line}\n`).join('');
}
