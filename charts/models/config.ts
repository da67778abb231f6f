/** The schema of a model file, environments/<env>/models/<name>.yaml: its fields, and the rules over several of them. */
import { OTHER_NAMES } from '../../config/other-names';
import type { Fault } from '../../config/problems';
import { rules } from '../../config/rules';
import { batchFaults } from '../batch/config';
import { detectorFaults } from '../detector/config';
import { isMapping } from '../lib/mapping';
import { qualityFaults } from '../quality/config';
import type { Predictor } from './config/complete';
import { engineFaults, unnamedFaults } from './config/engine';
import { explainerFaults } from './config/explainer';
import { graphFaults, nodeFaults } from './config/graph';
import { huggingfaceFaults } from './config/huggingface';
import { predictorsOf } from './config/inheritance';
import { loggerFaults } from './config/logger';
import { type ModelSettings, modelFields } from './config/model';
import { gpuFaults } from './config/placement';
import { portFaults } from './config/ports';
import { predictorsFaults } from './config/predictors';
import { budgetFaults, scalingFaults } from './config/scaling';
import { SELDON_NAMES } from './config/seldon-names';
import { nameFaults, sameObjectFaults } from './naming';
import { nodesOf } from './node';

export const modelSchema = modelFields
  // `when` has zod report these together with faults of other fields. It runs a rule over the whole file only after those.
  .refine((file) => says(file, 'server', 'image'), { ...required('server', 'MLFLOW_SERVER'), when: () => true })
  .refine((file) => says(file, 'uri', 'image') || file.server === 'HUGGINGFACE_SERVER', {
    ...required('uri', 'models:/wine-elasticnet@champion'),
    when: () => true,
  })
  .superRefine(rules(modelFaults))
  .describe('A model that Seldon Core serves')
  .register(OTHER_NAMES, SELDON_NAMES);

/** Whether a file has one of some fields, or leaves them to its nodes. A file that is no mapping is refused elsewhere. */
function says(file: unknown, ...fields: string[]): boolean {
  if (!isMapping(file)) return true;
  const { predictors } = file;
  return [...fields, 'graph'].some((field) => field in file) || (Array.isArray(predictors) && predictors.length > 0);
}

function required(field: string, example: string) {
  return { path: [field], error: `is required, such as ${JSON.stringify(example)}`, params: { complete: true } };
}

/**
 * What Seldon's webhook would refuse, and what its operator and executor would accept and then not do. Each rule stands
 * beside the schema of what it is about, and says in the words of the file what is wrong.
 *
 * Source: operator/apis/machinelearning.seldon.io/v1/seldondeployment_webhook.go, operator/controllers/ and
 * executor/predictor/ of Seldon Core 1.17.1.
 */
function modelFaults(model: ModelSettings): Fault[] {
  const predictors = predictorsOf(model);
  const faults = [
    ...twiceFaults(model),
    ...predictorsFaults(predictors),
    ...sameObjectFaults(model, predictors),
    ...unnamedFaults(model.protocol, predictors),
    ...scalingFaults(model),
    ...budgetFaults(model, predictors),
    ...batchFaults(model),
    ...detectorFaults(model),
    ...qualityFaults(model),
    ...loggerFaults(model, predictors),
    ...predictors.flatMap((predictor) => predictorFaults(model, predictor)),
  ];
  // Predictors that share a graph share its faults.
  return [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()];
}

function predictorFaults(model: ModelSettings, predictor: Predictor): Fault[] {
  const { graph } = predictor;
  return [
    ...nodesOf(graph).flatMap((node) => [
      ...nodeFaults(node, model.protocol),
      ...huggingfaceFaults(node, model.egress),
    ]),
    ...nameFaults(model, predictor),
    ...engineFaults(model, graph),
    ...explainerFaults(model, predictor),
    ...graphFaults(graph, model.protocol),
    ...gpuFaults(model, graph),
    ...portFaults(predictor, model.protocol),
  ];
}

/** There is one way to say each thing: fields of a single node do not stand beside a graph. */
function twiceFaults(model: ModelSettings): Fault[] {
  const faults: Fault[] = [];
  const { graph, server, serverImage, image, uri, parameters } = model;
  const single = { server, serverImage, image, uri, ...(Object.keys(parameters).length > 0 && { parameters }) };
  for (const [field, value] of Object.entries(single)) {
    if (graph && value !== undefined) {
      faults.push({ path: [field], message: 'stands beside graph, whose nodes say it; remove one of the two' });
    }
  }
  if (model.predictors.length > 0 && model.predictor !== 'default') {
    faults.push({ path: ['predictor'], message: 'stands beside predictors, which have names of their own; remove it' });
  }
  return faults;
}
