/** Reads environments/: every file through the schema, all faults reported together. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ConfigError, problem } from '../config/problems';
import { LOCK_FILE, MODELS_FOLDER, PLATFORM_FILE, readFile } from '../config/read';
import { type PlatformSettings, platformSchema } from './config';
import { environmentProblems } from './environment-rules';
import { frontendFaults } from './frontend/config';
import { modelSchema } from './models/config';
import { readLock } from './models/lock';
import { nameClashes } from './models/name-clashes';
import { joinLock, type ModelConfig, type ModelFile } from './models/version';

/** All that is known of one environment; nothing in it is optional unless absence means something. */
export interface PlatformConfig extends Readonly<PlatformSettings> {
  /** Name of the environment: its folder under environments/ and under dist/. */
  readonly environment: string;
  readonly models: readonly ModelConfig[];
}

/** The environments below a folder, in the order of their names. */
export function environmentNames(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return entries(folder).flatMap(({ name, isFolder }) => (isFolder ? [name] : []));
}

/**
 * Environments below a folder, in the order of their names.
 * @param only these, where not all are asked for
 * @throws ConfigError with all that is wrong in all of them
 */
export function loadEnvironments(folder: string, only?: readonly string[]): PlatformConfig[] {
  if (!existsSync(folder)) {
    throw new ConfigError([
      `${folder}: not found; an environment is a folder such as "${folder}/minikube/${PLATFORM_FILE}"`,
    ]);
  }
  const names = environmentNames(folder).filter((name) => only?.includes(name) ?? true);
  if (names.length === 0)
    throw new ConfigError([`${folder}: has no environment, such as "${folder}/minikube/${PLATFORM_FILE}"`]);

  const problems = entries(folder)
    .filter(({ name, isFolder }) => !isFolder && /\.ya?ml$/i.test(name))
    .map(({ name }) => {
      const meant = `${folder}/${name.replace(/\.\w+$/, '')}/${PLATFORM_FILE}`;
      return problem(`${folder}/${name}`, [], `not read; an environment is a folder, such as "${meant}"`);
    });
  const environments = names.map((name) => readEnvironment(folder, name, problems));
  if (problems.length > 0) throw new ConfigError(problems);
  return environments.filter((environment) => environment !== undefined);
}

/**
 * One environment.
 * @throws ConfigError with all that is wrong in it
 */
export function loadEnvironment(folder: string, name: string): PlatformConfig {
  const problems: string[] = [];
  const environment = readEnvironment(folder, name, problems);
  if (environment === undefined || problems.length > 0) throw new ConfigError(problems);
  return environment;
}

/**
 * The model files of an environment, as they are before any name is looked up in the lock.
 * @throws ConfigError with all that is wrong in its files
 */
export function loadModelFiles(folder: string, name: string): Inputs {
  const problems: string[] = [];
  const inputs = readInputs(folder, name, problems);
  if (inputs === undefined || problems.length > 0) throw new ConfigError(problems);
  return inputs;
}

/** The files of one environment, each for itself. */
export interface Inputs {
  /** The environment's folder. */
  readonly root: string;
  readonly settings: PlatformSettings;
  readonly models: readonly ModelFile[];
}

function readEnvironment(folder: string, name: string, problems: string[]): PlatformConfig | undefined {
  const before = problems.length;
  const inputs = readInputs(folder, name, problems);
  if (inputs === undefined) return undefined;
  const { root, settings } = inputs;
  const lock = readLock(root, problems);
  const models = inputs.models.flatMap(({ file, model }) => {
    const joined = joinLock(root, file, model, lock, problems);
    return joined === undefined ? [] : [{ file, model: joined }];
  });
  problems.push(...environmentProblems(models, settings));
  const complete = models.map(({ model }) => model);
  // A model that is refused is missing here, which is not a fault of the front end.
  if (problems.length === before) {
    const faults = frontendFaults(settings.frontend, complete);
    problems.push(...faults.map(({ path, message }) => problem(`${root}/${PLATFORM_FILE}`, path, message)));
  }
  return Object.freeze({ environment: name, ...settings, models: complete });
}

function readInputs(folder: string, name: string, problems: string[]): Inputs | undefined {
  const root = `${folder}/${name}`;
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) {
    problems.push(problem(root, [], 'the name of an environment is a lower-case DNS label, such as "minikube"'));
  }
  for (const entry of existsSync(root) ? entries(root) : []) {
    const files = [PLATFORM_FILE, LOCK_FILE];
    const known = entry.isFolder ? entry.name === MODELS_FOLDER : files.includes(entry.name) || !isData(entry.name);
    if (!known) {
      const path = `${root}/${entry.name}`;
      problems.push(problem(path, [], `not read; an environment is ${files.join(', ')} and ${MODELS_FOLDER}/`));
    }
  }
  const file = `${root}/${PLATFORM_FILE}`;
  if (!existsSync(file)) {
    problems.push(problem(file, [], 'not found; an empty file gives a platform with all defaults'));
    return undefined;
  }
  const settings = readFile(file, platformSchema, {}, problems);
  const models = modelFiles(root, problems).flatMap((path): ModelFile[] => {
    const model = readFile(path, modelSchema, { name: basename(path, '.yaml') }, problems);
    return model === undefined ? [] : [{ file: path, model }];
  });
  problems.push(...nameClashes(models));
  return settings && { root, settings, models };
}

function modelFiles(root: string, problems: string[]): string[] {
  const folder = `${root}/${MODELS_FOLDER}`;
  if (!existsSync(folder)) return [];
  return entries(folder).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isFolder) {
      problems.push(problem(path, [], `not read; model files lie in ${MODELS_FOLDER}/ itself`));
      return [];
    }
    if (entry.name.endsWith('.yaml')) return [path];
    if (isData(entry.name)) {
      const stem = entry.name.replace(/\.\w+$/, '');
      problems.push(problem(path, [], `not read; a model file ends in .yaml, such as "${stem}.yaml"`));
    }
    return [];
  });
}

/** Looks like a file that its author expects to be read. */
const isData = (name: string) => /\.(ya?ml|json)$/i.test(name);

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** The entries of a folder, links followed, in an order that no locale or file system changes. */
function entries(folder: string): Entry[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.'))
    .map((entry) => ({
      name: entry.name,
      isFolder: entry.isSymbolicLink()
        ? statSync(join(folder, entry.name), { throwIfNoEntry: false })?.isDirectory() === true
        : entry.isDirectory(),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
