import { isDeepStrictEqual } from 'node:util';

/** What is checked, and a look that says what it saw, or throws. */
export type Check = readonly [name: string, look: () => Promise<string>];

/** A list of checks, each with what was seen and how long it took. */
export class Checks {
  private readonly rows: { name: string; passed: boolean; seen: string; seconds: number }[] = [];

  /**
   * Runs a check: it fails by throwing, and says in a few words what it saw otherwise.
   * @returns whether it passed
   */
  async check(name: string, look: () => string | Promise<string>): Promise<boolean> {
    const start = Date.now();
    const add = (passed: boolean, seen: string) => {
      const seconds = (Date.now() - start) / 1000;
      this.rows.push({ name, passed, seen, seconds });
      console.error(`${passed ? 'ok  ' : 'FAIL'} ${name} (${seconds.toFixed(1)} s)${passed ? '' : `\n${seen}`}`);
    };
    try {
      add(true, await look());
      return true;
    } catch (error) {
      add(false, error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  /** The table of all, and the line that says how many passed. */
  toString(): string {
    const failed = this.rows.filter(({ passed }) => !passed).length;
    const lines = this.rows.map(
      ({ name, passed, seen, seconds }) =>
        `| ${passed ? 'ok' : 'FAIL'} | ${name} | ${firstLine(seen)} | ${seconds.toFixed(1)} |`,
    );
    const table = ['| | check | seen | s |', '| --- | --- | --- | --- |', ...lines].join('\n');
    return `${table}\n\n${this.rows.length - failed} passed, ${failed} failed\n`;
  }

  /** How long all of them took, rounded up. */
  get minutes(): number {
    return Math.ceil(this.rows.reduce((sum, { seconds }) => sum + seconds, 0) / 60);
  }

  get failed(): boolean {
    return this.rows.some(({ passed }) => !passed);
  }
}

const firstLine = (text: string) => (text.split('\n')[0] ?? '').slice(0, 160).replaceAll('|', '\\|');

/** @throws Error when the two differ */
export function same(found: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(found, expected)) {
    throw new Error(`found ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`);
  }
}

/**
 * Holds the log of a program to that the API server has forbidden it nothing.
 * @param expected words of lines that say so of something it can do without
 * @throws Error with the first of them
 */
export function nothingForbidden(log: string, expected?: string): string {
  const lines = log.split('\n');
  const forbidden = lines.filter((line) => / is forbidden/.test(line) && !(expected && line.includes(expected)));
  if (forbidden.length > 0) throw new Error(forbidden.slice(0, 5).join('\n'));
  return `${lines.length} lines of log, none of something forbidden`;
}
