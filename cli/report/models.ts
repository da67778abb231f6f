/** Models whose version changes, as the locks of both sides say it. */
import { CORE_SCHEMA, load } from 'js-yaml';
import type { Lock, LockEntry } from '../../charts/models/lock';
import { type SignatureChange, signatureChanges } from '../models/signature';
import type { Finding } from './finding';

export interface ModelChange {
  readonly environment: string;
  /** Its entry in the lock. */
  readonly name: string;
  readonly before?: LockEntry;
  readonly after?: LockEntry;
  readonly signature: readonly SignatureChange[];
}

/** Every entry that names other files than before, by its name. */
export function modelChanges(
  environment: string,
  before: string | undefined,
  after: string | undefined,
): ModelChange[] {
  if (before === after) return [];
  const [old, now] = [entriesIn(before), entriesIn(after)];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .sort()
    .filter((name) => old[name]?.digest !== now[name]?.digest || old[name]?.artifacts !== now[name]?.artifacts)
    .map((name) => {
      const [earlier, later] = [old[name], now[name]];
      const signature = earlier && later ? signatureChanges(earlier.signature, later.signature) : [];
      return { environment, name, ...(earlier && { before: earlier }), ...(later && { after: later }), signature };
    });
}

/** What callers of a model have to know before it changes. */
export const callerFindings = ({ environment, name, signature }: ModelChange): Finding[] =>
  signature
    .filter(({ breaks }) => breaks)
    .map(({ text }) => ({ kind: 'callers', environment, title: `Model ${name}`, text }));

/** A lock as `models resolve` wrote it; synth refuses any other. */
function entriesIn(text: string | undefined): Lock {
  if (text === undefined) return {};
  const { models = {} } = (load(text, { schema: CORE_SCHEMA }) ?? {}) as { readonly models?: Lock };
  return models;
}
