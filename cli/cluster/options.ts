/** The options of every command that asks a cluster. */
import { type Command, InvalidArgumentError } from 'commander';

export function addClusterOptions(command: Command): Command {
  return command
    .option('--context <name>', 'the context of the kubeconfig (default: the current one)')
    .option('--kubeconfig <file>', 'the kubeconfig (default: as kubectl finds it)');
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/**
 * Seconds of a duration such as "90s", "15m" or "1h30m".
 * @throws InvalidArgumentError for anything else
 */
export function seconds(text: string): number {
  const parts = [...text.matchAll(/(\d+)([smh])/g)];
  const total = parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (UNITS[unit] ?? 0), 0);
  if (parts.map(([part]) => part).join('') !== text || total === 0) {
    throw new InvalidArgumentError('It is a duration such as 90s, 15m or 1h.');
  }
  return total;
}
