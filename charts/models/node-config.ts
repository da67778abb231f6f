/** The schema of what runs in one node of an inference graph (Seldon's PredictiveUnit). */
import { z } from 'zod';
import { dnsLabel, imageReference, modelUri, objectName, port } from '../../config/fields';
import { resourceAmounts } from '../../config/resources';
import { SERVERS } from '../images/catalogue';

/** A model server loads the model into each replica's memory; the defaults fit the small models of the guide. */
export const SERVER_RESOURCES = {
  cpu: ['100m', '1'],
  memory: ['384Mi', '1Gi'],
  scratch: ['256Mi', '2Gi'],
} as const;

const serverNames = Object.keys(SERVERS) as [keyof typeof SERVERS, ...(keyof typeof SERVERS)[]];

export const NODE_TYPES = ['MODEL', 'TRANSFORMER', 'OUTPUT_TRANSFORMER', 'ROUTER', 'COMBINER'] as const;
const LOG_MODES = ['request', 'response', 'all'] as const;

/** The volume that the operator names after a node has 19 characters more. */
export const nodeName = dnsLabel('classifier', 44);

const text = (example: string) => z.string({ error: 'must be text' }).meta({ examples: [example] });
const envName = z.string().refine((name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name), {
  error: 'must be the name of a variable, such as "THREADS"',
});
const path = text('/mnt/labels').refine((value) => /^\/[^:]*$/.test(value), { error: 'must be an absolute path' });

const container = z
  .strictObject({
    port: port(8080)
      .optional()
      .describe('Where it serves HTTP, for an image that cannot be told; Seldon tells it where absent'),
    command: z
      .array(text('python'))
      .optional()
      .meta({ examples: [['python', 'serve.py']] })
      .describe('In place of its entrypoint'),
    args: z
      .array(text('--threads=2'))
      .optional()
      .meta({ examples: [['--threads=2']] })
      .describe('Arguments'),
    env: z
      .record(envName, text('2'))
      .default({})
      .meta({ examples: [{ THREADS: '2' }] })
      .describe('Variables'),
    secrets: z
      .array(objectName('scorer-login'))
      .default([])
      .meta({ examples: [['scorer-login']] })
      .describe("Secrets in the models' namespace whose keys become variables"),
    volumes: z
      .array(
        z
          .strictObject({
            path: path.describe('Where the container sees it'),
            secret: objectName('scorer-tls').optional().describe('A Secret'),
            configMap: objectName('labels').optional().describe('A ConfigMap'),
            claim: objectName('labels').optional().describe('A PersistentVolumeClaim'),
          })
          .refine(({ secret, configMap, claim }) => [secret, configMap, claim].filter(Boolean).length === 1, {
            error: 'must name one of secret, configMap and claim',
          })
          .meta({ examples: [{ path: '/mnt/labels', configMap: 'labels' }] }),
      )
      .default([])
      .meta({ examples: [[{ path: '/mnt/labels', configMap: 'labels' }]] })
      .describe("What it reads, in the models' namespace"),
    uid: z
      .number({ error: 'must be a user id from 1 to 65534' })
      .int()
      .min(1, { error: 'must be a user id from 1 to 65534' })
      .max(65534, { error: 'must be a user id from 1 to 65534' })
      .optional()
      .meta({ examples: [8888] })
      .describe("User that it runs as; that of Seldon's own images where absent"),
  })
  .default({ env: {}, secrets: [], volumes: [] })
  .describe('The container of a custom image');

const scalar = z.union([z.string(), z.number(), z.boolean()], { error: 'must be text, a number, true or false' });

/** What may run in a node. */
export const nodeFields = {
  server: z
    .enum(serverNames, { error: `must be one of ${serverNames.join(', ')}` })
    .optional()
    .meta({ examples: ['MLFLOW_SERVER'] })
    .describe("Seldon's prepackaged server that loads the model"),
  image: imageReference('registry.example.com/team/scorer:1.2')
    .optional()
    .describe("An image of your own, in place of a server: it speaks the protocol, as Seldon's wrapper or on its own"),
  uri: modelUri('models:/wine-elasticnet@champion')
    .optional()
    .describe(
      "The model: a registry name (models:/NAME@ALIAS, models:/NAME/VERSION), a run's (runs:/RUN/NAME), a place (s3://…) or a volume (pvc://CLAIM/PATH)",
    ),
  parameters: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/, { error: 'must be the name of a parameter' }), scalar)
    .default({})
    .meta({ examples: [{ ratioA: 0.5 }] })
    .describe('Parameters of the node, typed as they are written'),
  container,
  logger: z
    .strictObject({
      mode: z
        .enum(LOG_MODES, { error: `must be one of ${LOG_MODES.join(', ')}` })
        .default('request')
        .meta({ examples: ['request'] })
        .describe('What is logged'),
      url: z
        .string()
        .refine((value) => /^https?:\/\/[a-z0-9][a-z0-9.-]*(:[1-9]\d{0,4})?(\/\S*)?$/.test(value), {
          error: 'must be an http address',
        })
        .optional()
        .meta({ examples: ['http://broker.logging:8080/'] })
        .describe('Where the executor posts CloudEvents; the detector where there is one'),
    })
    .optional()
    .describe('Logs requests and responses, by the executor'),
  resources: resourceAmounts(SERVER_RESOURCES).optional().describe('CPU, memory and disk of the model server'),
};

const typeField = z
  .enum(NODE_TYPES, { error: `must be one of ${NODE_TYPES.join(', ')}` })
  .optional()
  .meta({ examples: ['TRANSFORMER'] })
  .describe('What it does with a request; MODEL where absent');

const graphFields = z.strictObject({
  name: nodeName.describe('Name of the node and of its container'),
  type: typeField,
  router: z
    .enum(['RANDOM_ABTEST'], { error: 'must be RANDOM_ABTEST: the executor of 1.17 has no other built in' })
    .optional()
    .meta({ examples: ['RANDOM_ABTEST'] })
    .describe('A router inside the executor, with two children and the parameter ratioA'),
  ...nodeFields,
});

/** A node with those below it. */
export interface GraphSettings extends z.output<typeof graphFields> {
  readonly children: readonly GraphSettings[];
}

export const graphSchema: z.ZodType<GraphSettings> = graphFields.extend({
  children: z
    .array(z.lazy(() => graphSchema))
    .default([])
    .describe('The nodes below it'),
});
