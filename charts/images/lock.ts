/**
 * environments/<env>/images.lock.yaml: the digest behind each tag, as a registry had it.
 *
 * `ml-platform images <env> --lock` writes it from registries; synth only reads it, so that the same commit runs the same
 * images, and a tag that somebody moves changes nothing until a pull request shows it.
 */
import { existsSync } from 'node:fs';
import * as z from 'zod';
import { imageDigest, imageReference } from '../../config/image-fields';
import { problem } from '../../config/problems';
import { IMAGES_LOCK_FILE, readFile } from '../../config/read';
import type { ImageLock } from './locked';
import { isPinned } from './references';

const entrySchema = z.strictObject({
  digest: imageDigest(),
  /** Architectures that the registry had it for; absent where the registry does not say. */
  architectures: z.array(z.string().min(1)).optional(),
});

const lockSchema = z.strictObject({
  images: z.record(imageReference('docker.io/library/postgres:18.6-trixie'), entrySchema).prefault({}),
});

/** The file of an environment. @param root the environment's folder */
export const imageLockFile = (root: string) => `${root}/${IMAGES_LOCK_FILE}`;

/** The command that brings the lock of an environment up to date. */
export const imageLockCommand = (root: string) => `npx ml-platform images ${root.split('/').at(-1)} --lock`;

/**
 * The lock of an environment; undefined where it has none, and where it is wrong, which `problems` then says.
 * @param root the environment's folder
 */
export function readImageLock(root: string, problems: string[]): ImageLock | undefined {
  const file = imageLockFile(root);
  if (!existsSync(file)) return undefined;
  const lock = readFile(file, lockSchema, problems)?.images;
  for (const name of Object.keys(lock ?? {}).filter(isPinned)) {
    problems.push(problem(file, ['images', name], `has a digest in its name; run "${imageLockCommand(root)}"`));
  }
  return lock;
}
