/** What the documents say, read and done as a user reads and does it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Block, blocksOf } from '../../__tests__/support/markdown';
import { accepted, type Cluster } from './cluster';

/**
 * The text below a heading, down to the next heading of the same level.
 * @param heading as it is written, such as "## Troubleshooting"
 * @throws Error when the document has no such heading
 */
export function section(project: string, file: string, heading: string): string {
  const text = readFileSync(join(project, file), 'utf8');
  const below = text.split(`\n${heading}\n`)[1];
  if (below === undefined) throw new Error(`${file} has no heading "${heading}"`);
  const [level = ''] = heading.split(' ');
  return below.split(`\n${level} `)[0] ?? '';
}

/**
 * The blocks of code directly below a heading.
 * @param heading without its signs, such as "Grow a volume"
 * @throws Error when there are none
 */
export function blocksBelow(project: string, file: string, heading: string): Block[] {
  const blocks = blocksOf(file, readFileSync(join(project, file), 'utf8')).filter((block) => block.heading === heading);
  if (blocks.length === 0) throw new Error(`${file} has no blocks of code below "${heading}"`);
  return blocks;
}

/** Where commands run: a repository of environments, and the checkout whose command `ml-platform` is. */
export interface Place {
  readonly project: string;
  readonly home: string;
  /** A folder of programs that the reader has installed. */
  readonly programs?: string;
}

/**
 * Runs commands as they are written. Of npm's, those of this project work in any repository.
 * @throws Error where one fails or the API server warns
 */
export async function runDocumented(
  cluster: Cluster,
  script: string,
  { project, home, programs = '' }: Place,
): Promise<string> {
  const command = `node ${join(project, 'cli/run.mjs')} ${join(project, 'cli/main.ts')}`;
  const here = script
    .replace(/\bnpm run (?:--silent )?(synth|secrets|models)\b(?: --)?/g, `${command} $1`)
    .replace(/\bnpx ml-platform\b/g, command)
    // What leads to a Service in the background ends with the script, and is there before the next command.
    .replace(
      /^(kubectl port-forward .* (\d+)(?::\d+)?) &$/gm,
      '$1 >/dev/null &\nuntil (: </dev/tcp/localhost/$2) 2>/dev/null; do sleep 0.2; done',
    );
  const lines = [
    'set -euo pipefail',
    `PATH="$PATH:${programs}"`,
    "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT",
    here,
  ];
  return accepted(script, await cluster.kubectl(['-c', lines.join('\n')], '', { program: 'bash', cwd: home }));
}
