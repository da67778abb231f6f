/** The fields of a model file. The rules over several of them are put together in charts/models/config.ts. */
import * as z from 'zod';
import { extendsField } from '../../../config/bases';
import { count, oneOf, serviceName } from '../../../config/fields';
import { resources, resourcesWithFiles } from '../../../config/resources';
import { section } from '../../../config/section';
import { workloadFields } from '../../../config/workload';
import { issuerGroups } from '../../access/groups';
import { batchSchema } from '../../batch/config';
import { detectorSchema } from '../../detector/config';
import { qualitySchema } from '../../quality/config';
import { PROTOCOLS } from '../protocol';
import { caBundle } from './ca-bundle';
import { egress } from './egress';
import { explainer } from './explainer';
import { formSchema } from './form';
import { graphSchema } from './graph';
import { istio } from './istio';
import { nodeFields, nodeName } from './node';
import { placement } from './placement';
import { predictorName, predictors } from './predictors';
import { FETCHING_RESOURCES, SERVER_RESOURCES } from './resources';
import { autoscaling, disruptionBudget, keda } from './scaling';
import { OTHER_PROTOCOLS } from './seldon-names';
import { slo } from './slo';
import { timeouts } from './timeouts';
import { tracing } from './tracing';

export const modelFields = z.strictObject({
  extends: extendsField
    .meta({ examples: ['../../base'] })
    .describe(
      'What the file builds on: a YAML file, or the model of the same name in the folder of another environment or base; a list is merged in its order, null removes what a base says',
    ),
  name: serviceName('xgb-wine-k8s').describe('Name of the SeldonDeployment; the name of the file where absent'),
  server: nodeFields.server,
  uri: nodeFields.uri,
  protocol: oneOf(PROTOCOLS, 'v2', OTHER_PROTOCOLS).default('v2').describe('The inference protocol that callers speak'),
  predictor: predictorName.default('default').describe('Name of the only predictor; part of the Service name'),
  node: nodeName.default('classifier').describe('Name of the graph node; v2 callers use it in the URL'),
  replicas: count(0, 100, 1).optional().describe('Pods that serve the model; 1 where nothing scales it'),
  engine: z
    .boolean({ error: 'must be true or false' })
    .optional()
    .meta({ examples: [true] })
    .describe(
      "Puts Seldon's executor in front of the server: its metrics and request log, for 100m CPU and 128Mi a pod; on where a graph, a logger, a trace or an slo needs it",
    ),
  size: nodeFields.size,
  resources: section(resourcesWithFiles(SERVER_RESOURCES)).describe('CPU, memory and disk of the model server'),
  image: nodeFields.image,
  serverImage: nodeFields.serverImage,
  container: nodeFields.container,
  parameters: nodeFields.parameters,
  logger: nodeFields.logger,
  graph: graphSchema
    .optional()
    .describe('A graph in place of one node: name, type, server or image or router, children'),
  predictors,
  explainer,
  autoscaling,
  keda,
  disruptionBudget,
  placement,
  podAnnotations: workloadFields.podAnnotations,
  serviceAccount: workloadFields.serviceAccount,
  progressDeadlineSeconds: count(60, 86400, 1800)
    .optional()
    .describe('Seconds in which a rollout has to get on before it counts as failed; 600 where absent'),
  timeouts,
  istio,
  caBundle,
  egress,
  engineResources: resources({
    cpu: ['100m', '500m'],
    memory: ['128Mi', '512Mi'],
    scratch: ['32Mi', '256Mi'],
  }).describe('CPU, memory and disk of the executor'),
  initializerResources: section(resourcesWithFiles(FETCHING_RESOURCES)).describe(
    'CPU, memory and disk of what fetches the model before the server starts',
  ),
  tracing,
  slo,
  public: z
    .boolean({ error: 'must be true or false' })
    .optional()
    .meta({ examples: [true] })
    .describe('Lets everybody outside the cluster call it, without the sign-in of the environment'),
  groups: issuerGroups('fraud-team', 'to let everybody in, write "public: true"')
    .optional()
    .describe('Groups that may call it from outside the cluster, in place of those of the sign-in, or of its team'),
  detector: detectorSchema,
  batch: batchSchema,
  quality: qualitySchema,
  form: formSchema,
});

/** A model file after validation. */
export type ModelSettings = Omit<z.output<typeof modelFields>, 'extends'>;
