import { createHash } from 'node:crypto';

/**
 * An annotation of a pod template that changes with what its containers read only when they start. A workload starts new
 * pods when its template changes, and not when a ConfigMap does.
 */
export const checksum = (what: string, ...texts: readonly string[]): Readonly<Record<string, string>> => ({
  [`checksum/${what}`]: createHash('sha256').update(texts.join('')).digest('hex'),
});
