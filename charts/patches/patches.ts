/** Applies the patches of an environment to its objects, and says what is wrong with them. */
import { applyPatch, type JsonPatchError, type Operation } from 'fast-json-patch';
import { distance } from 'fastest-levenshtein';
import type { Fault } from '../../config/problems';
import type { ComponentFile } from '../lib/component';
import { contentHash } from '../lib/job';
import type { Patch } from './config';
import { strategicMerge } from './strategic-merge';

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
 */
export function patchFaults(patches: readonly Patch[], objects: Iterable<unknown>): Fault[] {
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
      patches
        .slice(0, index + 1)
        .filter((earlier) => isTarget(earlier, target))
        .reduce(applied, target);
      return [];
    } catch (error) {
      return fault(`cannot change ${shown(target)}: ${messageOf(error)}`, patch.json ? 'json' : 'merge');
    }
  });
}

function patched(object: ObjectJson, patches: readonly Patch[]): ObjectJson {
  const own = patches.filter((patch) => isTarget(patch, object));
  if (own.length === 0) return object;
  const changed = own.reduce(applied, object);
  const { metadata } = changed;
  if (!runsOnce(object)) return changed;
  // The template of a Job is immutable, so that another content needs another name, as in lib/job.ts.
  const name = metadata.name.replace(HASH, `-${contentHash([metadata.name, changed.spec])}`);
  return { ...changed, metadata: { ...metadata, name } };
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

/** The end of the name of what runs once. */
const HASH = /-[0-9a-f]{8}$/;
const runsOnce = ({ kind, metadata }: ObjectJson) => ['Job', 'Workflow'].includes(kind) && HASH.test(metadata.name);
const nameOf = (object: ObjectJson) =>
  runsOnce(object) ? object.metadata.name.replace(HASH, '') : object.metadata.name;

function isTarget({ target }: Patch, object: ObjectJson): boolean {
  return (
    object.kind === target.kind &&
    (target.namespace === undefined || target.namespace === object.metadata.namespace) &&
    nameOf(object) === target.name
  );
}

const wanted = ({ target: { kind, name, namespace } }: Patch) => `${kind} ${namespace ? `${namespace}/` : ''}${name}`;

const shown = (object: ObjectJson) => {
  const { namespace } = object.metadata;
  return `${object.kind} ${namespace ? `${namespace}/` : ''}${nameOf(object)}`;
};

/** What the target may have been meant to be. */
function nearest({ target }: Patch, objects: readonly ObjectJson[]): string {
  const far = (object: ObjectJson) =>
    distance(target.kind, object.kind) +
    distance(target.name, nameOf(object)) +
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
