/** Reads environments/: every file through the schema, all faults reported together. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { z } from 'zod';
import { Bases, type Extensible } from '../config/bases';
import { isMapping, oneFile, originOf } from '../config/merge';
import { ConfigError, type Origin, problem } from '../config/problems';
import { MODELS_FOLDER, PLATFORM_FILE, parse, validate } from '../config/read';
import { clusterProblems } from './clusters';
import { type PlatformConfig, type PlatformSettings, platformSchema } from './config';
import { digestOf } from './digest';
import { entries, folderFaults, modelFiles } from './environment-folder';
import { environmentProblems, settingsFaults } from './environment-rules';
import { frontendFaults } from './frontend/config';
import type { Memory } from './memory';
import { modelSchema } from './models/config';
import { predictorsOf } from './models/config/inheritance';
import { type FileOf, joinLock, type ModelConfig, type ModelFile } from './models/join-lock';
import { type Lock, readLock } from './models/lock';
import { nameClashes } from './models/name-clashes';
import { patchFaults } from './patches/patches';
import { composePlatform, objectsOf } from './platform';

/** The environments below a folder, in the order of their names, without those that are only bases. */
export function environmentNames(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return entries(folder).flatMap(({ name, isFolder }) => {
    const file = platformIn(`${folder}/${name}`);
    return isFolder && !(existsSync(file) && isBase(parse(file, []))) ? [name] : [];
  });
}

/**
 * Finds what an earlier run has made of the model files of an environment.
 * @param given what models follow from besides their files: the memory must be of a run with the same
 */
export type Recall = (environment: string, given: { settings: PlatformSettings; lock: Lock }) => Memory | undefined;

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
  if (problems.length > 0) throw new ConfigError(problems);
  return environments;
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

/** The files of one environment, each for itself. */
export interface Inputs {
  /** The environment's folder. */
  readonly root: string;
  readonly settings: PlatformSettings;
  /** Which file said what of the settings. */
  readonly origin: Origin;
  readonly models: readonly ModelFile[];
}

/** A model file that this run has read. */
interface ReadModel extends ModelFile {
  /** Of its bytes, where the model follows from them alone. */
  readonly digest?: string;
}

/** A model file that an earlier run has read. */
interface KnownModel extends Omit<ModelFile, 'model'> {
  readonly known: ModelConfig;
}

/** What the names of a model's objects follow from. */
const named = (file: ReadModel | KnownModel) => ({
  ...file,
  model: 'known' in file ? file.known : { ...file.model, predictors: predictorsOf(file.model) },
});

/** Whether a platform file says that its folder is only there to be extended. */
const isBase = (content: unknown) => isMapping(content) && content.base === true;

const platformIn = (folder: string) => `${folder}/${PLATFORM_FILE}`;

/** Where a folder is extended: the settings of an environment, or its model of the same name. */
const PLATFORM: Extensible = { inFolder: platformIn, notInherited: ['base'] };
const MODEL: Extensible = {
  inFolder: (folder, file) => `${folder}/${MODELS_FOLDER}/${basename(file)}`,
  notInherited: [],
};

/** Reads environments below one folder, and collects what is wrong with them. */
class EnvironmentReader {
  readonly problems: string[] = [];
  private readonly bases: Bases;
  /** Folders that are only bases. */
  private readonly baseFolders: string[] = [];

  constructor(
    private readonly folder: string,
    private readonly recall: Recall = () => undefined,
  ) {
    this.bases = new Bases(dirname(folder), this.problems);
  }

  /**
   * What was read of one environment.
   * @throws ConfigError where there is none, with all that is wrong in it
   */
  sole<T>(name: string, found: T | undefined): T {
    if (this.baseFolders.length > 0)
      this.problems.push(problem(`${this.folder}/${name}`, [], 'is a base of environments (base: true), and is none'));
    if (found === undefined || this.problems.length > 0) throw new ConfigError(this.problems);
    return found;
  }

  /** An environment; undefined where it is wrong, or only a base. */
  environment(name: string): PlatformConfig | undefined {
    const { problems } = this;
    const before = problems.length;
    const platform = this.platform(name);
    if (platform === undefined) return undefined;
    const { root, settings, origin } = platform;
    const lockProblems: string[] = [];
    const lock = readLock(root, lockProblems);
    const memory = settings && this.recall(name, { settings, lock });
    const found = modelFiles(root, this.problems).flatMap(
      (path) => this.recalled(path, memory) ?? this.model(path, memory) ?? [],
    );
    problems.push(...nameClashes(found.map(named)));
    if (settings === undefined) return undefined;
    problems.push(...lockProblems);
    const judged: FileOf<ModelConfig>[] = [];
    const complete = found.flatMap((file): ModelConfig[] => {
      // The earlier run has judged it by the same settings.
      if ('known' in file) return [file.known];
      const model = joinLock(root, file.origin, file.model, lock, problems);
      if (model === undefined) return [];
      if (file.digest !== undefined) memory?.noteModel(file.file, file.digest, model);
      judged.push({ ...file, model });
      return [model];
    });
    problems.push(...settingsFaults(settings).map(({ path, message }) => problem(origin, path, message)));
    problems.push(...environmentProblems(judged, settings));
    const config = Object.freeze({ environment: name, ...settings, models: complete });
    // A model that is refused is missing here, which is no fault of the front end or of a patch.
    for (const faultsOf of [() => frontendFaults(settings.frontend, complete), () => faultsOfPatches(config)]) {
      if (problems.length > before) continue;
      problems.push(...faultsOf().map(({ path, message }) => problem(origin, path, message)));
    }
    return config;
  }

  inputs(name: string): Inputs | undefined {
    const platform = this.platform(name);
    if (platform === undefined) return undefined;
    const { root, settings, origin } = platform;
    const models = modelFiles(root, this.problems).flatMap((path) => this.model(path) ?? []);
    this.problems.push(...nameClashes(models.map(named)));
    return settings && { root, settings, origin, models };
  }

  /** The settings of an environment, undefined where they are wrong; nothing where there is no environment. */
  private platform(name: string) {
    const root = `${this.folder}/${name}`;
    this.problems.push(...folderFaults(root, name));
    const file = platformIn(root);
    if (!existsSync(file)) {
      this.problems.push(problem(file, [], 'not found; an empty file gives a platform with all defaults'));
      return undefined;
    }
    const content = parse(file, this.problems);
    if (isBase(content)) {
      this.baseFolders.push(root);
      return undefined;
    }
    const read = this.read(file, content, platformSchema, PLATFORM);
    return { root, settings: read?.data, origin: read?.origin ?? oneFile(file) };
  }

  /** A model file with what an earlier run has made of the same bytes. */
  private recalled(file: string, memory: Memory | undefined): KnownModel | undefined {
    const known = memory?.model(file, digestOf(readFileSync(file)));
    return known && { file, origin: oneFile(file), known };
  }

  private model(file: string, memory?: Memory): ReadModel | undefined {
    const bytes = readFileSync(file);
    const content = parse(file, this.problems, bytes);
    const read = this.read(file, content, modelSchema, MODEL, { name: basename(file, '.yaml') });
    if (read === undefined) return undefined;
    // What a file extends may change while the file stays as it is: such a model is read every time.
    const isWhole = isMapping(content) && !('extends' in content);
    const digest = memory && isWhole ? digestOf(bytes) : undefined;
    return { file, origin: read.origin, model: read.data, digest };
  }

  /** A file with its bases and defaults, through its schema. */
  private read<S extends z.ZodObject>(
    file: string,
    content: unknown,
    schema: S,
    kind: Extensible,
    defaults: Readonly<Record<string, string>> = {},
  ): { readonly data: z.output<S>; readonly origin: Origin } | undefined {
    const document = content === undefined ? undefined : this.bases.complete(file, content, kind);
    if (document === undefined) return undefined;
    const input = isMapping(document.content) ? { ...defaults, ...document.content } : document.content;
    const origin = originOf(document);
    const data = validate(input, origin, schema, this.problems);
    return data && { data, origin };
  }

  /** YAML files beside the environments that none of them extends. */
  unusedFiles(): string[] {
    return entries(this.folder)
      .filter(({ name, isFolder }) => !isFolder && /\.ya?ml$/i.test(name) && !this.isExtended(`${this.folder}/${name}`))
      .map(({ name }) => {
        const meant = platformIn(`${this.folder}/${name.replace(/\.\w+$/, '')}`);
        return problem(`${this.folder}/${name}`, [], `not read; an environment is a folder, such as "${meant}"`);
      });
  }

  /** Folders that would silently be left out. */
  unusedBases(): string[] {
    return this.baseFolders
      .filter((folder) => !this.isExtended(folder))
      .map((folder) =>
        problem(
          platformIn(folder),
          ['base'],
          'is true, but no file extends this folder; remove it to render the folder',
        ),
      );
  }

  /** Whether a file, or one of a folder, is the base of another. */
  private isExtended(path: string): boolean {
    const real = realpathSync(path);
    return this.bases.files.some((file) => file === real || file.startsWith(`${real}/`));
  }
}

/** Patches are judged on what they change, which is rendered for it. */
function faultsOfPatches({ patches, ...config }: PlatformConfig) {
  return patches === undefined ? [] : patchFaults(patches, objectsOf(composePlatform(config)));
}
