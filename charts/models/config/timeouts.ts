/** The schema of `timeouts`. */
import * as z from 'zod';
import { count } from '../../../config/fields';

export const timeouts = z
  .strictObject({
    rest: count(1, 3600, 30).optional().describe('Seconds that an answer by HTTP may take'),
    grpc: count(1, 3600, 30).optional().describe('Seconds that an answer by gRPC may take'),
  })
  .refine(({ rest, grpc }) => rest !== undefined || grpc !== undefined, { error: 'must have one of rest and grpc' })
  .optional()
  .meta({ examples: [{ rest: 30, grpc: 30 }] })
  .describe(
    'How long callers wait, at the executor, at Ambassador (3 seconds where absent) and at a Gateway; as long as it takes where absent, but for Ambassador',
  );
