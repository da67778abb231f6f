/** What may follow each command, derived from the command tree. */
import type { Command } from 'commander';

/** The words that may follow a command, and whether the name of an environment may. */
export interface CommandWords {
  /** The command from the program's name on, such as "ml-platform models resolve". */
  readonly command: string;
  readonly words: readonly string[];
  readonly takesEnvironment: boolean;
}

/** Every command of a program, itself first. */
export function commandWords(command: Command, above = ''): CommandWords[] {
  const path = `${above}${command.name()}`;
  const help = command.createHelp();
  const subcommands = help.visibleCommands(command);
  const options = help.visibleOptions(command).flatMap(({ long }) => long ?? []);
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  return [
    {
      command: path,
      words: [...subcommands.map((sub) => sub.name()), ...choices, ...options],
      takesEnvironment:
        command.registeredArguments.some((argument) => argument.name() === 'env') ||
        command.options.some(({ flags }) => flags.includes('<env>')),
    },
    ...subcommands.flatMap((sub) => commandWords(sub, `${path} `)),
  ];
}
