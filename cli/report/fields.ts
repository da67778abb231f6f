/** Which fields of an object changed, in words. */
import { isMapping, type Mapping } from '../../charts/lib/mapping';

/** A place at which two values differ, and both of them; undefined where there is none. */
export interface FieldChange {
  /** Such as "spec.template.spec.containers[mlflow].image". */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

export const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** The innermost places at which two values differ. Items of a list are told apart by their names, where they have some. */
export function fieldChanges(before: unknown, after: unknown, path = ''): FieldChange[] {
  if (before === after || isSame(before, after)) return [];
  if (isMapping(before) && isMapping(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) => fieldChanges(before[key], after[key], path === '' ? key : `${path}.${key}`));
  }
  const [old, now] = [named(before), named(after)];
  if (old && now) {
    const names = [...new Set([...old.keys(), ...now.keys()])];
    const changes = names.flatMap((name) => fieldChanges(old.get(name), now.get(name), `${path}[${name}]`));
    // Otherwise they have another order.
    if (changes.length > 0) return changes;
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((item, index) => fieldChanges(item, after[index], `${path}[${index}]`));
  }
  return [{ path, before, after }];
}

/** A list by the names of its items; undefined where they have none of their own. */
function named(value: unknown): Map<string, unknown> | undefined {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isMapping)) return undefined;
  const names = new Map(value.map((item) => [nameOf(item), item]));
  return names.size === value.length && !names.has('') ? names : undefined;
}

/** Items of volumeClaimTemplates are objects, which have their names below. */
function nameOf({ name, metadata }: Mapping): string {
  return String(name ?? (isMapping(metadata) ? metadata.name : undefined) ?? '');
}

/** Such as "spec.replicas: 1 → 2". */
export function describeChange({ path, before, after }: FieldChange): string {
  if (before === undefined) return `${path}: ${shown(after)} added`;
  if (after === undefined) return `${path}: ${shown(before)} removed`;
  const [old, now] = [shown(before), shown(after)];
  // Of a long text, what differs may be where it is cut.
  return old === now ? `${path}: other text` : `${path}: ${old} → ${now}`;
}

/** On one line, cut where it is long. */
export function shown(value: unknown): string {
  if (typeof value === 'string' && value.includes('\n')) return `${value.trimEnd().split('\n').length} lines`;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const line = text.replace(/\s+/g, ' ');
  return line.length > 70 ? `${line.slice(0, 67)}…` : line;
}
