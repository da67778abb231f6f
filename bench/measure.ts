/** Runs commands and says how long they took and how much memory they needed at most. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Command {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
}

export interface Sample {
  readonly seconds: number;
  /** Peak resident memory in MiB; 0 where the system does not tell. */
  readonly mebibytes: number;
}

/** Runs each command so many times, in turns, so that a busy moment of the machine does not hit only one of them. */
export async function inTurns(commands: readonly Command[], rounds: number): Promise<Map<string, Sample>> {
  const samples = new Map<string, Sample[]>(commands.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const command of commands) samples.get(command.name)?.push(await run(command));
  }
  return new Map([...samples].map(([name, list]) => [name, median(list)]));
}

/**
 * Runs a command once.
 * @throws Error when it fails, with what it said
 */
export function run({ name, command, args, cwd }: Command): Promise<Sample> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
    let mebibytes = 0;
    let said = '';
    // The high-water mark only grows, so that reading it now and then is enough.
    const poll = setInterval(() => {
      mebibytes = Math.max(mebibytes, peak(child.pid));
    }, 5);
    child.stderr.on('data', (data) => {
      said += data;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(poll);
      if (code !== 0) reject(new Error(`${name} failed with ${code}: ${said}`));
      else resolve({ seconds: (performance.now() - start) / 1000, mebibytes });
    });
  });
}

function peak(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** The median time, and the median of the peaks. */
function median(samples: readonly Sample[]): Sample {
  const middle = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  return {
    seconds: middle(samples.map(({ seconds }) => seconds)),
    mebibytes: middle(samples.map(({ mebibytes }) => mebibytes)),
  };
}

/** The median time of a function over so many items, in microseconds an item. */
export function microseconds(items: number, rounds: number, work: () => void): number {
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    work();
    return ((performance.now() - start) * 1000) / items;
  });
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
}
