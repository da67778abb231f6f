/** Reads the Markdown files of the repository as their readers do: headings, links, and blocks of code. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The documents for users and maintainers, whose blocks are all tested. */
export const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'docs/configuration.md',
  'docs/models.md',
  'docs/operations.md',
  'docs/architecture.md',
  'docs/security.md',
];

/** A block of code. */
export interface Block {
  readonly file: string;
  /** The nearest heading above, without its signs. */
  readonly heading: string;
  /** Line of its first fence, from 1. */
  readonly line: number;
  /** Such as "bash"; empty where it has none. */
  readonly language: string;
  readonly text: string;
  /** The comments directly above it: `<!-- key: value -->`, or `<!-- key -->` with an empty value. */
  readonly marks: Readonly<Record<string, string>>;
}

/** A block as tests name it. */
export const placeOf = ({ file, line, heading }: Block) => `${file}:${line} (${heading})`;

export function blocksOf(file: string, text = readFileSync(file, 'utf8')): Block[] {
  const blocks: Block[] = [];
  let heading = '';
  let marks: Record<string, string> = {};
  let open: { line: number; language: string; lines: string[] } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    if (open) {
      if (line !== '```') {
        open.lines.push(line);
        continue;
      }
      const { lines, ...start } = open;
      blocks.push({ file, heading, ...start, text: lines.map((each) => `${each}\n`).join(''), marks });
      open = undefined;
      marks = {};
      continue;
    }
    const mark = /^<!-- (.+?)(?:: (.*))? -->$/.exec(line);
    if (mark) marks[mark[1] ?? ''] = mark[2] ?? '';
    else if (line.startsWith('```')) open = { line: index + 1, language: line.slice(3), lines: [] };
    else marks = {};
    heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
  }
  return blocks;
}

/** Every Markdown file of the repository, but those of installed packages and of caches. */
export function markdownFiles(folder = '.'): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return markdownFiles(path);
      return path.endsWith('.md') ? [path] : [];
    });
}

/** A text without its code. */
export const proseOf = (text: string) => text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');

/** The code in the sentences and tables of a text. */
export const codeOf = (text: string) =>
  [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replaceAll('\n', ' '));

/** The targets of a text's links and pictures. */
export const linksOf = (text: string) =>
  [...proseOf(text).matchAll(/\]\(<?([^)\s>]+)>?\)/g)].map(([, link = '']) => link);

/** The anchors that GitHub gives the headings of a text. */
export function anchorsOf(text: string): string[] {
  const seen = new Map<string, number>();
  const headings = text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading = '']) => {
    const name = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return count === 0 ? name : `${name}-${count}`;
  });
}
