/** The schema of a model file: environments/<env>/models/<name>.yaml. */
import { z } from 'zod';
import { extendsField } from '../../config/bases';
import { count, dnsLabel, labels, modelPlace, serviceName } from '../../config/fields';
import { resources } from '../../config/resources';
import { batchSchema } from '../batch/config';
import { detectorSchema } from '../detector/config';
import { formSchema } from './form';
import { graphSchema, nodeFields, nodeName, SERVER_RESOURCES } from './node-config';
import { predictorsOf } from './predictors';
import { ruleFaults } from './rules';
import { autoscaling, disruptionBudget, keda, placement } from './scaling-config';

const predictorName = dnsLabel('default');
const flag = z.boolean({ error: 'must be true or false' });

/** Methods of Alibi that the explainer servers know. */
const EXPLAINERS = [
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

const explainer = z
  .strictObject({
    type: z
      .enum(EXPLAINERS, { error: `must be one of ${EXPLAINERS.join(', ')}` })
      .meta({ examples: ['AnchorTabular'] })
      .describe('The method, of Alibi'),
    uri: modelPlace('s3://models/wine-explainer/1').optional().describe('The explainer that was saved for the model'),
    config: z
      .record(z.string().regex(/^[A-Za-z]\w*$/), z.string({ error: 'must be text, in quotes' }))
      .default({})
      .meta({ examples: [{ batch_size: '1' }] })
      .describe('Options of the method'),
    replicas: count(0, 100, 1).default(1).describe('Pods that explain'),
    resources: resources({ cpu: ['100m', '1'], memory: ['512Mi', '2Gi'], scratch: ['256Mi', '2Gi'] }),
  })
  .optional()
  .describe('Explains predictions, at the Service <name>-<predictor>-explainer:9000');

const predictor = z
  .strictObject({
    name: predictorName.describe('Name of the predictor; part of the Service name'),
    traffic: count(0, 100, 10)
      .optional()
      .describe('Percent of the requests, or of those that a shadow is sent a copy of'),
    shadow: flag
      .default(false)
      .meta({ examples: [true] })
      .describe('Gets copies of requests; its answers go nowhere'),
    labels: labels('colour', 'green').default({}).describe('Labels of its pods'),
    replicas: count(0, 100, 1).optional().describe('Pods'),
    ...nodeFields,
    graph: graphSchema.optional().describe('A graph in place of one node'),
    explainer,
  })
  .meta({ examples: [{ name: 'canary', traffic: 10 }] });

export const modelSchema = z
  .strictObject({
    extends: extendsField
      .meta({ examples: ['../../base'] })
      .describe(
        'What the file builds on: a YAML file, or the model of the same name in the folder of another environment or base; a list is merged in its order, null removes what a base says',
      ),
    name: serviceName('xgb-wine-k8s').describe('Name of the SeldonDeployment; the name of the file where absent'),
    server: nodeFields.server,
    uri: nodeFields.uri,
    protocol: z
      .enum(['v2', 'seldon', 'tensorflow'], { error: 'must be one of v2, seldon, tensorflow' })
      .default('v2')
      .meta({ examples: ['v2'] })
      .describe('The inference protocol that callers speak'),
    predictor: predictorName.default('default').describe('Name of the only predictor; part of the Service name'),
    node: nodeName.default('classifier').describe('Name of the graph node; v2 callers use it in the URL'),
    replicas: count(0, 100, 1).optional().describe('Pods that serve the model; 1 where nothing scales it'),
    engine: flag
      .optional()
      .meta({ examples: [true] })
      .describe(
        "Puts Seldon's executor in front of the server: its metrics and request log, for 100m CPU and 128Mi a pod; on where a graph, a logger or a trace needs it",
      ),
    resources: resources(SERVER_RESOURCES).describe('CPU, memory and disk of the model server'),
    image: nodeFields.image,
    container: nodeFields.container,
    parameters: nodeFields.parameters,
    logger: nodeFields.logger,
    graph: graphSchema
      .optional()
      .describe('A graph in place of one node: name, type, server or image or router, children'),
    predictors: z
      .array(predictor, { error: 'must be a list' })
      .default([])
      .meta({
        examples: [
          [
            { name: 'main', traffic: 90 },
            { name: 'canary', traffic: 10, uri: 'models:/wine@challenger' },
          ],
        ],
      })
      .describe('Several predictors, each with what differs from the fields above: canary, A/B, shadow, blue-green'),
    explainer,
    autoscaling,
    keda,
    disruptionBudget,
    placement,
    engineResources: resources({
      cpu: ['100m', '500m'],
      memory: ['128Mi', '512Mi'],
      scratch: ['32Mi', '256Mi'],
    }).describe('CPU, memory and disk of the executor'),
    initializerResources: resources({
      cpu: ['50m', '1'],
      memory: ['64Mi', '512Mi'],
      scratch: ['64Mi', '2Gi'],
    }).describe('CPU, memory and disk of what fetches the model before the server starts'),
    tracing: z
      .strictObject({
        endpoint: z
          .string()
          .refine((value) => /^https?:\/\/[a-z0-9][a-z0-9.-]*(:[1-9]\d{0,4})?(\/\S*)?$/.test(value), {
            error: 'must be an http address',
          })
          .meta({ examples: ['http://jaeger-collector.observability:14268/api/traces'] })
          .describe("The Jaeger collector's address for spans over HTTP"),
        sample: z
          .number({ error: 'must be a share from 0 to 1' })
          .min(0, { error: 'must be a share from 0 to 1' })
          .max(1, { error: 'must be a share from 0 to 1' })
          .default(1)
          .meta({ examples: [0.1] })
          .describe('Share of the requests that are traced'),
      })
      .optional()
      .describe("Traces requests through the executor and Seldon's wrappers"),
    detector: detectorSchema,
    batch: batchSchema,
    form: formSchema,
  })
  // Said together with faults of other fields, which a rule over all of them is not.
  .refine((file) => says(file, 'server', 'image'), { ...required('server', 'MLFLOW_SERVER'), when: () => true })
  .refine((file) => says(file, 'uri', 'image') || file.server === 'HUGGINGFACE_SERVER', {
    ...required('uri', 'models:/wine-elasticnet@champion'),
    when: () => true,
  })
  .superRefine((model, context) => {
    for (const { path, message } of ruleFaults(model, predictorsOf(model))) {
      context.addIssue({ code: 'custom', path: [...path], message, params: { complete: true } });
    }
  })
  .describe('A model that Seldon Core serves');

/** Whether a file has one of some fields, or leaves them to its nodes; what is no mapping has been refused already. */
function says(file: object, ...fields: string[]): boolean {
  const { predictors } = file as { predictors?: unknown[] };
  return Array.isArray(file) || [...fields, 'graph'].some((field) => field in file) || (predictors ?? []).length > 0;
}

function required(field: string, example: string) {
  return { path: [field], error: `is required, such as ${JSON.stringify(example)}`, params: { complete: true } };
}

/** A model file after validation. */
export type ModelSettings = Omit<z.output<typeof modelSchema>, 'extends'>;
