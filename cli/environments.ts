/** The environments that a command line names. */
import { environmentNames } from '../charts/environment/environments';
import { UsageError } from './command';

/** The user's environments, below the folder that a command runs in. */
export const ENVIRONMENTS = 'environments';

/** @throws UsageError when one of these is not there, naming those that are */
export function requireEnvironments(names: readonly string[]): void {
  const known = environmentNames(ENVIRONMENTS);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const there = known.length === 0 ? 'none' : known.join(', ');
  throw new UsageError(`${ENVIRONMENTS}/ has no environment "${unknown.join('", "')}"; it has ${there}`);
}
