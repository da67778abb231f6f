/** Turns what the schema refuses into lines that say where, what and how to mend it. */
import { closest, distance } from 'fastest-levenshtein';
import type * as z from 'zod';
import { inputSchema, type JsonSchema, kindField, kindIn, kindOf } from './json-schema';
import { OTHER_NAMES } from './other-names';

/** One or more files of an environment are wrong. `problems` has a line for each fault, as `file: path: what`. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
  }
}

/** The way to a value in a document. */
export type Path = readonly PropertyKey[];

/** Which file to name for a fault. A document that extends others has values of several files. */
export interface Origin {
  /** The file that the document was read from. */
  readonly file: string;
  /** The file that said the value at a path. */
  fileOf(path: Path): string;
}

/** What is wrong at one place of a file. */
export interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** All faults of one document, a line each. */
export function describeIssues(file: string | Origin, schema: z.ZodType, input: unknown, error: z.ZodError): string[] {
  const json = inputSchema(schema);
  const { fields = {}, otherKind } = OTHER_NAMES.get(schema) ?? {};
  const names = new Map(Object.entries(fields));
  const isOfOtherKind = error.issues.some(
    (issue) =>
      issue.code === 'unrecognized_keys' &&
      issue.path.length === 0 &&
      issue.keys.some((key) => otherKind?.fields.includes(key)),
  );
  if (otherKind && isOfOtherKind) return [problem(file, [], otherKind.answer)];
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      const section = at(json, issue.path, input);
      const known = Object.keys(section?.properties ?? {});
      return issue.keys.map((key) =>
        problem(
          file,
          [...issue.path, key],
          ofOtherKinds(key, at(json, issue.path, input, true), section) ??
            names.get([...issue.path, key].join('.')) ??
            names.get(key) ??
            `unknown field${suggestion(key, known)}`,
        ),
      );
    }
    if (issue.code === 'invalid_key') return problem(file, issue.path, issue.issues[0]?.message ?? issue.message);
    if (issue.code === 'custom' && issue.params?.complete) return problem(file, issue.path, issue.message);
    const value = valueAt(input, issue.path);
    return problem(file, issue.path, `${what(issue, value)}${example(json, issue.path, input)}`);
  });
}

/** One line about one place of a file; `path` is empty for the file as a whole. */
export function problem(file: string | Origin, path: Path, text: string): string {
  const name = typeof file === 'string' ? file : file.fileOf(path);
  return printable(path.length === 0 ? `${name}: ${text}` : `${name}: ${formatPath(path)}: ${text}`);
}

/** One line that does nothing to a terminal: control characters and line separators are only shown to be there. */
const printable = (text: string) => text.replace(/[\p{Cc}\u2028\u2029]/gu, '\ufffd');

function what(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === undefined) return 'is required';
  if (value === null) return 'has no value; remove the line or give it one';
  // zod words a wrong type for programmers ("expected record, received string"); operators read these.
  const text =
    issue.code === 'invalid_type' && /^Invalid input/.test(issue.message) ? typeRule(issue.expected) : issue.message;
  return `${text}, not ${shown(value)}`;
}

const typeRule = (expected: string) =>
  ({ object: 'must be a mapping', record: 'must be a mapping', array: 'must be a list', string: 'must be text' })[
    expected
  ] ?? `must be a ${expected}`;

/** The value as the user may have written it, cut where it is long. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  // JSON has no NaN and no infinity, which YAML has.
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…"` : text;
}

function suggestion(key: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const nearest = closest(key, [...known]);
  return distance(key, nearest) <= Math.max(2, key.length / 3)
    ? `; did you mean "${nearest}"?`
    : `; the fields here are ${known.join(', ')}`;
}

/** What is said of a field that the section has, but not where it is of this kind. */
function ofOtherKinds(
  key: string,
  { oneOf = [] }: JsonSchema = {},
  section: JsonSchema | undefined,
): string | undefined {
  const kinds = oneOf.filter(({ properties = {} }) => key in properties).map(kindOf);
  if (kinds.length === 0) return undefined;
  const field = kindField(oneOf[0] ?? {});
  return `is a field of ${field} ${kinds.join(' and ')}, and this is ${section && kindOf(section)}; remove it, or change the ${field}`;
}

function example(schema: JsonSchema, path: Path, input: unknown): string {
  const good = at(schema, path, input)?.examples?.[0];
  return good === undefined ? '' : `, such as ${JSON.stringify(good)}`;
}

/**
 * The schema of one place of a document.
 * @param asOneOfSeveral what is at the end of the path with all its kinds, and not as the kind that the document says
 */
function at(schema: JsonSchema, path: Path, input: unknown, asOneOfSeveral = false): JsonSchema | undefined {
  const { $defs = {} } = schema;
  const followed = (field: JsonSchema | undefined) =>
    field?.$ref === undefined ? field : { ...$defs[field.$ref.replace('#/$defs/', '')], ...field };
  const step = (found: JsonSchema | undefined, name: PropertyKey) => {
    if (typeof name === 'number') return followed(found?.items);
    const values = found?.additionalProperties;
    return followed(found?.properties?.[String(name)] ?? (typeof values === 'object' ? values : undefined));
  };
  const [name, ...rest] = path;
  const kind = schema.oneOf && !(asOneOfSeveral && name === undefined) ? kindIn(schema, input) : undefined;
  const here = kind ?? schema;
  if (name === undefined) return here;
  const next = step(here, name);
  return next && at({ $defs, ...next }, rest, valueAt(input, [name]), asOneOfSeveral);
}

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
    input,
  );
}

/** a.b[2].c; a key that would not be recognised as one is in quotes. */
function formatPath(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      const key = String(step);
      return `${index === 0 ? '' : '.'}${/^(?:line \d+|[\w./<-]+)$/.test(key) ? key : JSON.stringify(key)}`;
    })
    .join('');
}
