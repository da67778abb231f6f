/** What the documents say, read as a user reads them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

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
 * The first bash block of a text.
 * @throws Error when there is none
 */
export function bashBlock(text: string): string {
  const block = /^```bash\n([\s\S]*?)^```/m.exec(text)?.[1];
  if (block === undefined) throw new Error(`there is no bash block in:\n${text}`);
  return block;
}
