/**
 * Shared bases: a file says in `extends` which files it builds on, and then only what differs from them.
 *
 * - A path is relative to the file that says it. It names a YAML file, with or without ".yaml", or a folder, which
 *   stands for one file in it: see `Extensible`.
 * - Several bases are merged in their order: a later one wins over an earlier one, and the file itself over all.
 * - Mappings merge field by field, lists are replaced, null removes what a base said, so that the default applies.
 * - Bases may extend bases. A base lies in the folder that holds the environments.
 */
import { realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import * as z from 'zod';
import { isMapping } from '../charts/lib/mapping';
import { type Document, MergeError, merge } from './merge';
import { describeIssues, problem } from './problems';
import { parse } from './read';

const path = z
  .string()
  .refine((text) => /^[^/\\][^\\]*$/.test(text), { error: 'must be a path relative to this file' })
  .meta({ pattern: '^[^/\\\\][^\\\\]*$', examples: ['../base'] });

const RULE = 'must be a path relative to this file, or a list of them';

const OUTSIDE = 'outside the folder that holds the environments; a base lies in it, such as "../base"';

/** `extends` in a file. */
export const extendsField = z
  .union([path, z.array(path).min(1, { error: RULE })], { error: RULE })
  .optional()
  .meta({ examples: ['../base'] });

/** A file by the one name that no link changes. */
const realpath = realpathSync.native;

const extendsSchema = z.strictObject({ extends: extendsField });

/** What files of one kind get of those that they extend. */
export interface Extensible {
  /** The file that is meant where a file extends a folder. */
  readonly inFolder: (folder: string, file: string) => string;
  /** Fields that a file says of itself only. */
  readonly notInherited: readonly string[];
}

/** The bases of one run, each read once. */
export class Bases {
  private readonly documents = new Map<string, Document | undefined>();

  /**
   * @param top the folder that no base may lie outside of
   * @param problems takes what is wrong with bases
   */
  constructor(
    private readonly top: string,
    private readonly problems: string[],
  ) {}

  /** The real path of every file that was extended. */
  get files(): readonly string[] {
    return [...this.documents.keys()];
  }

  /**
   * The content of a file merged over its bases, without `extends`.
   * @returns undefined where a base is wrong
   */
  complete(file: string, content: unknown, kind: Extensible, chain: readonly string[] = [file]): Document | undefined {
    const said = { file };
    if (!isMapping(content) || !('extends' in content)) return { content, said };
    const { extends: value, ...own } = content;
    const parsed = extendsSchema.safeParse({ extends: value });
    if (!parsed.success) {
      this.problems.push(...describeIssues(file, extendsSchema, { extends: value }, parsed.error));
      return undefined;
    }
    const paths = [parsed.data.extends ?? []].flat();
    const bases = paths.map((text, index) => {
      const fault = (what: string) => {
        this.problems.push(problem(file, Array.isArray(value) ? ['extends', index] : ['extends'], what));
        return undefined;
      };
      const found = this.find(file, text, kind, fault);
      return found === undefined ? undefined : this.read(found, kind, chain, fault);
    });
    const documents = [...bases, { content: own, said }];
    if (!documents.every((document) => document !== undefined)) return undefined;
    try {
      return documents.reduce(merge);
    } catch (error) {
      if (!(error instanceof MergeError)) throw error;
      this.problems.push(problem(file, ['extends'], error.message));
      return undefined;
    }
  }

  private find(file: string, text: string, kind: Extensible, fault: (what: string) => undefined): string | undefined {
    const named = join(dirname(file), text).replace(/\/$/, '');
    const candidates = named.endsWith('.yaml') ? [named] : [`${named}.yaml`, kind.inFolder(named, file)];
    if (isOutside(resolve(this.top), resolve(named))) return fault(`is "${text}", ${OUTSIDE}`);
    const [found, other] = candidates.filter((name) => statSync(name, { throwIfNoEntry: false })?.isFile());
    if (found === undefined) return fault(`is "${text}", but there is no ${candidates.join(' and no ')}`);
    if (other !== undefined) return fault(`is "${text}", which can be ${found} or ${other}; name one of these files`);
    return found;
  }

  private read(
    file: string,
    kind: Extensible,
    chain: readonly string[],
    fault: (what: string) => undefined,
  ): Document | undefined {
    const real = realpath(file);
    if (chain.some((name) => realpath(name) === real))
      return fault(`leads back to where it began: ${[...chain, file].join(' -> ')}`);
    if (!this.documents.has(real)) {
      if (isOutside(realpath(this.top), real)) return fault(`is a link to ${real}, ${OUTSIDE}`);
      this.documents.set(real, undefined);
      const content = parse(file, this.problems);
      if (isMapping(content)) {
        const inherited = Object.entries(content).filter(([name]) => !kind.notInherited.includes(name));
        this.documents.set(real, this.complete(file, Object.fromEntries(inherited), kind, [...chain, file]));
      } else if (content !== undefined) {
        this.problems.push(problem(file, [], 'must be a mapping, since another file extends it'));
      }
    }
    return this.documents.get(real);
  }
}

function isOutside(folder: string, file: string): boolean {
  const way = relative(folder, file);
  return way === '..' || way.startsWith(`..${sep}`);
}
