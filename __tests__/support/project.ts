/** Copies of this project in which commands can be run without touching the project itself. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const PROJECT = dirname(dirname(__dirname));
const SOURCES = [
  'cdk8s.yaml',
  'charts',
  'cli',
  'config',
  'crds',
  'imports',
  'main.ts',
  'package.json',
  'tsconfig.json',
];

/** Environment variables under which a command asks no server for updates, and finds none of ours. */
function environment(variables: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { CDK8S_OUTDIR: _, ...others } = process.env;
  return { ...others, CDK8S_CHECK_UPGRADE: 'false', npm_config_update_notifier: 'false', ...variables };
}

export interface Project {
  readonly root: string;
  /** A path inside it. */
  path(...parts: string[]): string;
  /** Runs a command to its end. */
  run(command: readonly string[], variables?: Readonly<Record<string, string>>): SpawnSyncReturns<string>;
  /** The environment in which `run` runs commands, for those that run beside the test. */
  readonly env: NodeJS.ProcessEnv;
  remove(): void;
}

/** The project without its environments and output. The libraries are linked, each by itself: the cache is its own. */
export function copyProject(): Project {
  const root = mkdtempSync(join(tmpdir(), 'ml-platform-'));
  for (const name of SOURCES) cpSync(join(PROJECT, name), join(root, name), { recursive: true });
  mkdirSync(join(root, 'node_modules'));
  for (const name of readdirSync(join(PROJECT, 'node_modules'))) {
    if (name !== '.cache') symlinkSync(join(PROJECT, 'node_modules', name), join(root, 'node_modules', name));
  }
  return {
    root,
    path: (...parts) => join(root, ...parts),
    run: ([command = '', ...args], variables) =>
      spawnSync(command, args, { cwd: root, env: environment(variables), encoding: 'utf8' }),
    env: environment(),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
