/** What is judged of a run when all its files are known, and before they take the place of the old ones. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { PlatformConfig } from '../../charts/config';
import { platformIn } from '../../charts/environment/files';
import { digestFaults } from '../../charts/images/digests';
import type { Summary } from '../../charts/rendering/render';
import { type Stateful, statefulOf } from '../../charts/upgrades/stateful';
import { upgradeFaults } from '../../charts/upgrades/upgrades';
import { ENVIRONMENTS } from '../environments';
import type { Change } from './changes';

/**
 * What is wrong with environments as they were rendered, a line each.
 * @param target the output folder, with the old files
 * @param changes how the new files differ from them
 */
export function faultsOfRun(
  target: string,
  configs: readonly PlatformConfig[],
  summaries: readonly Summary[],
  changes: readonly Change[],
): string[] {
  return configs.flatMap((config) => {
    const summary = summaries.find(({ environment }) => environment === config.environment);
    if (summary === undefined) return [];
    const root = `${ENVIRONMENTS}/${config.environment}`;
    const old = changes.filter(({ kind, path }) => kind !== 'added' && path.startsWith(`${config.environment}/`));
    const before = old.flatMap(({ path }) => statefulIn(join(target, path)));
    return [
      ...digestFaults(root, config.imageLock, config.images.requireDigests, summary.images),
      ...upgradeFaults(platformIn(root), config, before, summary.stateful),
    ];
  });
}

/** Files without such a word have no object that matters, and are not parsed. */
const KINDS = /^kind: (Namespace|CustomResourceDefinition|PersistentVolumeClaim|StatefulSet|Cluster)$/m;

/** Objects with data in an old file; none where it is not what synth has written. */
function statefulIn(path: string): Stateful[] {
  try {
    const text = readFileSync(path, 'utf8');
    return KINDS.test(text) ? loadAll(text).flatMap(statefulOf) : [];
  } catch {
    return [];
  }
}
