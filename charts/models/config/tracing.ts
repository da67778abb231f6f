/** The schema of `tracing`. */
import { z } from 'zod';
import { httpUrl } from '../../../config/fields';

const SHARE = { error: 'must be a share from 0 to 1' };

export const tracing = z
  .strictObject({
    endpoint: httpUrl('http://jaeger-collector.observability:14268/api/traces').describe(
      "The Jaeger collector's address for spans over HTTP",
    ),
    sample: z
      .number(SHARE)
      .min(0, SHARE)
      .max(1, SHARE)
      .default(1)
      .meta({ examples: [0.1] })
      .describe('Share of the requests that are traced'),
  })
  .optional()
  .describe("Traces requests through the executor and Seldon's wrappers");
