/** The models of an environment: read from their files or known from an earlier run, and joined with the lock. */
import { readFileSync } from 'node:fs';
import { oneFile } from '../../config/merge';
import { parse } from '../../config/read';
import { isMapping } from '../lib/mapping';
import { predictorsOf } from '../models/config/inheritance';
import { type FileOf, joinLock, type ModelConfig, type ModelFile } from '../models/join-lock';
import { Kinds } from '../models/kinds';
import type { Lock } from '../models/lock';
import { NameClashes } from '../models/name-clashes';
import type { Memory } from '../rendering/memory';
import { SourceFile } from '../rendering/source-file';
import type { EnvironmentFiles } from './files';
import { modelFiles, teamOf } from './folder';

/** Every model file of an environment, read. */
export function readModels(root: string, files: EnvironmentFiles): ModelFile[] {
  const clashes = new NameClashes();
  const models = modelFiles(root, files.problems).flatMap((path) => {
    const read = readModel(path, readFileSync(path), files);
    if (read === undefined) return [];
    clashes.note({ ...read, model: { ...read.model, predictors: predictorsOf(read.model) } });
    return [read];
  });
  files.problems.push(...clashes.problems);
  return models;
}

/** The models of an environment as they are served. */
export interface ServedModels {
  readonly models: readonly ModelConfig[];
  /** Whether none is missing since its file is wrong. */
  readonly areAll: boolean;
  /** What is wrong with those that the lock does not fit, which are left out. */
  readonly misfits: readonly string[];
  /** What `judge` says of the others. */
  readonly faults: readonly string[];
}

/**
 * Every model file of an environment, read unless an earlier run has read the same bytes, and joined with the lock. One
 * after the other, since a file as it was read takes more memory than all that is left of it.
 * @param judge what is wrong with a model that no earlier run has judged by the same settings
 */
export function serveModels(
  root: string,
  files: EnvironmentFiles,
  lock: Lock,
  memory: Memory | undefined,
  judge: (model: FileOf<ModelConfig>) => readonly string[],
): ServedModels {
  const models: ModelConfig[] = [];
  const misfits: string[] = [];
  const faults: string[] = [];
  const clashes = new NameClashes();
  const kinds = new Kinds();
  const paths = modelFiles(root, files.problems);
  for (const file of paths) {
    const source = new SourceFile(file);
    const known = memory?.model(source);
    if (known) {
      clashes.note({ file, origin: oneFile(file), model: known });
      models.push(known);
      continue;
    }
    const read = readModel(file, source.bytes, files);
    if (read === undefined) continue;
    const { origin, model: settings, isWhole } = read;
    const predictors = predictorsOf(settings);
    const joined = joinLock(root, origin, settings, lock, misfits, predictors);
    if (joined === undefined) {
      clashes.note({ file, origin, model: { ...settings, predictors } });
      continue;
    }
    const team = teamOf(root, file);
    const model = kinds.shared(team === undefined ? joined : { ...joined, team });
    clashes.note({ file, origin, model });
    if (isWhole) memory?.noteModel(source, model);
    faults.push(...judge({ file, origin, model }));
    models.push(model);
  }
  files.problems.push(...clashes.problems);
  return { models, areAll: models.length === paths.length, misfits, faults };
}

/** A model file that this run has read. */
interface ReadModel extends ModelFile {
  /** What a file extends may change while the file stays as it is: such a model is read every time. */
  readonly isWhole: boolean;
}

function readModel(file: string, bytes: Buffer, files: EnvironmentFiles): ReadModel | undefined {
  const content = parse(file, files.problems, bytes);
  const read = files.model(file, content);
  if (read === undefined) return undefined;
  return { file, origin: read.origin, model: read.data, isWhole: isMapping(content) && !('extends' in content) };
}
