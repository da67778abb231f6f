/** Commands that run to their end. */
import { execFile, spawnSync } from 'node:child_process';

export interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Result {
  return spawnSync(command, args, optionsOf(cwd, env));
}

/** The same for a command that calls a server of this process, which has to answer meanwhile. */
export function runBeside(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Result> {
  return new Promise((resolve) => {
    execFile(command, args, optionsOf(cwd, env), (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
  });
}

function optionsOf(cwd: string, env: Readonly<Record<string, string>>) {
  return {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', ...env },
    maxBuffer: 64 * 1024 * 1024,
    timeout: 5 * 60_000,
  } as const;
}

/** The output of a command that succeeded. */
export function finished({ status, stdout, stderr }: Result): string {
  if (status !== 0) throw new Error(`ended with ${status}:\n${stdout}${stderr}`);
  return stdout.trim();
}
