/** Runs a component's script with stand-ins for the programs that it calls. */
import { type ExecFileOptions, execFile, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
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
  /** @default - none */
  readonly args?: readonly string[];
  /** @default - whoever runs the tests */
  readonly user?: { readonly uid?: number; readonly gid?: number };
}

export interface ScriptResult {
  readonly status: number;
  readonly output: string;
  /** All files below the folder of the run, by their paths in it. */
  readonly files: Readonly<Record<string, string>>;
}

export async function runScript({
  script,
  interpreter = 'sh',
  programs = {},
  files = {},
  env,
  args = [],
  user = {},
}: ScriptRun) {
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
    if (user.uid !== undefined) own(run, user.uid);
    const variables = Object.entries(env).map(([name, value]) => [name, value.replaceAll('$RUN', run)]);
    const all = {
      ...process.env,
      PATH: `${run}/bin:${process.env.PATH}`,
      RUN: run,
      ...Object.fromEntries(variables),
    };
    const result = await execute(interpreter, [join(run, 'script'), ...args], { ...user, cwd: run, env: all });
    return { ...result, files: Object.fromEntries(contents(run, '')) } satisfies ScriptResult;
  } finally {
    rmSync(run, { recursive: true, force: true });
  }
}

/** Does not block, so that a test can serve what the script calls. */
function execute(interpreter: string, args: readonly string[], options: ExecFileOptions) {
  return new Promise<{ status: number; output: string }>((resolve) => {
    execFile(interpreter, args, { ...options, timeout: SCRIPT_TIMEOUT / 2 }, (error, stdout, stderr) => {
      resolve({ status: error ? Number(error.code ?? -1) : 0, output: `${stdout}${stderr}` });
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

/** Gives a folder and all that is in it to a user. */
function own(path: string, uid: number): void {
  chownSync(path, uid, uid);
  if (!statSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) own(join(path, name), uid);
}
