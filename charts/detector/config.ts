/** The schema of a model's detector, a server to which the executor sends the requests that it logs. */
import * as z from 'zod';
import { count, httpUrl, oneOf } from '../../config/fields';
import type { Fault } from '../../config/problems';
import { resources } from '../../config/resources';
import { rules } from '../../config/rules';
import { workloadFields } from '../../config/workload';
import { egress } from '../models/config/egress';
import type { Protocol } from '../models/protocol';
import { modelPlace } from '../models/uri';
import { HTTP } from './server';

const RATE = { error: 'must be a percentage from 0.001 to 50' };

export const detectorSchema = z
  .strictObject({
    kind: oneOf(['outlier', 'drift', 'adversarial'], 'outlier').describe('What it looks for'),
    uri: modelPlace('s3://models/wine-reference/1').describe(
      'The folder of what it compares with: in the v2 protocol reference.csv, otherwise a detector that Alibi Detect saved',
    ),
    batchSize: count(1, 100000, 1000).optional().describe('Rows that drift is looked for in; for drift alone'),
    falseAlarms: z
      .number(RATE)
      .min(0.001, RATE)
      .max(50, RATE)
      .optional()
      .meta({ examples: [0.1] })
      .describe(
        'In the v2 protocol: percent of batches (drift) or rows (outlier) like the reference that are reported all the same; 1 where absent',
      ),
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
  .meta({ examples: [{ kind: 'outlier', uri: 's3://models/wine-reference/1' }] })
  .describe(`Watches the requests, at the Service <name>-detector:${HTTP.containerPort}`);

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
  readonly detector?: { readonly kind: string; readonly falseAlarms?: number };
  readonly logger?: object;
}): Fault[] {
  if (!detector) return [];
  const faults: Fault[] = [];
  if (protocol === 'v2' && detector.kind === 'adversarial') {
    faults.push({
      path: ['detector', 'kind'],
      message: 'is adversarial, which needs the protocol seldon or tensorflow, and the model speaks v2',
    });
  }
  if (protocol !== 'v2' && detector.falseAlarms !== undefined) {
    faults.push({
      path: ['detector', 'falseAlarms'],
      message: `needs the v2 protocol, and the model speaks ${protocol}, whose detector is saved with a threshold`,
    });
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
