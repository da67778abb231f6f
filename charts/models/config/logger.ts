/** The schema of `logger`, and its rule. */
import { z } from 'zod';
import { httpUrl, oneOf } from '../../../config/fields';
import type { Fault } from '../../../config/problems';
import type { Node } from './complete';

export const logger = z
  .strictObject({
    mode: oneOf(['request', 'response', 'all'], 'request').default('request').describe('What is logged'),
    url: httpUrl('http://broker.logging:8080/')
      .optional()
      .describe('Where the executor posts CloudEvents; the detector where there is one'),
  })
  .optional()
  .describe('Logs requests and responses, by the executor');

/** The executor takes a logger without an address, and then posts to a broker that no cluster without Knative has. */
export function loggerFaults({ logger, path }: Node): Fault[] {
  if (!logger || logger.url !== undefined) return [];
  return [
    {
      path: [...path, 'logger'],
      message: 'has no url, such as "http://broker.logging:8080/"; the operator would log to a Knative broker',
    },
  ];
}
