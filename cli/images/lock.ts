/** `ml-platform images --lock`: writes images.lock.yaml. */
import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { PlatformConfig } from '../../charts/config';
import { imageLockCommand, imageLockFile } from '../../charts/images/lock';
import type { ImageLock, ImageLockEntry } from '../../charts/images/locked';
import { registryOf } from '../../charts/images/references';
import { toYaml } from '../../charts/lib/yaml';
import { ConfigError, problem } from '../../config/problems';
import type { Terminal } from '../terminal';
import { listImages } from './list';
import { dockerLogins } from './login';
import { Registries } from './registry';

/**
 * Asks registries for the images that the lock lacks, and leaves out what no image has any more.
 * @param root the environment's folder
 * @param update whether to ask again for what the lock has
 * @throws ConfigError where a registry has no answer for an image; then the lock is as it was
 */
export async function lockImages(
  root: string,
  config: PlatformConfig,
  update: boolean,
  terminal: Terminal,
): Promise<void> {
  const file = imageLockFile(root);
  const { imageLock: old = {} } = config;
  // As without a lock: a digest that is there now is one that platform.yaml or a model file says.
  const loose = listImages({ ...config, imageLock: undefined }).filter(({ digest }) => digest === undefined);
  const [local, remote] = [loose.filter(isLocal), loose.filter((each) => !isLocal(each))];
  for (const { image } of local) terminal.err(`${image}: built by you and in no registry; it has no entry\n`);

  const registries = new Registries(dockerLogins(terminal.env));
  const problems: string[] = [];
  const find = async (image: string): Promise<[string, ImageLockEntry][]> => {
    const known = update ? undefined : old[image];
    if (known) return [[image, known]];
    try {
      return [[image, await registries.find(image)]];
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      problems.push(problem(file, ['images', image], error.message));
      return [];
    }
  };
  const found = Object.fromEntries((await Promise.all(remote.map(({ image }) => find(image)))).flat());
  if (problems.length > 0) throw new ConfigError([...problems.sort(), `nothing was written: ${file} is as it was`]);

  const changes = describeChanges(old, found);
  for (const change of changes) terminal.out(`${change}\n`);
  write(root, found);
  const count = Object.keys(found).length;
  terminal.out(`${file}: ${count} ${count === 1 ? 'image' : 'images'}, ${changes.length} changed\n`);
}

const isLocal = ({ image }: { readonly image: string }) => registryOf(image) === undefined;

function describeChanges(old: ImageLock, now: ImageLock): string[] {
  const gone = Object.keys(old).filter((image) => now[image] === undefined);
  const changed = Object.entries(now).flatMap(([image, { digest }]) => {
    const before = old[image]?.digest;
    if (before === digest) return [];
    return `${image}: ${digest}${before === undefined ? '' : `, was ${before}`}`;
  });
  return [...changed.sort(), ...gone.sort().map((image) => `${image}: no longer used`)];
}

/** Replaces the file in one step. */
function write(root: string, lock: ImageLock): void {
  const file = imageLockFile(root);
  const staged = `${file}.${randomUUID()}`;
  const images = Object.fromEntries(Object.entries(lock).sort(([a], [b]) => (a < b ? -1 : 1)));
  try {
    writeFileSync(
      staged,
      `# Written by "${imageLockCommand(root)}"; commit it, do not edit it.\n${toYaml([{ images }])}`,
    );
    renameSync(staged, file);
  } finally {
    rmSync(staged, { force: true });
  }
}
