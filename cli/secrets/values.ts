/** Reads the values that a user gives: NAME=value a line. No line is passed over, or a random value would be in its place. */
import { existsSync, readFileSync } from 'node:fs';
import { problem } from '../../config/problems';
import { UsageError } from '../command';
import type { CredentialValues } from './credentials';

/** What a shell would skip, too. */
const NO_VALUE = /^\s*(#.*)?$/;
/** The value as it is, or in quotes. Its kinds are told apart by the group that it is in. */
const ENTRY = /^\s*(?:export\s+)?([\w.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|`([^`]*)`|([^\s#"'`][^\s#]*|))(?:\s+#.*|\s*)$/;

/**
 * @param example the name of a credential, which messages give as an example
 * @throws Error with every line that is wrong; UsageError where the file cannot be read
 */
export function readValues(file: string, example: string): CredentialValues {
  const values = new Map<string, string>();
  const lineOf = new Map<string, number>();
  const problems: string[] = [];
  for (const [index, line] of linesOf(file).entries()) {
    if (NO_VALUE.test(line)) continue;
    const [, name, ...kinds] = ENTRY.exec(line) ?? [];
    const earlier = name === undefined ? undefined : lineOf.get(name);
    if (name === undefined) problems.push(problem(file, [`line ${index + 1}`], notAnEntry(example)));
    else if (earlier !== undefined)
      problems.push(problem(file, [`line ${index + 1}`], `gives ${name} again, as line ${earlier} does; keep one`));
    else {
      lineOf.set(name, index + 1);
      values.set(name, kinds.find((kind) => kind !== undefined) ?? '');
    }
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return values;
}

/** The line is not shown: it may have somebody's password. */
const notAnEntry = (example: string) =>
  `is not NAME=value, such as ${example}=own-value.0123456789; a value with a "#" or a space stands in quotes`;

/** Some editors begin a file with a mark of its encoding. */
function linesOf(file: string): string[] {
  if (!existsSync(file)) throw new UsageError(`${file}: not found`);
  try {
    return readFileSync(file, 'utf8')
      .replace(/^\ufeff/, '')
      .split(/\r\n|\n|\r/);
  } catch (error) {
    throw new UsageError(`${file}: cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}
