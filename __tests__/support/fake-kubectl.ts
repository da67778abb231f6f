/** A kubectl that answers from a table, for tests that need an answer no cluster gives at will. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What it answers to a command line that has all of these words. */
export interface FakeAnswer {
  readonly to: readonly string[];
  readonly code?: number;
  readonly stdout?: string | object;
  readonly stderr?: string;
}

/** What fits no answer is answered by an empty list, with success. */
const OTHERWISE: readonly FakeAnswer[] = [
  { to: ['--output=json'], stdout: { apiVersion: 'v1', kind: 'List', items: [] } },
  { to: [] },
];

/** Stands between the words of a call. */
const SEPARATOR = '\x1f';

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** A script of the shell alone: a test calls it dozens of times, and Node.js takes a while to start. */
function scriptOf(folder: string, answers: readonly FakeAnswer[]): string {
  const lines = answers.map(({ to, code = 0, stdout = '', stderr = '' }) => {
    const out = typeof stdout === 'string' ? stdout : JSON.stringify(stdout);
    const fits = to.map((word) => `has ${quoted(word)}`).join(' && ');
    const say = `printf %s ${quoted(out)}; printf %s ${quoted(stderr)} >&2; exit ${code}`;
    return `if ${fits || ':'}; then ${say}; fi`;
  });
  return [
    '#!/bin/sh',
    `IFS=${quoted(SEPARATOR)}`,
    `all="${SEPARATOR}$*${SEPARATOR}"`,
    `printf '%s\\n' "$*" >> ${quoted(join(folder, 'calls'))}`,
    // What it is given on standard input is JSON, in one line.
    `case "$all" in *"${SEPARATOR}--filename=-${SEPARATOR}"*) read -r line; printf '%s\\n' "$line" >> ${quoted(join(folder, 'inputs'))} ;; esac`,
    `has() { case "$all" in *"${SEPARATOR}$1${SEPARATOR}"*) ;; *) return 1 ;; esac; }`,
    ...lines,
    '',
  ].join('\n');
}

export class FakeKubectl {
  /**
   * @param folder which it is put into
   * @param answers the first that fits is given
   */
  constructor(
    private readonly folder: string,
    answers: readonly FakeAnswer[],
  ) {
    mkdirSync(folder, { recursive: true });
    for (const name of ['calls', 'inputs']) writeFileSync(join(folder, name), '');
    writeFileSync(join(folder, 'kubectl'), scriptOf(folder, [...answers, ...OTHERWISE]));
    chmodSync(join(folder, 'kubectl'), 0o755);
  }

  /** Variables with which it is found, and no other program. */
  get env(): Record<string, string> {
    return { PATH: this.folder };
  }

  /** The objects that it was given on standard input. */
  get inputs(): Readonly<Record<string, unknown>>[] {
    const lines = readFileSync(join(this.folder, 'inputs'), 'utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
  }

  /** The command lines that it was given, without the time that a request may take. */
  get calls(): string[][] {
    return readFileSync(join(this.folder, 'calls'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(SEPARATOR).filter((word) => !word.startsWith('--request-timeout')));
  }
}
