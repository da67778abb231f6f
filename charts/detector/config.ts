/** The schema of a model's detector: a server of Alibi Detect, to which the executor sends the requests that it logs. */
import * as z from 'zod';
import { count, httpUrl, oneOf } from '../../config/fields';
import type { Fault } from '../../config/problems';
import { resources } from '../../config/resources';
import { rules } from '../../config/rules';
import { workloadFields } from '../../config/workload';
import { egress } from '../models/config/egress';
import type { Protocol } from '../models/protocol';
import { modelPlace } from '../models/uri';

export const detectorSchema = z
  .strictObject({
    kind: oneOf(['outlier', 'drift', 'adversarial'], 'outlier').describe('What it looks for'),
    uri: modelPlace('s3://models/wine-outliers/1').describe('Where the detector was saved'),
    batchSize: count(1, 100000, 1000).optional().describe('Rows that drift is looked for in; for drift alone'),
    replyUrl: httpUrl('http://alerts.example.com/detected').optional().describe('Where it posts its verdicts'),
    resources: resources({ cpu: ['100m', '1'], memory: ['512Mi', '2Gi'], scratch: ['256Mi', '2Gi'] }),
    egress: egress.describe('Whom the detector may call beside its store and replyUrl'),
    ...workloadFields,
  })
  .superRefine(
    rules(({ kind, batchSize }) => {
      if (kind === 'drift' ? batchSize !== undefined : batchSize === undefined) return [];
      const message =
        kind === 'drift'
          ? 'is required for drift, such as 1000'
          : `stands with kind: ${kind}, which looks at each row; remove it`;
      return [{ path: ['batchSize'], message }];
    }),
  )
  .optional()
  .meta({ examples: [{ kind: 'outlier', uri: 's3://models/wine-outliers/1' }] })
  .describe('Watches the requests, by Alibi Detect at the Service <name>-detector:8080');

/** The name of a Service may have 63 characters, of which "-detector" takes nine. */
const MAX_NAME = 54;

/** What is wrong with a model that has a detector. */
export function detectorFaults({
  name,
  protocol,
  detector,
  logger,
}: {
  readonly name: string;
  readonly protocol: Protocol;
  readonly detector?: object;
  readonly logger?: object;
}): Fault[] {
  if (!detector) return [];
  const faults: Fault[] = [];
  // The detector's server calls v2 by different names in different releases.
  if (protocol === 'v2') {
    faults.push({ path: ['detector'], message: 'reads the protocols seldon and tensorflow, and the model speaks v2' });
  }
  if (logger)
    faults.push({ path: ['logger'], message: 'stands beside detector, which is what requests are logged to' });
  if (name.length > MAX_NAME) {
    faults.push({
      path: ['name'],
      message: `has ${name.length} characters; a model with a detector may have ${MAX_NAME}`,
    });
  }
  return faults;
}
