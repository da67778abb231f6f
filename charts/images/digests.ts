/** Digests of images: where the lock has them, they are rendered; where an environment wants them, none may be missing. */
import { problem } from '../../config/problems';
import { PLATFORM_FILE } from '../../config/read';
import type { ComponentFile } from '../lib/component';
import { renewed } from '../lib/job';
import { imageLockCommand, imageLockFile } from './lock';
import type { ImageLock } from './locked';
import { isPinned, registryOf, splitImage, withoutDigest } from './references';

interface ObjectJson {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: unknown;
}

/**
 * The file with the digest behind each image that a model file or a patch names. Those of the catalogue have theirs by
 * then.
 */
export function withDigests(file: ComponentFile, lock: ImageLock): ComponentFile {
  return { ...file, objects: file.objects.map((object) => locked(object as ObjectJson, lock)) };
}

function locked(object: ObjectJson, lock: ImageLock): ObjectJson {
  if (object.kind === 'CustomResourceDefinition') return object;
  const spec = within(object.spec, lock);
  return spec === object.spec ? object : renewed({ ...object, spec });
}

/** The value itself where nothing in it changes. */
function within(value: unknown, lock: ImageLock): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, child]): [string, unknown] => {
    const digest = key === 'image' && typeof child === 'string' ? lock[child]?.digest : undefined;
    return [key, digest === undefined ? within(child, lock) : `${child}@${digest}`];
  });
  const before: readonly unknown[] = Object.values(value);
  if (entries.every(([, child], index) => child === before[index])) return value;
  return Array.isArray(value) ? entries.map(([, child]) => child) : Object.fromEntries(entries);
}

/**
 * What is wrong with the digests of an environment, a line each.
 * @param root the environment's folder
 * @param lock undefined where it has none
 * @param required whether an image without a digest is refused
 * @param used every image that is rendered
 */
export function digestFaults(
  root: string,
  lock: ImageLock | undefined,
  required: boolean,
  used: readonly string[],
): string[] {
  const loose = [...new Set(used)].filter((image) => !isPinned(image)).sort();
  return loose.flatMap((image) => {
    // What was built locally is in no registry that could be asked.
    const local = registryOf(image) === undefined;
    if (lock !== undefined && !local) {
      return problem(
        imageLockFile(root),
        ['images', image],
        `${missing(image, lock)}; run "${imageLockCommand(root)}"`,
      );
    }
    if (!required) return [];
    const way = local ? 'push it to a registry, name that in images.overrides or images.registry, and run' : 'run';
    return problem(
      `${root}/${PLATFORM_FILE}`,
      ['images', 'requireDigests'],
      `is true, but ${image} has no digest; ${way} "${imageLockCommand(root)}"`,
    );
  });
}

function missing(image: string, lock: ImageLock): string {
  const { repository, version } = splitImage(image);
  const others = Object.keys(lock).filter((name) => splitImage(name).repository === repository);
  const versions = others.map((name) => splitImage(name).version);
  return versions.length > 0
    ? `is not in the lock, which has ${versions.join(', ')} in place of ${version}`
    : 'is not in the lock';
}

/** Entries of a lock that no image of an environment has any more. */
export const unusedEntries = (lock: ImageLock | undefined, used: readonly string[]): string[] => {
  const names = new Set(used.map(withoutDigest));
  return Object.keys(lock ?? {}).filter((name) => !names.has(name));
};
