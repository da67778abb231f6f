/** What a reviewer has to decide about. */
import { createHash } from 'node:crypto';

export const KINDS = {
  refused: 'the API server refuses it',
  data: 'data may be lost',
  downtime: 'something does not answer for a while, or for good',
  access: 'somebody may do more with the Kubernetes API, or pods are held to less',
  network: 'somebody may reach more',
  callers: 'callers have to change',
} as const;

export interface Finding {
  readonly kind: keyof typeof KINDS;
  readonly environment: string;
  /** The object that it is about. */
  readonly title: string;
  readonly text: string;
  /** What to do about it. */
  readonly wayOut?: string;
}

/**
 * The code by which a finding is acknowledged. It follows from all that the finding says, so that another change of the
 * same object has to be acknowledged anew.
 */
export function codeOf({ kind, environment, title, text }: Finding): string {
  return createHash('sha256')
    .update(JSON.stringify([kind, environment, title, text]))
    .digest('hex')
    .slice(0, 8);
}

/** The codes in a text that has lines such as "Acknowledged: 1a2b3c4d, 5e6f7a8b". */
export function acknowledgedIn(text: string): ReadonlySet<string> {
  const lines = text.split(/\r?\n/).filter((line) => /^[\s>*-]*acknowledged:/i.test(line));
  return new Set(lines.flatMap((line) => line.match(/\b[0-9a-f]{8}\b/g) ?? []));
}
