/** The schema of `explainer`. */
import * as z from 'zod';
import { count, oneOf } from '../../../config/fields';
import type { Fault } from '../../../config/problems';
import { resources } from '../../../config/resources';
import { EXPLAINER_PORT } from '../../seldon/contract';
import type { Protocol } from '../protocol';
import { modelPlace } from '../uri';
import type { Predictor } from './complete';
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
  .describe(`Explains predictions, at the Service <name>-<predictor>-explainer:${EXPLAINER_PORT}`);

/** The operator gives an explainer a path with the name of the root, by which the executor would ask every node. */
export function explainerFaults(
  { protocol, explainer }: { readonly protocol: Protocol; readonly explainer?: object },
  predictor: Predictor,
): Fault[] {
  if (!predictor.explainer || protocol === 'seldon' || predictor.graph.children.length === 0) return [];
  return [
    {
      path: [...(predictor.explainer === explainer ? [] : predictor.path), 'explainer'],
      message: `asks by the name of one node, which a graph of several nodes does not answer in ${protocol}; use protocol: seldon, or explain a model of one node`,
    },
  ];
}
