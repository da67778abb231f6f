/** What teams ask of a platform in the field, each done and put back. */
import type { Check } from '../../cluster/checks';
import type { RunningPlatform } from '../running-platform';
import { batchesByArgo } from './batch';
import { modelCallsOut } from './egress';
import { largeModelServed, publish, unknownSizeNoticed } from './large-model';
import { cacheOnTheNode, resolversElsewhere } from './names';
import { rolledOutUnderLoad } from './rollout';

/** @param works whether the platform does its work */
export const field = (platform: RunningPlatform, works: () => Promise<void>): Check[] => [
  ['field: batches by Argo Workflows', () => batchesByArgo(platform)],
  ['field: a model of 3 GiB is in the bucket', () => publish(platform)],
  ['field: it is served, and stays', () => largeModelServed(platform)],
  ['field: without its size it is evicted', () => unknownSizeNoticed(platform)],
  ['field: a model that calls out', () => modelCallsOut(platform)],
  ['field: a rollout under load', () => rolledOutUnderLoad(platform)],
  ['field: a DNS cache on the node', () => cacheOnTheNode(platform, works)],
  ['field: DNS in another namespace', () => resolversElsewhere(platform, works)],
];
