/** Which objects differ between two trees. */
import { loadAll } from 'js-yaml';
import { stemOf } from '../../charts/lib/job';
import { isMapping } from '../../charts/lib/mapping';
import type { ObjectJson } from '../../charts/lib/workload-json';
import { titleOf } from '../../charts/upgrades/stateful';
import { DIST } from '../synth/synth';
import type { Tree } from './trees';
import { readWritten } from './written-yaml';

/** One object before and after; one of them is absent where it was added or removed. */
export interface Pair {
  readonly environment: string;
  /** Such as "Deployment mlflow/mlflow". */
  readonly title: string;
  readonly before?: ObjectJson;
  readonly after?: ObjectJson;
}

/**
 * Every object that differs, by environment, kind and name. Files with the same bytes are not looked at, and an object
 * that has moved from one file to another has not changed.
 */
export function differingObjects(base: Tree, head: Tree): Pair[] {
  const paths = [...new Set([...base.files.keys(), ...head.files.keys()])].filter(
    (path) => isManifest(path) && base.files.get(path) !== head.files.get(path),
  );
  const before = objectsIn(base, paths);
  const after = objectsIn(head, paths);
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .filter((key) => before.get(key)?.text !== after.get(key)?.text)
    .map((key): Pair => {
      const [old, now] = [before.get(key), after.get(key)];
      const [environment = '', title = ''] = key.split('\n');
      return { environment, title, ...(old && { before: old.object }), ...(now && { after: now.object }) };
    });
}

/** What is applied: a file in the folder of a stage. */
const isManifest = (path: string) => path.endsWith('.yaml') && path.split('/').length > 2;

interface Found {
  readonly object: ObjectJson;
  readonly text: string;
}

function objectsIn(tree: Tree, paths: readonly string[]): Map<string, Found> {
  const own = paths.filter((path) => tree.files.has(path));
  const found = new Map<string, Found>();
  tree.read(own).forEach((text, index) => {
    const environment = own[index]?.split('/')[0] ?? '';
    for (const object of parsed(text, own[index] ?? '')) {
      found.set(`${environment}\n${nameOf(object)}`, { object, text: JSON.stringify(object) });
    }
  });
  return found;
}

/** The same for one version of a type and the next, and for what runs once whatever its content. */
const nameOf = (object: ObjectJson) => titleOf({ ...object, metadata: { ...object.metadata, name: stemOf(object) } });

function parsed(text: string, path: string): ObjectJson[] {
  const objects = documentsOf(text, path).filter((document) => document !== undefined && document !== null);
  if (objects.every(isObject)) return objects;
  throw new Error(`${path}: is no file of Kubernetes objects; name a folder that synth has written, such as ${DIST}`);
}

function documentsOf(text: string, path: string): unknown[] {
  try {
    return readWritten(text) ?? loadAll(text);
  } catch (error) {
    throw new Error(`${path}: is not YAML that kubectl would read (${(error as Error).message.split('\n')[0]})`);
  }
}

const isObject = (document: unknown): document is ObjectJson =>
  isMapping(document) &&
  typeof document.kind === 'string' &&
  typeof document.apiVersion === 'string' &&
  isMapping(document.metadata) &&
  typeof document.metadata.name === 'string';
