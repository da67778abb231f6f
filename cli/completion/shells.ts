/**
 * Completion scripts. Each walks the words of the command line to find the command that they name, and offers what may
 * follow it. Environments are the folders of environments/ at the moment of completion.
 */
import type { CommandWords } from './words';

export function bash(program: string, commands: readonly CommandWords[]): string {
  return `_${identifier(program)}() {
  local current=\${COMP_WORDS[COMP_CWORD]} command=${program} word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$command $word" in
      ${subcommands(program, commands).join('|')}) command="$command $word" ;;
    esac
  done
${offers(commands)}
  COMPREPLY=($(compgen -W "$offered" -- "$current"))
}
complete -o default -F _${identifier(program)} ${program}
`;
}

export function zsh(program: string, commands: readonly CommandWords[]): string {
  return `_${identifier(program)}() {
  local command=${program} word before=("\${(@)words[2,CURRENT-1]}")
  for word in $before; do
    case "$command $word" in
      ${subcommands(program, commands).join('|')}) command="$command $word" ;;
    esac
  done
${offers(commands)}
  compadd -- \${=offered} || _files
}
compdef _${identifier(program)} ${program}
`;
}

export function fish(program: string, commands: readonly CommandWords[]): string {
  const cases = commands.map(
    ({ command, words, takesEnvironment }) =>
      `    case '${command}'\n      string split ' ' -- '${words.join(' ')}'${takesEnvironment ? `\n      ${LIST_ENVIRONMENTS}` : ''}`,
  );
  return `function __${identifier(program)}
  set -l command ${program}
  for word in (commandline -opc)[2..]
    switch "$command $word"
      case ${subcommands(program, commands).join(' ')}
        set command "$command $word"
    end
  end
  switch $command
${cases.join('\n')}
  end
end
complete -c ${program} -a '(__${identifier(program)})'
`;
}

/** Works in all three shells. */
const LIST_ENVIRONMENTS = `command ls environments 2>/dev/null | command grep -v '[.]'`;

const identifier = (program: string) => program.replaceAll('-', '_');
/** Every command but the program itself, in quotes. */
const subcommands = (program: string, commands: readonly CommandWords[]) =>
  commands.flatMap(({ command }) => (command === program ? [] : [`'${command}'`]));

/** Sets "offered" to what may follow the command. */
function offers(commands: readonly CommandWords[]): string {
  const cases = commands.map(
    ({ command, words, takesEnvironment }) =>
      `    '${command}') offered="${words.join(' ')}${takesEnvironment ? ` $(${LIST_ENVIRONMENTS})` : ''}" ;;`,
  );
  return `  local offered\n  case "$command" in\n${cases.join('\n')}\n  esac`;
}
