/** Writes environments/<env>/models.lock.yaml. */
import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { toYaml } from '../../charts/lib/yaml';
import { type Lock, type LockEntry, resolveCommand } from '../../charts/models/lock';
import { LOCK_FILE } from '../../config/read';

/**
 * Replaces the lock of an environment in one step, its entries in the order of their names.
 * @param root the environment's folder
 */
export function writeLock(root: string, lock: Lock): void {
  const file = `${root}/${LOCK_FILE}`;
  const staged = `${file}.${randomUUID()}`;
  try {
    writeFileSync(staged, lockText(root, lock));
    renameSync(staged, file);
  } finally {
    rmSync(staged, { force: true });
  }
}

function lockText(root: string, lock: Lock): string {
  const models = Object.fromEntries(Object.entries(lock).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `# Written by "${resolveCommand(root)}"; commit it, do not edit it.\n${toYaml([{ models }])}`;
}

/** How a version is called in what people read. */
export function versionName({ registered, run, digest }: LockEntry): string {
  if (registered) return `version ${registered.version} of ${registered.name}`;
  return run ? `run ${run}` : digest;
}
