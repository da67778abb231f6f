/** The schema of `tracing` of a model: which requests are traced. Where the spans go is a setting of the environment. */
import * as z from 'zod';

const SHARE = { error: 'must be a share from 0 to 1' };

export const tracing = z
  .strictObject({
    sample: z
      .number(SHARE)
      .min(0, SHARE)
      .max(1, SHARE)
      .default(1)
      .meta({ examples: [0.1] })
      .describe('Share of the requests that are traced'),
  })
  .optional()
  .meta({ examples: [{ sample: 0.1 }] })
  .describe('Traces requests, in MLServer or else in the executor');
