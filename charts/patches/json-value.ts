/** What a patch may put into an object. YAML can say more than the JSON that Kubernetes objects are made of. */
import type { Fault } from '../../config/problems';

/** The values in a value that JSON has no word for, each with its path. */
export function jsonFaults(value: unknown, path: Fault['path'] = [], above: readonly unknown[] = []): Fault[] {
  if (typeof value === 'number' && !Number.isFinite(value))
    return [{ path, message: `is ${value}, which no Kubernetes object can hold; use a finite number, such as 2` }];
  if (typeof value !== 'object' || value === null) return [];
  if (above.includes(value)) return [{ path, message: 'is an alias of what it lies in; write the value out' }];
  return Object.entries(value).flatMap(([key, child]) =>
    jsonFaults(child, [...path, Array.isArray(value) ? Number(key) : key], [...above, value]),
  );
}
