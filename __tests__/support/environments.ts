/** Environment folders on disk, for tests of how they are read. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { PlatformConfig } from '../../charts/config';
import { loadEnvironment, loadEnvironments } from '../../charts/environment/environments';
import { ConfigError } from '../../config/problems';

/** The environment that a new repository starts with: the product's, whatever a user makes of environments/. */
export const STARTING = { folder: 'cli/init/template/environments', name: 'minikube' } as const;

export const startingEnvironment = (): PlatformConfig => loadEnvironment(STARTING.folder, STARTING.name);

/** The environments that show every option. */
export const exampleEnvironments = (): PlatformConfig[] => loadEnvironments('examples/environments');

/** What lies below a folder: path and content. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A model that any environment accepts. */
export const MODEL = 'server: MLFLOW_SERVER\nuri: s3://models/wine/mlflow-wine/1\nform: {inputs: [{name: alcohol}]}\n';

/** Writes files, and the folders they need. */
export function writeFiles(folder: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** Calls `use` with a new folder, and removes it afterwards. */
export function withFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'ml-platform-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The environments in these files. */
export function environmentsIn(files: Files): PlatformConfig[] {
  return withFolder((folder) => {
    writeFiles(folder, files);
    return loadEnvironments(folder);
  });
}

/** One environment with these settings and the one model that the front end asks by default. */
export function settingsOf(platform: string): PlatformConfig {
  const [environment] = environmentsIn({ 'test/platform.yaml': platform, 'test/models/mlflow-wine.yaml': MODEL });
  if (environment === undefined) throw new Error('no environment was read');
  return environment;
}

/**
 * All that is wrong with these files, as if their folder was called "environments".
 * @param prepare makes what is not a file
 * @throws Error when nothing is
 */
export function problemsIn(files: Files, prepare: (folder: string) => void = () => {}): string[] {
  return withFolder((root) => {
    const folder = join(root, 'environments');
    writeFiles(folder, files);
    prepare(folder);
    try {
      loadEnvironments(folder);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return error.problems.map((line) => line.replaceAll(folder, 'environments'));
    }
    throw new Error(`accepted: ${JSON.stringify(files)}`);
  });
}
