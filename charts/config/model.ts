/** The schema of a model file: environments/<env>/models/<name>.yaml. */
import { z } from 'zod';
import { SERVERS } from '../images';
import { dnsLabel, modelUri, resources, serviceName } from './fields';
import { formSchema } from './form';

/** A model server loads the model into each replica's memory; the defaults fit the small models of the guide. */
const SERVER_RESOURCES = {
  cpu: ['100m', '1'],
  memory: ['384Mi', '1Gi'],
  scratch: ['256Mi', '2Gi'],
} as const;

const serverNames = Object.keys(SERVERS) as [keyof typeof SERVERS, ...(keyof typeof SERVERS)[]];

/** The executor's container. */
const SELDON_ENGINE = 'seldon-container-engine';

export const modelSchema = z
  .strictObject({
    name: serviceName('xgb-wine-k8s').describe('Name of the SeldonDeployment; the name of the file where absent'),
    server: z
      .enum(serverNames, { error: `must be one of ${serverNames.join(', ')}` })
      .meta({ examples: ['MLFLOW_SERVER'] })
      .describe("Seldon's prepackaged server that loads the model"),
    uri: modelUri('models:/wine-elasticnet@champion').describe(
      "The model: a registry name (models:/NAME@ALIAS, models:/NAME/VERSION), a run's (runs:/RUN/NAME) or a place (s3://…)",
    ),
    protocol: z
      .enum(['v2', 'seldon', 'tensorflow'], { error: 'must be one of v2, seldon, tensorflow' })
      .default('v2')
      .meta({ examples: ['v2'] })
      .describe('The inference protocol that callers speak'),
    predictor: dnsLabel('default').default('default').describe('Name of the predictor; part of the Service name'),
    // The volume that the operator names after the node has 19 characters more.
    node: dnsLabel('classifier', 44)
      .default('classifier')
      .describe('Name of the graph node; v2 callers use it in the URL'),
    replicas: z
      .number({ error: 'must be a whole number from 0 to 100' })
      .int({ error: 'must be a whole number from 0 to 100' })
      .min(0, { error: 'must be a whole number from 0 to 100' })
      .max(100, { error: 'must be a whole number from 0 to 100' })
      .default(1)
      .meta({ examples: [1] })
      .describe('Pods that serve the model'),
    engine: z
      .boolean({ error: 'must be true or false' })
      .default(false)
      .meta({ examples: [false] })
      .describe(
        "Puts Seldon's executor in front of the server: its metrics and request log, for 100m CPU and 128Mi a pod",
      ),
    resources: resources(SERVER_RESOURCES).describe('CPU, memory and disk of the model server'),
    form: formSchema,
  })
  .superRefine((model, context) => {
    const protocols = Object.keys(SERVERS[model.server]);
    if (!protocols.includes(model.protocol)) {
      context.addIssue({
        code: 'custom',
        path: ['protocol'],
        message: `is ${model.protocol}, which ${model.server} does not speak; use ${protocols.join(' or ')}`,
        params: { complete: true },
      });
    }
    if (model.server === 'TENSORFLOW_SERVER' && !model.engine) {
      context.addIssue({
        code: 'custom',
        path: ['engine'],
        message:
          'is false, but the operator adds containers of its own to TENSORFLOW_SERVER, for the executor; set engine: true',
        params: { complete: true },
      });
    }
    // The operator replaces a longer name by "seldon-<md5>", so that no caller would find the Service.
    if ([SELDON_ENGINE, 'tfserving'].includes(model.node)) {
      context.addIssue({
        code: 'custom',
        path: ['node'],
        message: `is ${model.node}, the name of a container that the operator adds to the pod; choose another, such as "classifier"`,
        params: { complete: true },
      });
    }
    const composed = [
      ['Deployment', `${model.name}-${model.predictor}-0-${model.node}`],
      ['Service', `${model.name}-${model.predictor}-${model.node}`],
    ] as const;
    for (const [kind, name] of composed) {
      if (name.length > 63 && model.name.length <= 63 && model.predictor.length <= 63 && model.node.length <= 44) {
        context.addIssue({
          code: 'custom',
          path: ['name'],
          message: `makes the ${kind} name "${name}" of ${name.length} characters, and the operator hashes names over 63; shorten name, predictor or node by ${name.length - 63}`,
          params: { complete: true },
        });
      }
    }
  })
  .describe('A model that Seldon Core serves');

/** A model file after validation. */
export type ModelSettings = z.output<typeof modelSchema>;
