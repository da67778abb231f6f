/** `ml-platform report`: what a change of dist/ does in the cluster. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { UsageError } from '../command';
import { examples } from '../help';
import type { Terminal } from '../terminal';
import { compareTrees } from './compare';
import { acknowledgedIn, codeOf } from './finding';
import { reportMarkdown } from './markdown';
import { openTree } from './trees';

interface Options {
  readonly acknowledged?: string;
}

export function addReport(program: Command, terminal: Terminal): void {
  program
    .command('report')
    .summary('say what a change of dist/ does in the cluster')
    .description(
      'Compares two rendered trees, and prints Markdown for a pull request: what restarts and what does not answer ' +
        'meanwhile, what the API server refuses and the way out, who may do or reach more, images, Secrets, models and ' +
        'requests. It needs neither a cluster nor a network.',
    )
    .argument('<base>', 'what is in the cluster: a folder such as dist/, or a revision of Git, whose dist/ is meant')
    .argument('<head>', 'what is to be applied: likewise')
    .option(
      '--acknowledged <file>',
      'fail unless each finding is acknowledged in this text, by a line "Acknowledged: CODE, CODE"; "-": stdin',
    )
    .addHelpText(
      'after',
      examples(
        'npx ml-platform report origin/main HEAD',
        'npx ml-platform report origin/main dist > report.md',
        'printf %s "$DESCRIPTION" | npx ml-platform report origin/main HEAD --acknowledged -',
      ),
    )
    .action((base: string, head: string, { acknowledged }: Options) => {
      const known = acknowledged === undefined ? new Set<string>() : acknowledgedIn(read(acknowledged));
      const changes = compareTrees(openTree(base), openTree(head));
      terminal.out(reportMarkdown(changes, known));
      if (acknowledged === undefined) return;
      const open = changes.flatMap(({ findings }) => findings.map(codeOf)).filter((code) => !known.has(code));
      if (open.length > 0) {
        throw new Error(`not acknowledged: ${[...new Set(open)].join(', ')}; the report says what each of them is`);
      }
    });
}

function read(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch {
    throw new UsageError(`--acknowledged: cannot read ${file}`);
  }
}
