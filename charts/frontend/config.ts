/** The schema of `frontend` in platform.yaml, and what its model must be. */
import * as z from 'zod';
import { count, flag, serviceName } from '../../config/fields';
import type { Fault } from '../../config/problems';
import { MODELS_FOLDER } from '../../config/read';
import { resources } from '../../config/resources';
import { workloadFields } from '../../config/workload';

export const frontendSchema = z
  .strictObject({
    enabled: flag(true).describe('Deploys the front end'),
    model: serviceName('mlflow-wine')
      .default('mlflow-wine')
      .describe('Name of the model it calls, one of the environment'),
    replicas: count(1, 10, 2).default(1).describe('Pods; a browser stays with the one that it first asked'),
    resources: resources({ cpu: ['50m', '500m'], memory: ['128Mi', '512Mi'], scratch: ['64Mi', '256Mi'] }),
    ...workloadFields,
  })
  .prefault({})
  .describe('The Streamlit front end');

/** What the front end must know of a model. */
interface ShownModel {
  readonly name: string;
  readonly protocol: string;
  /** Absent where its columns are not known. */
  readonly form?: object;
}

/**
 * What is wrong with the choice of the model.
 * @param areAll whether no model is missing: it may be the one
 */
export function frontendFaults(
  { enabled, model: name }: z.output<typeof frontendSchema>,
  models: readonly ShownModel[],
  areAll: boolean,
): Fault[] {
  if (!enabled) return [];
  const fault = (message: string): Fault[] => [{ path: ['frontend', 'model'], message }];
  const found = models.find((model) => model.name === name);
  if (!found && !areAll) return [];
  if (!found) {
    const names = models.map((model) => model.name);
    const choice =
      names.length > 0 ? `it can be one of ${names.join(', ')}` : 'add a model file, or set frontend.enabled: false';
    return fault(`there is no model "${name}" in ${MODELS_FOLDER}/; ${choice}`);
  }
  if (found.protocol === 'tensorflow')
    return fault(`is "${name}", which speaks the tensorflow protocol; the front end speaks v2 and seldon`);
  return found.form ? [] : fault(`is "${name}", whose columns are not known; list them in its file, under form.inputs`);
}
