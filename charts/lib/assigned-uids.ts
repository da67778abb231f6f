/** Leaves users and groups to the cluster, as OpenShift wants it: each namespace has a range of its own there. */
import type { ComponentFile } from './component';
import { renewed } from './job';

/** The fields of a securityContext that "restricted-v2" admits only within the range of the namespace. */
const FIXED = new Set(['runAsUser', 'runAsGroup', 'fsGroup']);

interface ObjectJson {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: unknown;
}

/** The file without a fixed user or group, wherever its objects have a securityContext. Types keep fields of these names. */
export function withAssignedUids(file: ComponentFile): ComponentFile {
  return { ...file, objects: file.objects.map((object) => assigned(object as ObjectJson)) };
}

function assigned(object: ObjectJson): ObjectJson {
  if (object.kind === 'CustomResourceDefinition' || !JSON.stringify(object).includes('"securityContext"'))
    return object;
  return renewed({ ...object, spec: without(object.spec) });
}

function without(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(without);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [name, name === 'securityContext' ? unfixed(child) : without(child)]),
  );
}

const unfixed = (context: object) => Object.fromEntries(Object.entries(context).filter(([name]) => !FIXED.has(name)));
