/** Applies the patches of an environment to its objects, and says what is wrong with them. */
import { applyPatch, type JsonPatchError, type Operation } from 'fast-json-patch';
import { distance } from 'fastest-levenshtein';
import type { Fault } from '../../config/problems';
import type { ComponentFile } from '../lib/component';
import { renewed, stemOf } from '../lib/job';
import { gapsOf } from './completeness';
import type { Patch } from './config';
import { strategicMerge } from './strategic-merge';
import { mistypedFields } from './unknown-fields';

interface ObjectJson extends Readonly<Record<string, unknown>> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Objects that a message lists. */
const SHOWN = 3;

/** The file with its objects as the patches leave them. */
export function withPatches(file: ComponentFile, patches: readonly Patch[]): ComponentFile {
  if (patches.length === 0) return file;
  return { ...file, objects: file.objects.map((object) => patched(object as ObjectJson, patches)) };
}

/**
 * What is wrong with the patches, each with its place in platform.yaml.
 * @param objects every object of the environment, without the patches
 * @param read what is done with each object afterwards, which throws where it cannot be
 */
export function patchFaults(
  patches: readonly Patch[],
  objects: Iterable<unknown>,
  read: (object: unknown) => void = () => {},
): Fault[] {
  if (patches.length === 0) return [];
  const all = [...objects] as ObjectJson[];
  return patches.flatMap((patch, index): Fault[] => {
    const fault = (message: string, ...path: (string | number)[]) => [{ path: ['patches', index, ...path], message }];
    const [target, other] = all.filter((object) => isTarget(patch, object));
    if (!target)
      return fault(`hits no object: there is no ${wanted(patch)}; the nearest are ${nearest(patch, all)}`, 'target');
    if (other) return fault(`hits ${shown(target)} and ${shown(other)}; add a namespace that only one has`, 'target');
    try {
      // The patches before it may make what it changes.
      const before = patches
        .slice(0, index)
        .filter((earlier) => isTarget(earlier, target))
        .reduce(applied, target);
      const after = applied(before, patch);
      const faults = objectFaults(before, after);
      if (faults.length === 0) readable(after, read);
      return faults.flatMap((text) => fault(`cannot change ${shown(target)}: ${text}`, patch.json ? 'json' : 'merge'));
    } catch (error) {
      return fault(`cannot change ${shown(target)}: ${messageOf(error)}`, patch.json ? 'json' : 'merge');
    }
  });
}

/** The last check: what no rule knows of, but whoever reads the object stumbles over. */
function readable(object: ObjectJson, read: (object: unknown) => void): void {
  try {
    read(object);
  } catch {
    throw new Error(`what it leaves is no whole ${object.kind}; compare it with the one in dist/`);
  }
}

/** What the patch is to blame for, and not the one before it. */
function objectFaults(before: ObjectJson, after: ObjectJson): string[] {
  // The schema in a definition has fields of any name.
  if (after.kind === 'CustomResourceDefinition') return [];
  const earlier = mistypedFields(before);
  const mistyped = mistypedFields(after).filter((text) => !earlier.includes(text));
  return [...mistyped, ...gapsOf(before, after, after.kind)];
}

function patched(object: ObjectJson, patches: readonly Patch[]): ObjectJson {
  const own = patches.filter((patch) => isTarget(patch, object));
  if (own.length === 0) return object;
  return renewed(own.reduce(applied, object));
}

function applied(object: ObjectJson, { merge, json }: Patch): ObjectJson {
  const changed = (
    merge
      ? strategicMerge(object, merge, object.kind)
      : applyPatch(structuredClone(object), json as Operation[], true).newDocument
  ) as ObjectJson;
  if (identity(changed) !== identity(object)) throw new Error('a patch leaves kind, name and namespace as they are');
  return changed;
}

const identity = ({ apiVersion, kind, metadata }: ObjectJson) =>
  [apiVersion, kind, metadata?.namespace, metadata?.name].join(' ');

function isTarget({ target }: Patch, object: ObjectJson): boolean {
  return (
    object.kind === target.kind &&
    (target.namespace === undefined || target.namespace === object.metadata.namespace) &&
    stemOf(object) === target.name
  );
}

const wanted = ({ target: { kind, name, namespace } }: Patch) => `${kind} ${namespace ? `${namespace}/` : ''}${name}`;

const shown = (object: ObjectJson) => {
  const { namespace } = object.metadata;
  return `${object.kind} ${namespace ? `${namespace}/` : ''}${stemOf(object)}`;
};

/** What the target may have been meant to be. */
function nearest({ target }: Patch, objects: readonly ObjectJson[]): string {
  const far = (object: ObjectJson) =>
    distance(target.kind, object.kind) +
    distance(target.name, stemOf(object)) +
    (target.namespace === undefined ? 0 : distance(target.namespace, object.metadata.namespace ?? ''));
  const sorted = objects.map((object) => [far(object), shown(object)] as const).sort(([a], [b]) => a - b);
  return sorted
    .slice(0, SHOWN)
    .map(([, text]) => text)
    .join(', ');
}

/** The library's messages go on to quote the whole object. */
function messageOf(error: unknown): string {
  const { name, message } = error as JsonPatchError;
  const [first = ''] = message.split('\n');
  return /^[A-Z_]+$/.test(name) ? `${first} (${name})` : first;
}
