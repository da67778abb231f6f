/** A model file joined with the lock: after this a model is files at a known place, whatever its file calls them. */
import { completeForm, type Form } from './form';
import { type LockEntry, resolveCommand } from './lock';
import type { ModelSettings } from './model';
import { parseModelUri } from './model-uri';
import { problem } from './problems';
import { LOCK_FILE } from './read';

/** What is known of one file. */
export interface FileOf<T> {
  readonly file: string;
  readonly model: T;
}
export type ModelFile = FileOf<ModelSettings>;

/** A model that can be served. */
export interface ModelConfig extends Omit<ModelSettings, 'form'> {
  /** Where its files are, such as "s3://models/1/models/m-0123456789abcdef0123456789abcdef/artifacts". */
  readonly uri: string;
  /** What the lock says of it; absent for files that the lock does not list. */
  readonly version?: LockEntry;
  /** Absent where nobody knows its columns. */
  readonly form?: Form;
}

/**
 * A model with what the lock says of it.
 * @param root the environment's folder
 * @returns undefined where the lock does not fit, which `problems` then says
 */
export function joinLock(
  root: string,
  file: string,
  settings: ModelSettings,
  entry: LockEntry | undefined,
  problems: string[],
): ModelConfig | undefined {
  const { form: _, ...rest } = settings;
  const command = `run "${resolveCommand(root)} ${settings.name}"`;
  if (entry === undefined && parseModelUri(settings.uri)?.kind !== 'location') {
    problems.push(problem(file, ['uri'], `is ${settings.uri}, which ${LOCK_FILE} does not resolve; ${command}`));
    return undefined;
  }
  if (entry !== undefined && entry.uri !== settings.uri) {
    problems.push(problem(file, ['uri'], `is ${settings.uri}, but ${LOCK_FILE} resolves ${entry.uri}; ${command}`));
    return undefined;
  }
  const form = completeForm(file, settings, entry, problems);
  return {
    ...rest,
    uri: entry?.artifacts ?? settings.uri,
    ...(entry === undefined ? {} : { version: entry }),
    ...(form === undefined ? {} : { form }),
  };
}
