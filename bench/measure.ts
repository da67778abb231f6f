/** Runs commands in turns and compares what they took. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Makes ready what the command needs; not measured. */
  readonly prepare?: () => void;
}

export interface Sample {
  /** From start to end. */
  readonly seconds: number;
  /** CPU time outside the kernel, which a busy machine disturbs less. */
  readonly user: number;
  /** Peak resident memory in MiB. */
  readonly mebibytes: number;
}

/** The samples of each command, one a round: a busy moment of the machine hits all commands of its round. */
export type Samples<Name extends string> = Readonly<Record<Name, readonly Sample[]>>;

/**
 * Runs each command so many times, in turns.
 * @throws Error when one fails
 */
export function inTurns<Name extends string>(commands: Readonly<Record<Name, Command>>, rounds: number): Samples<Name> {
  const names = Object.keys(commands) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as Sample[]])) as Record<Name, Sample[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of names) samples[name].push(run(commands[name]));
  }
  return samples;
}

function run({ command, args, cwd, prepare }: Command): Sample {
  prepare?.();
  const output = execFileSync('python3', [resolve('bench/measure.py'), command, ...args], { cwd, encoding: 'utf8' });
  return JSON.parse(output);
}

/** The median over the rounds of how many times the other's value the one's is. */
export function ratio(ones: readonly Sample[], others: readonly Sample[], field: keyof Sample): number {
  return median(ones.map((one, round) => one[field] / (others[round]?.[field] ?? Number.NaN)));
}

/** The median of one value over the rounds. */
export const medianOf = (samples: readonly Sample[], field: keyof Sample): number =>
  median(samples.map((sample) => sample[field]));

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The median time of a function over so many items, in microseconds an item. */
export function microseconds(items: number, rounds: number, work: () => void): number {
  return median(
    Array.from({ length: rounds }, () => {
      const start = performance.now();
      work();
      return ((performance.now() - start) * 1000) / items;
    }),
  );
}
