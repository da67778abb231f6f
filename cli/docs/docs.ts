/** `ml-platform docs`. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { examples } from '../help';
import type { Terminal } from '../terminal';
import { documentation } from './documentation';

export function addDocs(program: Command, terminal: Terminal): void {
  program
    .command('docs')
    .summary('write the generated parts of the documentation')
    .description(
      'Writes what follows from the code: the JSON Schemas of the environment files, and the tables of the documents. ' +
        'Only a clone of the project has this command.',
    )
    .addHelpText('after', examples('npm run docs'))
    .action(() => {
      for (const [file, text] of Object.entries(documentation((path) => readFileSync(path, 'utf8')))) {
        writeFileSync(file, text);
        terminal.out(`wrote ${file}\n`);
      }
    });
}
