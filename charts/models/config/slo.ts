/** The schema of `slo`: how good a model has to be. */
import * as z from 'zod';
import { oneOf } from '../../../config/fields';

/** The buckets that the executor and MLServer count answers in have these limits alike. */
const LIMITS = ['5ms', '10ms', '25ms', '50ms', '100ms', '250ms', '500ms', '1s', '2.5s', '5s', '10s'] as const;

const percent = (example: number) => {
  const error = 'must be a percentage from 50 to 99.999';
  return z
    .number({ error })
    .min(50, { error })
    .max(99.999, { error })
    .meta({ examples: [example] });
};

export const slo = z
  .strictObject({
    availability: percent(99.9).describe(
      'Percent of the requests of 30 days that are not answered by an error of the server',
    ),
    latency: z
      .strictObject({
        percent: percent(95).describe('Percent of the requests of 30 days that are answered in time'),
        within: oneOf(LIMITS, '500ms').describe('The time; a limit of the buckets that answers are counted in'),
      })
      .optional()
      .describe('How fast it answers'),
  })
  .optional()
  .meta({ examples: [{ availability: 99.9, latency: { percent: 95, within: '500ms' } }] })
  .describe('How good the model has to be; alerts follow where monitoring is enabled');
