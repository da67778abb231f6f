/** The schema of where the pods of a model run. */
import { z } from 'zod';
import { count, labels, oneOf, text } from '../../../config/fields';

export const placement = z
  .strictObject({
    gpus: count(0, 64, 1).default(0).describe('GPUs of the root node of the graph'),
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
