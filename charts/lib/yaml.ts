/**
 * Writes Kubernetes objects as YAML that a YAML 1.1 reader (kubectl, Argo CD, Flux) and a YAML 1.2 reader understand alike.
 *
 * It is our own because a run with many models spends most of its time on writing, and js-yaml, the faster of the two
 * common libraries, takes about eight times as long (`npm run bench` compares them). The input is JSON, so that a few
 * rules are enough. A string is plain only where no reader could take it for anything else; otherwise it is quoted as in
 * JSON. Text of several lines is a literal block, which reviewers can read.
 */

/**
 * Several documents in one file.
 * @param documents JSON values; a key whose value is undefined is left out
 * @throws Error for what is not JSON, and for a character that YAML cannot carry to every reader
 */
export function toYaml(documents: readonly unknown[]): string {
  return documents.map((document) => `${node(document, 0, '').trimStart()}\n`).join('---\n');
}

/**
 * A value as it follows "key:" or "-" at a depth, with the space or line break in front.
 * @param start what stands before the first key or item of a collection: inside a list it is on the line of the "-"
 */
function node(value: unknown, depth: number, start?: string): string {
  if (typeof value === 'string') return ` ${scalar(value, depth)}`;
  if (typeof value !== 'object' || value === null) return ` ${literal(value)}`;
  const indent = `\n${'  '.repeat(depth)}`;
  let lead = start ?? indent;
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value) {
      text += `${lead}-${node(item, depth + 1, ' ')}`;
      lead = indent;
    }
    return text === '' ? ' []' : text;
  }
  for (const [key, child] of Object.entries(value)) {
    // A reader looks no further than this for the colon of a key.
    if (key.length > 1000) throw new Error(`YAML cannot carry a key of ${key.length} characters`);
    if (child === undefined) continue;
    text += `${lead}${flow(key)}:${node(child, depth + 1)}`;
    lead = indent;
  }
  return text === '' ? ' {}' : text;
}

function literal(value: unknown): string {
  if (value === null || typeof value === 'boolean' || Number.isFinite(value)) return String(value);
  throw new Error(`YAML cannot carry ${typeof value === 'number' ? value : `a ${typeof value}`}`);
}

/** Letters first, then nothing that YAML gives a meaning to: ": " and " #" cannot come about. */
const PLAIN = /^(?:[A-Za-z_/][\w./@+=,-]*(?::[\w./@+=,-]+)*(?: [A-Za-z(][\w./@+=,()-]*)*|\d+(?:m|[KMGT]i))$/;
/** What a YAML 1.1 reader may take for a boolean, null or a number, in any case. */
const WORD = /^(?:y|n|yes|no|on|off|true|false|null|e[-+]?\d+)$/i;
/** Control characters but line feed and tab, C1 controls, separators that YAML folds, byte order mark, lone surrogates. */
const FORBIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to refuse
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

function scalar(text: string, depth: number): string {
  return isBlock(text) ? block(checked(text), depth) : flow(text);
}

/** A string on one line, as a key has to be. */
function flow(text: string): string {
  return isPlain(text) ? text : JSON.stringify(checked(text));
}

/** Whether a string stands in YAML as it is. */
export const isPlain = (text: string) => PLAIN.test(text) && !WORD.test(text);

function checked(text: string): string {
  const forbidden = FORBIDDEN.exec(text);
  if (!forbidden) return text;
  const code = forbidden[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  throw new Error(`the character U+${code} in ${JSON.stringify(text.slice(0, 40))} cannot be carried by YAML`);
}

/** Text that a literal block can carry: no indentation of its own at the start, one line break at the end. */
function isBlock(text: string): boolean {
  return text.includes('\n') && /^\S/.test(text) && !text.endsWith('\n\n') && !/[ \t]\n|[ \t]$/.test(text);
}

function block(text: string, depth: number): string {
  const indent = '  '.repeat(depth);
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  return `${text.endsWith('\n') ? '|' : '|-'}\n${indent}${body.replaceAll('\n', `\n${indent}`).replace(/\n +(?=\n)/g, '\n')}`;
}
