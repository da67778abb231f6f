/** The schema of `explainer`. */
import { z } from 'zod';
import { count, oneOf } from '../../../config/fields';
import { resources } from '../../../config/resources';
import { modelPlace } from '../uri';
import { egress } from './egress';

/** Methods of Alibi that the explainer servers know. */
const METHODS = [
  'AnchorTabular',
  'AnchorImages',
  'AnchorText',
  'Counterfactuals',
  'Contrastive',
  'KernelShap',
  'IntegratedGradients',
  'ALE',
  'TreeShap',
] as const;

export const explainer = z
  .strictObject({
    type: oneOf(METHODS, 'AnchorTabular').describe('The method, of Alibi'),
    uri: modelPlace('s3://models/wine-explainer/1').optional().describe('The explainer that was saved for the model'),
    config: z
      .record(z.string().regex(/^[A-Za-z]\w*$/), z.string({ error: 'must be text, in quotes' }))
      .default({})
      .meta({ examples: [{ batch_size: '1' }] })
      .describe('Options of the method'),
    replicas: count(0, 100, 1).default(1).describe('Pods that explain'),
    resources: resources({ cpu: ['100m', '1'], memory: ['512Mi', '2Gi'], scratch: ['256Mi', '2Gi'] }),
    egress: egress.describe('Whom the explainer may call beside its model'),
  })
  .optional()
  .describe('Explains predictions, at the Service <name>-<predictor>-explainer:9000');
