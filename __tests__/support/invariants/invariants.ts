/**
 * What holds for every platform, whatever its configuration: each check lists the objects that break it. They judge
 * rendered objects only, so that they would find a fault wherever it comes from.
 */
import type { Check, ClusterView } from './cluster-view';
import { IDENTITY } from './identity';
import { IMAGES } from './images';
import { NETWORK } from './network';
import { PODS } from './pods';
import { SECURITY } from './security';

export const INVARIANTS = { ...IDENTITY, ...PODS, ...NETWORK, ...SECURITY, ...IMAGES } satisfies Record<string, Check>;

export type InvariantName = keyof typeof INVARIANTS;

/** Everything that is broken, each line with the invariant's name in front. */
export function violations(cluster: ClusterView): string[] {
  return Object.entries(INVARIANTS).flatMap(([name, check]: [string, Check]) =>
    check(cluster).map((fault) => `${name}: ${fault}`),
  );
}
