/** A table, a line for each row. */
export function markdownTable(head: readonly string[], body: readonly string[][]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + body.map(line).join('');
}
