/** Reads environments below one folder, and collects what is wrong with them. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { oneFile } from '../../config/merge';
import { ConfigError, type Fault, type Origin, problem } from '../../config/problems';
import { parse } from '../../config/read';
import type { PlatformConfig, PlatformSettings } from '../config';
import { frontendFaults } from '../frontend/config';
import { readImageLock } from '../images/lock';
import type { ImageLock } from '../images/locked';
import type { ModelFile } from '../models/join-lock';
import { type Lock, readLock } from '../models/lock';
import { patchFaults } from '../patches/patches';
import { composePlatform, objectsOf } from '../platform';
import { productionFaults } from '../production/demands';
import { givenQuotas, quotaFaults } from '../quotas/config';
import { demands, NO_DEMAND } from '../quotas/demand';
import { contentOf } from '../rendering/content';
import type { Memory } from '../rendering/memory';
import { type EncryptedSecret, isFileBackend, readEncrypted } from '../secrets/encrypted';
import { teamQuotas } from '../teams/config';
import { EnvironmentFiles, isBase, platformIn } from './files';
import { entries, folderFaults, secretFiles } from './folder';
import { environmentProblems } from './model-rules';
import { readModels, serveModels } from './models';
import { settingsFaults } from './settings-rules';

/**
 * Finds what an earlier run has made of the model files of an environment.
 * @param given what models follow from besides their files: the memory must be of a run with the same
 */
export type Recall = (
  environment: string,
  given: { settings: PlatformSettings; lock: Lock; imageLock?: ImageLock },
) => Memory | undefined;

/** The files of one environment, each for itself. */
export interface Inputs {
  /** The environment's folder. */
  readonly root: string;
  readonly settings: PlatformSettings;
  /** Which file said what of the settings. */
  readonly origin: Origin;
  readonly models: readonly ModelFile[];
}

export class EnvironmentReader {
  readonly problems: string[] = [];
  private readonly files: EnvironmentFiles;
  /** Folders that are only bases. */
  private readonly baseFolders: string[] = [];

  /** @param recall @default - every file is read */
  constructor(
    private readonly folder: string,
    private readonly recall: Recall = () => undefined,
  ) {
    this.files = new EnvironmentFiles(dirname(folder), this.problems);
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
    const imageLock = readImageLock(root, lockProblems);
    const memory = settings && this.recall(name, { settings, lock, imageLock });
    const { models, areAll, misfits, faults } = serveModels(root, this.files, lock, memory, (model) =>
      settings ? environmentProblems(model, settings) : [],
    );
    problems.push(...lockProblems, ...misfits);
    if (settings === undefined) return undefined;
    const encrypted = this.encrypted(root, settings);
    const config = Object.freeze({
      environment: name,
      ...settings,
      models,
      encrypted,
      ...(imageLock && { imageLock }),
    });
    const report = (faults: Fault[]) =>
      problems.push(...faults.map(({ path, message }) => problem(origin, path, message)));
    report(settingsFaults(settings));
    problems.push(...faults);
    const own = models.filter(({ team }) => team === undefined);
    report(frontendFaults(settings.frontend, own, areAll));
    report(productionFaults(config, areAll));
    // What is rendered is judged last: a fault that is known by then would show in it again.
    if (problems.length === before) report(faultsOfPatches(config));
    if (problems.length === before) report(faultsOfQuotas(config));
    return config;
  }

  /** The files of an environment; undefined where its settings are wrong, or where it is only a base. */
  inputs(name: string): Inputs | undefined {
    const platform = this.platform(name);
    if (platform === undefined) return undefined;
    const { root, settings, origin } = platform;
    const models = readModels(root, this.files);
    return settings && { root, settings, origin, models };
  }

  private encrypted(root: string, { secrets: { backend } }: PlatformSettings): EncryptedSecret[] {
    const files = secretFiles(root);
    if (isFileBackend(backend)) return readEncrypted(root, backend, files, this.problems);
    this.problems.push(
      ...files.map((file) => problem(file, [], 'not read; set secrets.backend to sealedSecrets or sops, or remove it')),
    );
    return [];
  }

  /** YAML files beside the environments that none of them extends. */
  unusedFiles(): string[] {
    return entries(this.folder)
      .filter(
        ({ name, isFolder }) => !isFolder && /\.ya?ml$/i.test(name) && !this.files.isExtended(`${this.folder}/${name}`),
      )
      .map(({ name }) => {
        const meant = platformIn(`${this.folder}/${name.replace(/\.\w+$/, '')}`);
        return problem(`${this.folder}/${name}`, [], `not read; an environment is a folder, such as "${meant}"`);
      });
  }

  /** Folders that would silently be left out. */
  unusedBases(): string[] {
    return this.baseFolders
      .filter((folder) => !this.files.isExtended(folder))
      .map((folder) =>
        problem(
          platformIn(folder),
          ['base'],
          'is true, but no file extends this folder; remove it to render the folder',
        ),
      );
  }

  /** The settings of an environment, undefined where they are wrong; nothing where there is no environment. */
  private platform(name: string) {
    const root = `${this.folder}/${name}`;
    this.problems.push(...folderFaults(root, name));
    const file = platformIn(root);
    if (!existsSync(file)) {
      // The front end is the one part with a default that is not there by itself: a model.
      const enough = '"frontend: {enabled: false}" is enough in it, since all else has a default';
      this.problems.push(problem(file, [], `not found; ${enough}`));
      return undefined;
    }
    const content = parse(file, this.problems);
    if (isBase(content)) {
      this.baseFolders.push(root);
      return undefined;
    }
    const read = this.files.platform(file, content);
    return { root, settings: read?.data, origin: read?.origin ?? oneFile(file) };
  }
}

/** Patches are judged on what they change, which is rendered for it. */
function faultsOfPatches({ patches, ...config }: PlatformConfig): Fault[] {
  return patches === undefined
    ? []
    : patchFaults(patches, objectsOf(composePlatform(config)), (object) => contentOf([object]));
}

/** Quotas are judged by what runs. */
function faultsOfQuotas(config: PlatformConfig): Fault[] {
  const { quotas, namespaces, teams } = config;
  const given = [...givenQuotas(quotas, namespaces), ...teamQuotas({ teams, namespaces })].filter(({ hard }) => hard);
  if (given.length === 0) return [];
  const unlimited = { ...config, quotas: { ...quotas, enabled: false } };
  const asked = demands(objectsOf(composePlatform(unlimited)));
  return quotaFaults(given, (namespace) => asked.get(namespace) ?? NO_DEMAND);
}
