/** Reads environments/: every file through the schema, all faults reported together. */
import { existsSync } from 'node:fs';
import { ConfigError } from '../../config/problems';
import { PLATFORM_FILE, parse } from '../../config/read';
import type { PlatformConfig } from '../config';
import { composePlatform } from '../platform';
import { encryptedFaults, isFileBackend } from '../secrets/encrypted';
import { clusterProblems } from './clusters';
import { isBase, platformIn } from './files';
import { entries } from './folder';
import { EnvironmentReader, type Inputs, type Recall } from './reader';

/** The environments below a folder, in the order of their names, without those that are only bases. */
export function environmentNames(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return entries(folder).flatMap(({ name, isFolder }) => {
    const file = platformIn(`${folder}/${name}`);
    return isFolder && !(existsSync(file) && isBase(parse(file, []))) ? [name] : [];
  });
}

/**
 * Environments below a folder, in the order of their names; a folder that is only a base is none.
 * @param only these, where not all are asked for; then nobody asks whether each base is of use
 * @param recall @default - every file is read
 * @throws ConfigError with all that is wrong in all of them
 */
export function loadEnvironments(folder: string, only?: readonly string[], recall?: Recall): PlatformConfig[] {
  if (!existsSync(folder)) {
    throw new ConfigError([
      `${folder}: not found; an environment is a folder such as "${folder}/minikube/${PLATFORM_FILE}"`,
    ]);
  }
  const reader = new EnvironmentReader(folder, recall);
  const environments = entries(folder)
    .filter(({ name, isFolder }) => isFolder && (only?.includes(name) ?? true))
    .flatMap(({ name }) => reader.environment(name) ?? []);
  const unused = only === undefined ? { files: reader.unusedFiles(), bases: reader.unusedBases() } : undefined;
  const problems = [...(unused?.files ?? []), ...reader.problems, ...(unused?.bases ?? [])];
  if (problems.length === 0 && environments.length === 0)
    problems.push(`${folder}: has no environment, such as "${folder}/minikube/${PLATFORM_FILE}"`);
  if (problems.length === 0)
    problems.push(...clusterProblems(folder, [...environments, ...neighboursOf(folder, environments)]));
  if (problems.length === 0) problems.push(...environments.flatMap((config) => secretFaults(folder, config)));
  if (problems.length > 0) throw new ConfigError(problems);
  return environments;
}

/** Encrypted Secrets that are missing. Only who renders needs them: the command that makes them reads the environment, too. */
function secretFaults(folder: string, config: PlatformConfig): string[] {
  const { environment, encrypted, secrets } = config;
  if (!isFileBackend(secrets.backend)) return [];
  return encryptedFaults(`${folder}/${environment}`, secrets.backend, encrypted, composePlatform(config).secrets);
}

/** What else is in the clusters of these environments. An environment that is faulty is judged when it is rendered itself. */
function neighboursOf(folder: string, environments: readonly PlatformConfig[]): PlatformConfig[] {
  const clusters = environments.flatMap(({ cluster }) => cluster ?? []);
  if (clusters.length === 0) return [];
  return environmentNames(folder)
    .filter((name) => !environments.some(({ environment }) => environment === name))
    .flatMap((name) => {
      const reader = new EnvironmentReader(folder);
      const found = reader.environment(name);
      const shares = found?.cluster !== undefined && clusters.includes(found.cluster);
      return shares && reader.problems.length === 0 ? [found] : [];
    });
}

/**
 * One environment.
 * @throws ConfigError with all that is wrong in it
 */
export function loadEnvironment(folder: string, name: string): PlatformConfig {
  const reader = new EnvironmentReader(folder);
  return reader.sole(name, reader.environment(name));
}

/**
 * The model files of an environment, as they are before any name is looked up in the lock.
 * @throws ConfigError with all that is wrong in its files
 */
export function loadModelFiles(folder: string, name: string): Inputs {
  const reader = new EnvironmentReader(folder);
  return reader.sole(name, reader.inputs(name));
}
