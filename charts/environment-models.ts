/** The models of an environment: read from their files or known from an earlier run, then joined with the lock. */
import { readFileSync } from 'node:fs';
import { oneFile } from '../config/merge';
import { parse } from '../config/read';
import { digestOf } from './digest';
import type { EnvironmentFiles } from './environment-files';
import { modelFiles, teamOf } from './environment-folder';
import { isMapping } from './lib/mapping';
import type { Memory } from './memory';
import { predictorsOf } from './models/config/inheritance';
import { type FileOf, joinLock, type ModelConfig, type ModelFile } from './models/join-lock';
import type { Lock } from './models/lock';
import { nameClashes } from './models/name-clashes';

/** A model file that this run has read. */
interface ReadModel extends ModelFile {
  /** Of its bytes, where the model follows from them alone. */
  readonly digest?: string;
}

/** A model file that an earlier run has read. */
interface KnownModel extends Omit<ModelFile, 'model'> {
  readonly known: ModelConfig;
}

export type FoundModel = ReadModel | KnownModel;

/** Every model file of an environment, read. */
export function readModels(root: string, files: EnvironmentFiles): ModelFile[] {
  const models = modelFiles(root, files.problems).flatMap((path) => readModel(path, readFileSync(path), files) ?? []);
  files.problems.push(...nameClashes(models.map(named)));
  return models;
}

/** Every model file of an environment, read unless an earlier run has read the same bytes. */
export function findModels(root: string, files: EnvironmentFiles, memory: Memory | undefined): FoundModel[] {
  const models = modelFiles(root, files.problems).flatMap((path): FoundModel | [] => {
    const bytes = readFileSync(path);
    if (memory === undefined) return readModel(path, bytes, files) ?? [];
    const digest = digestOf(bytes);
    const known = memory.model(path, digest);
    return known ? { file: path, origin: oneFile(path), known } : (readModel(path, bytes, files, digest) ?? []);
  });
  files.problems.push(...nameClashes(models.map(named)));
  return models;
}

/** The models of an environment as they are served. */
export interface JoinedModels {
  readonly models: readonly ModelConfig[];
  /** Those that no earlier run has judged by the same settings. */
  readonly unjudged: readonly FileOf<ModelConfig>[];
}

/** Joins models with the lock. One that it does not fit is left out, which `problems` then says. */
export function joinModels(
  root: string,
  found: readonly FoundModel[],
  lock: Lock,
  memory: Memory | undefined,
  problems: string[],
): JoinedModels {
  const unjudged: FileOf<ModelConfig>[] = [];
  const models = found.flatMap((file): ModelConfig[] => {
    if ('known' in file) return [file.known];
    const joined = joinLock(root, file.origin, file.model, lock, problems);
    if (joined === undefined) return [];
    const team = teamOf(root, file.file);
    const model: ModelConfig = team === undefined ? joined : { ...joined, team };
    if (file.digest !== undefined) memory?.noteModel(file.file, file.digest, model);
    unjudged.push({ ...file, model });
    return [model];
  });
  return { models, unjudged };
}

/** @param digest of the bytes, where somebody keeps what is made of them */
function readModel(file: string, bytes: Buffer, files: EnvironmentFiles, digest?: string): ReadModel | undefined {
  const content = parse(file, files.problems, bytes);
  const read = files.model(file, content);
  if (read === undefined) return undefined;
  // What a file extends may change while the file stays as it is: such a model is read every time.
  const isWhole = isMapping(content) && !('extends' in content);
  return { file, origin: read.origin, model: read.data, ...(isWhole && { digest }) };
}

/** What the names of a model's objects follow from. */
const named = (file: FoundModel) => ({
  ...file,
  model: 'known' in file ? file.known : { ...file.model, predictors: predictorsOf(file.model) },
});
