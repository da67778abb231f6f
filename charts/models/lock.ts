/**
 * environments/<env>/models.lock.yaml: which files each name of the model registry stands for.
 *
 * `ml-platform models resolve` writes it from what the MLflow server says; synth only reads it, so that the same commit
 * gives the same manifests with no network, and a moved alias changes nothing until a pull request shows it.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import * as z from 'zod';
import { scalar } from '../../config/fields';
import { problem } from '../../config/problems';
import { LOCK_FILE, readFile } from '../../config/read';
import { MODEL_LOCATION, MODEL_URI } from './uri';

const matching = (pattern: RegExp, error: string) => z.string().refine((value) => pattern.test(value), { error });

const column = z.strictObject({
  name: z.string().optional(),
  /** One of MLflow's column types, or the element type of a tensor. */
  type: z.string(),
  /** The lengths of a tensor's dimensions, -1 for any; absent for a column. */
  shape: z.array(z.number()).optional(),
  required: z.boolean(),
  /** The column's value in the model's input example. */
  example: scalar.optional(),
});

const entrySchema = z.strictObject({
  uri: matching(MODEL_URI, 'must be the source of a model'),
  artifacts: matching(MODEL_LOCATION, 'must be a place in the object store'),
  digest: matching(/^sha256:[0-9a-f]{64}$/, 'must be a digest'),
  registered: z.strictObject({ name: z.string(), version: z.string() }).optional(),
  run: z.string().optional(),
  logged: z.string().optional(),
  signature: z.strictObject({ inputs: z.array(column), outputs: z.array(column) }).optional(),
  metrics: z.record(z.string(), z.number()),
  server: z.string(),
  registry: z.string(),
  resolved: z.string(),
  checksum: z.string(),
});

const lockSchema = z.strictObject({ models: z.record(z.string(), entrySchema).prefault({}) });

/** A column or tensor of a model's signature. */
export type SignatureColumn = Readonly<z.output<typeof column>>;
export type Signature = NonNullable<LockEntry['signature']>;

/** What one model's name was resolved to. */
export type LockEntry = Readonly<z.output<typeof entrySchema>>;

/** The entries of an environment, by the name of the model. */
export type Lock = Readonly<Record<string, LockEntry>>;

/** An entry with the checksum that tells whether somebody has edited it since. */
export function seal(entry: Omit<LockEntry, 'checksum'>): LockEntry {
  return { ...entry, checksum: checksum(entry) };
}

/**
 * The lock of an environment; none is an empty one.
 * @param root the environment's folder
 * @param replaced models whose entries are about to be written anew, so that it does not matter if they are damaged
 */
export function readLock(root: string, problems: string[], replaced: readonly string[] = []): Lock {
  const file = `${root}/${LOCK_FILE}`;
  if (!existsSync(file)) return {};
  const lock = readFile(file, lockSchema, problems)?.models ?? {};
  for (const [name, { checksum: written, ...entry }] of Object.entries(lock)) {
    if (written !== checksum(entry) && !replaced.includes(name)) {
      problems.push(
        problem(
          file,
          ['models', name],
          `was changed by hand: its checksum does not match; restore it, or run "${resolveCommand(root)} ${name}"`,
        ),
      );
    }
  }
  return lock;
}

/** The command that brings the lock of an environment up to date. */
export function resolveCommand(root: string): string {
  return `npx ml-platform models resolve ${root.split('/').at(-1)}`;
}

function checksum(entry: Omit<LockEntry, 'checksum'>): string {
  return createHash('sha256').update(canonical(entry)).digest('hex');
}

/** JSON that is the same whatever the order of keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, child: unknown) =>
    typeof child === 'object' && child !== null && !Array.isArray(child)
      ? Object.fromEntries(Object.entries(child).sort(([a], [b]) => (a < b ? -1 : 1)))
      : child,
  );
}
