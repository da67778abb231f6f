/** The schema of `router`, a router that the executor has built in, and the rules about its node. */
import * as z from 'zod';
import type { Fault } from '../../../config/problems';
import { faultOf, type Node } from './complete';

export const router = z
  .enum(['RANDOM_ABTEST'], { error: 'must be RANDOM_ABTEST: the executor of 1.17 has no other built in' })
  .optional()
  .meta({ examples: ['RANDOM_ABTEST'] })
  .describe('A router inside the executor, with two children and the parameter ratioA');

/** A router has two children and a share, and neither files nor a container. */
export function routerFaults(node: Node): Fault[] {
  const { router } = node;
  if (router === undefined) return [];
  const faults: Fault[] = [];
  const { ratioA, ...others } = node.parameters;
  if (node.children.length !== 2) {
    faults.push(faultOf(node, 'children', `are ${node.children.length}; ${router} routes to two`));
  }
  if (typeof ratioA !== 'number' || ratioA < 0 || ratioA > 1) {
    faults.push(faultOf(node, 'parameters', `need ratioA for ${router}, the share of the first child, such as 0.5`));
  }
  // abTestRouter in executor/predictor/ takes 0.5 where there is not this one parameter alone.
  for (const name of Object.keys(others)) {
    faults.push({
      path: [...node.path, 'parameters', name],
      message: `stands beside ratioA, which ${router} then ignores; remove it`,
    });
  }
  if (node.uri !== undefined) {
    faults.push(faultOf(node, 'uri', 'stands beside router, which loads nothing; remove it'));
  }
  if ((node.gpus ?? 0) > 0) {
    faults.push(faultOf(node, 'gpus', 'stands beside router, which has no container; remove it'));
  }
  return faults;
}
