/** The schema of a model's detector: a server of Alibi Detect, to which the executor sends the requests that it logs. */
import { z } from 'zod';
import { count, httpUrl, modelPlace, oneOf } from '../../config/fields';
import { resources } from '../../config/resources';

export const detectorSchema = z
  .strictObject({
    kind: oneOf(['outlier', 'drift', 'adversarial'], 'outlier').describe('What it looks for'),
    uri: modelPlace('s3://models/wine-outliers/1').describe('Where the detector was saved'),
    batchSize: count(1, 100000, 1000).optional().describe('Rows that drift is looked for in; for drift alone'),
    replyUrl: httpUrl('http://alerts.example.com/detected').optional().describe('Where it posts its verdicts'),
    resources: resources({ cpu: ['100m', '1'], memory: ['512Mi', '2Gi'], scratch: ['256Mi', '2Gi'] }),
  })
  .superRefine(({ kind, batchSize }, context) => {
    if (kind === 'drift' ? batchSize !== undefined : batchSize === undefined) return;
    const message =
      kind === 'drift'
        ? 'is required for drift, such as 1000'
        : `stands with kind: ${kind}, which looks at each row; remove it`;
    context.addIssue({ code: 'custom', path: ['batchSize'], message, params: { complete: true } });
  })
  .optional()
  .meta({ examples: [{ kind: 'outlier', uri: 's3://models/wine-outliers/1' }] })
  .describe('Watches the requests, by Alibi Detect at the Service <name>-detector:8080');
