/** The schema of where the pods of a model run. */
import { z } from 'zod';
import { count, text } from '../../../config/fields';
import { nodeSelector, tolerations } from '../../../config/workload';

export const placement = z
  .strictObject({
    gpus: count(0, 64, 1).default(0).describe('GPUs of the root node of the graph'),
    gpuResource: text('nvidia.com/gpu')
      .min(1)
      .default('nvidia.com/gpu')
      .describe('Resource that the device plugin names'),
    nodeSelector: nodeSelector.default({}),
    tolerations: tolerations.default([]),
  })
  .default({ gpus: 0, gpuResource: 'nvidia.com/gpu', nodeSelector: {}, tolerations: [] })
  .describe('Where pods run');
