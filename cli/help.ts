/** The end of a command's help: command lines to copy, each with what it does where that is not plain. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
