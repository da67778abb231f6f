/** Runs a component's script with stand-ins for the programs that it calls. */
import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Scripts in Python run where there is a Python 3; `.ci/run` makes sure of one. */
export const describePython = spawnSync('python3', ['--version']).status === 0 ? describe : describe.skip;

/** The time limit of a test that runs a script. */
export const SCRIPT_TIMEOUT = 60_000;

export interface ScriptRun {
  readonly script: string;
  /** @default - sh */
  readonly interpreter?: 'sh' | 'python3';
  /** Programs on the PATH, each a script of its own with a "#!" line; they find the folder of the run in $RUN. */
  readonly programs?: Readonly<Record<string, string>>;
  /** Files below the folder of the run, by their paths in it. */
  readonly files?: Readonly<Record<string, string>>;
  /** Variables; "$RUN" in them is the folder of the run. */
  readonly env: Readonly<Record<string, string>>;
}

export interface ScriptResult {
  readonly status: number;
  readonly output: string;
  /** All files below the folder of the run, by their paths in it. */
  readonly files: Readonly<Record<string, string>>;
}

export async function runScript({ script, interpreter = 'sh', programs = {}, files = {}, env }: ScriptRun) {
  const run = mkdtempSync(join(tmpdir(), 'ml-platform-'));
  const write = (path: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(join(run, path)), { recursive: true });
    writeFileSync(join(run, path), text);
    chmodSync(join(run, path), mode);
  };
  try {
    for (const [path, text] of Object.entries(files)) write(path, text);
    for (const [name, text] of Object.entries(programs)) write(`bin/${name}`, text, 0o755);
    write('script', script);
    const own = Object.entries(env).map(([name, value]) => [name, value.replaceAll('$RUN', run)]);
    const result = await execute(interpreter, join(run, 'script'), {
      ...process.env,
      PATH: `${run}/bin:${process.env.PATH}`,
      RUN: run,
      ...Object.fromEntries(own),
    });
    return { ...result, files: Object.fromEntries(contents(run, '')) } satisfies ScriptResult;
  } finally {
    rmSync(run, { recursive: true, force: true });
  }
}

/** Does not block, so that a test can serve what the script calls. */
function execute(interpreter: string, path: string, env: NodeJS.ProcessEnv) {
  return new Promise<{ status: number; output: string }>((resolve) => {
    execFile(interpreter, [path], { env, timeout: SCRIPT_TIMEOUT / 2 }, (error, stdout, stderr) => {
      resolve({ status: error ? Number(error.code ?? -1) : 0, output: stdout + stderr });
    });
  });
}

function contents(root: string, below: string): [string, string][] {
  return readdirSync(join(root, below)).flatMap((name) => {
    const path = join(below, name);
    return statSync(join(root, path)).isDirectory()
      ? contents(root, path)
      : [[path, readFileSync(join(root, path), 'utf8')]];
  });
}
