/** The schema of where the pods of a model run. */
import * as z from 'zod';
import { count, text } from '../../../config/fields';
import type { Fault } from '../../../config/problems';
import { section } from '../../../config/section';
import { nodeSelector, tolerations, workloadFields } from '../../../config/workload';
import { nodesWithContainer } from '../node';
import type { Node } from './complete';

export const gpus = count(0, 64, 1).optional().describe('GPUs of the model server; those of placement where absent');

export const placement = section(
  z.strictObject({
    gpus: count(0, 64, 1)
      .default(0)
      .describe('GPUs of the model server, where the graph has one node; else a node says gpus itself'),
    gpuResource: text('nvidia.com/gpu')
      .min(1)
      .default('nvidia.com/gpu')
      .describe('Resource that the device plugin names'),
    nodeSelector: nodeSelector.default({}),
    tolerations: tolerations.default([]),
    affinity: workloadFields.affinity,
    topologySpread: workloadFields.topologySpread,
    priorityClassName: workloadFields.priorityClassName,
  }),
).describe('Where pods run');

/** Devices that could be for any of several nodes. */
export function gpuFaults({ placement: { gpus: shared } }: { placement: { gpus: number } }, graph: Node): Fault[] {
  if (shared === 0 || nodesWithContainer(graph).length < 2) return [];
  return [
    {
      path: ['placement', 'gpus'],
      message: `is ${shared}, but the graph has several nodes; say gpus: ${shared} on the node that needs them`,
    },
  ];
}
