/** Takes the bash blocks of the documents apart: each command with its words, as a shell would see them. */

/** The words of a command. */
export type Command = readonly string[];

/**
 * Every command of a script, those of pipes and of `$(…)` included. Comments, redirections and the text of here-documents
 * are left out. It knows what the documents use of the shell, and nothing more.
 * @throws Error where a quote is not closed
 */
export function commandsOf(script: string): Command[] {
  const inner = [...script.matchAll(/(?<!\\)\$\(([^()]*)\)/g)].flatMap(([, text = '']) => commandsOf(text));
  // A body in single quotes may have such a thing for another shell; its first word then is no program of ours.
  return [...inner, ...split(withoutHereDocuments(script))].filter((words) => words.length > 0);
}

const withoutHereDocuments = (script: string) => script.replace(/<<'?(\w+)'?\n[\s\S]*?\n\1$/gm, '');

/** The words between separators; `x=$(…)` and redirections are no words of a command. */
function split(script: string): Command[] {
  const commands: string[][] = [[]];
  const tokens = script.replaceAll('\\\n', ' ').matchAll(TOKEN);
  let redirected = false;
  for (const { 0: token } of tokens) {
    if (/^['"]$/.test(token)) throw new Error(`a quote is not closed in: ${script}`);
    if (/^\s+$/.test(token) && !token.includes('\n')) continue;
    if (/^#/.test(token)) continue;
    if (/^[<>]/.test(token)) redirected = true;
    else if (/^[|&;\n]|^\s*\n/.test(token)) commands.push([]);
    else if (redirected) redirected = false;
    else if (!/^\w+=/.test(token) || commands.at(-1)?.length) commands.at(-1)?.push(unquoted(token));
  }
  return commands;
}

/** White space, a comment, a separator, a redirection, a word with quoted parts, or a quote that is left over. */
const TOKEN =
  /\s+|(?<=^|\s)#[^\n]*|\|\|?|&&?|;|[<>]+|(?:\$\([^()]*\)|'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s|&;<>'"])+|['"]/g;

const unquoted = (word: string) =>
  word.replace(/'([^']*)'|"((?:\\.|[^"\\])*)"/g, (_, single, double) => single ?? double);
