/** The schema of where the pods of a model run. */
import { z } from 'zod';
import { count, labels, oneOf, text } from '../../../config/fields';
import type { Fault } from '../../../config/problems';
import { nodesWithContainer } from '../node';
import type { Node } from './complete';

export const gpus = count(0, 64, 1).optional().describe('GPUs of the model server; those of placement where absent');

export const placement = z
  .strictObject({
    gpus: count(0, 64, 1)
      .default(0)
      .describe('GPUs of the model server, where the graph has one node; else a node says gpus itself'),
    gpuResource: text('nvidia.com/gpu')
      .min(1)
      .default('nvidia.com/gpu')
      .describe('Resource that the device plugin names'),
    nodeSelector: labels('node-pool', 'gpu').default({}).describe('Labels of the nodes that may run it'),
    tolerations: z
      .array(
        z
          .strictObject({
            key: text('nvidia.com/gpu').min(1).optional().describe('Key of the taint; any where absent'),
            operator: oneOf(['Exists', 'Equal'], 'Exists').default('Exists').describe('How the value is compared'),
            value: text('present').optional().describe('Value of the taint'),
            effect: oneOf(['NoSchedule', 'PreferNoSchedule', 'NoExecute'], 'NoSchedule')
              .optional()
              .describe('Effect of the taint; any where absent'),
          })
          .meta({ examples: [{ key: 'nvidia.com/gpu', effect: 'NoSchedule' }] }),
      )
      .default([])
      .meta({ examples: [[{ key: 'nvidia.com/gpu', effect: 'NoSchedule' }]] })
      .describe('Taints of nodes that it may run on all the same'),
  })
  .default({ gpus: 0, gpuResource: 'nvidia.com/gpu', nodeSelector: {}, tolerations: [] })
  .describe('Where pods run');

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
