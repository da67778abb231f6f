/** Changes the securityContexts of objects, of whichever kind, wherever they stand. Types keep fields of that name. */
import type { ComponentFile } from './component';
import { renewed } from './job';

/** The fields that say who a process is. */
export const ID_FIELDS: ReadonlySet<string> = new Set(['runAsUser', 'runAsGroup', 'fsGroup']);

interface ObjectJson {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: unknown;
}

/** @param change is given the kind of the object, too */
export function withSecurityContexts(
  file: ComponentFile,
  change: (context: object, kind: string) => object,
): ComponentFile {
  return { ...file, objects: file.objects.map((object) => changed(object as ObjectJson, change)) };
}

function changed(object: ObjectJson, change: (context: object, kind: string) => object): ObjectJson {
  const { kind, spec } = object;
  if (kind === 'CustomResourceDefinition' || !JSON.stringify(object).includes('"securityContext"')) return object;
  return renewed({ ...object, spec: within(spec, (context) => change(context, kind)) });
}

function within(value: unknown, change: (context: object) => object): unknown {
  if (Array.isArray(value)) return value.map((item) => within(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [
      name,
      name === 'securityContext' ? change(child) : within(child, change),
    ]),
  );
}
