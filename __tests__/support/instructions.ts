/** Carries out the steps of a document: files to write, and lines to add. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A block of code, and the file that was named last before it. */
interface Step {
  readonly file: string;
  readonly language: string;
  readonly code: string;
}

/** The blocks of `ts` and `diff` in a section of a Markdown text. */
export function stepsOf(markdown: string, heading: string): readonly Step[] {
  const [, section = ''] = markdown.split(`\n${heading}\n`);
  const steps: Step[] = [];
  let file = '';
  const tokens = /`([\w/-]+\.ts)`|^```(ts|diff)\n(.*?)^```$/gms;
  for (const [, named, language, code] of (section.split(/^## /m)[0] ?? '').matchAll(tokens)) {
    if (named !== undefined) file = named;
    else steps.push({ file, language: language ?? '', code: code ?? '' });
  }
  return steps;
}

/**
 * Writes a file (`ts`), or adds the lines that begin with "+" below the line above them (`diff`).
 * @param path gives the place of a file of the project
 * @throws Error where the file does not have that line once
 */
export function carryOut({ file, language, code }: Step, path: (file: string) => string): void {
  mkdirSync(dirname(path(file)), { recursive: true });
  if (language === 'ts') {
    writeFileSync(path(file), code);
    return;
  }
  const [above = '', ...added] = code.trimEnd().split('\n');
  const line = `${above.slice(1)}\n`;
  const pieces = readFileSync(path(file), 'utf8').split(line);
  if (pieces.length !== 2) throw new Error(`${file} has ${pieces.length - 1} lines "${above.slice(1)}", not one`);
  writeFileSync(path(file), pieces.join(`${line}${added.map((text) => `${text.slice(1)}\n`).join('')}`));
}
