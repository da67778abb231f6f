/** `ml-platform completion`: what makes a shell complete the commands and options of this program. */
import { Argument, type Command } from 'commander';
import { examples } from '../help';
import type { Terminal } from '../terminal';
import { bash, fish, zsh } from './shells';
import { commandWords } from './words';

const SHELLS = { bash, zsh, fish };

export function addCompletion(program: Command, terminal: Terminal): void {
  program
    .command('completion')
    .summary('print a completion script for a shell')
    .description('Prints a script that makes a shell complete the commands, options and environments of ml-platform.')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SHELLS)))
    .addHelpText(
      'after',
      examples(
        'source <(npx ml-platform completion bash)          # in ~/.bashrc',
        'source <(npx ml-platform completion zsh)           # in ~/.zshrc, after compinit',
        'npx ml-platform completion fish | source           # in ~/.config/fish/config.fish',
      ),
    )
    .action((shell: keyof typeof SHELLS) => terminal.out(SHELLS[shell](program.name(), commandWords(program))));
}
