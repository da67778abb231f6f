/** Gives pods a user that no account of a node has. */
import type { ComponentFile } from './component';
import { renewed } from './job';

/** The user and group in place of lower ones. */
export const HIGH_UID = 10001;
/** Accounts of a node's own are below: a process that breaks out of its container would be one of them. */
const LEAST = 10000;
const IDS = new Set(['runAsUser', 'runAsGroup', 'fsGroup']);

interface ObjectJson {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: unknown;
}

/** The file without a low user or group, wherever its objects have a securityContext. Types keep fields of these names. */
export function withHighUids(file: ComponentFile): ComponentFile {
  return { ...file, objects: file.objects.map((object) => raised(object as ObjectJson)) };
}

function raised(object: ObjectJson): ObjectJson {
  if (object.kind === 'CustomResourceDefinition' || !JSON.stringify(object).includes('"securityContext"'))
    return object;
  return renewed({ ...object, spec: raise(object.spec) });
}

function raise(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(raise);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [name, name === 'securityContext' ? raiseIds(child) : raise(child)]),
  );
}

const raiseIds = (context: object) =>
  Object.fromEntries(
    Object.entries(context).map(([name, value]) => [
      name,
      IDS.has(name) && typeof value === 'number' && value < LEAST ? HIGH_UID : value,
    ]),
  );
