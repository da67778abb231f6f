/** What no file alone can say: that the files of an environment go together. */

import { problem } from '../config/problems';
import { MODELS_FOLDER, PLATFORM_FILE } from '../config/read';
import type { PlatformSettings } from './config';
import { nodesOf, type Path, predictorsOf } from './models/predictors';
import { operatorNames } from './models/rules';
import { parseModelUri } from './models/uri';
import type { FileOf, ModelConfig, ModelFile } from './models/version';

/** Two models whose objects would have one name: the later apply would take the earlier model's Service. */
export function nameClashes(models: readonly ModelFile[]): string[] {
  const owners = new Map<string, string>();
  return models.flatMap(({ file, model }) => {
    const objects = operatorNames(model, predictorsOf(model));
    const clash = objects.find((object) => owners.has(object));
    if (clash !== undefined)
      return problem(file, ['name'], `makes the ${clash}, which ${owners.get(clash)} makes too; rename one of them`);
    for (const object of objects) owners.set(object, file);
    return [];
  });
}

/** Models where the models' key may not read, or where no remote leads. */
export function strayUris(models: readonly FileOf<ModelConfig>[], settings: PlatformSettings): string[] {
  const { bucket } = settings.objectStore;
  const remotes = Object.keys(settings.modelStores);
  return models.flatMap(({ file, model }) =>
    placesOf(model).flatMap(({ path, uri }) => {
      const source = parseModelUri(uri);
      const fault = (text: string) => [problem(file, path, text)];
      if (source?.kind === 'location' && !uri.startsWith(`s3://${bucket}/`))
        return fault(
          `is ${uri}, outside the bucket that models are read from, such as "s3://${bucket}/${model.name}/1"`,
        );
      if (source?.kind === 'remote' && !remotes.includes(source.remote))
        return fault(
          `is ${uri}, but ${PLATFORM_FILE} has no modelStores.${source.remote}${remotes.length > 0 ? `; it has ${remotes.join(', ')}` : ''}`,
        );
      return [];
    }),
  );
}

/** Every place that files of a model are fetched from. */
function placesOf({ predictors, detector }: ModelConfig): { readonly path: Path; readonly uri: string }[] {
  const nodes = predictors
    .flatMap(({ graph }) => nodesOf(graph))
    .map(({ path, uri }) => ({ path: [...path, 'uri'], uri }));
  const explainers = predictors.map(({ path, explainer }) => ({
    path: [...path, 'explainer', 'uri'],
    uri: explainer?.uri,
  }));
  const all = [...nodes, ...explainers, { path: ['detector', 'uri'], uri: detector?.uri }];
  return all.flatMap(({ path, uri }) => (uri === undefined ? [] : [{ path, uri }]));
}

/** Rows and answers that the key of batches does not reach. */
export function batchProblems(models: readonly FileOf<ModelConfig>[], { objectStore }: PlatformSettings): string[] {
  return models.flatMap(({ file, model: { name, batch } }) =>
    (['input', 'output'] as const)
      .filter((field) => batch && !batch[field].startsWith(`s3://${objectStore.bucket}/`))
      .map((field) => {
        const good = `s3://${objectStore.bucket}/batch/${name}/${field}`;
        return problem(file, ['batch', field], `is ${batch?.[field]}, outside the bucket, such as "${good}"`);
      }),
  );
}

/** Shares of the traffic that nothing would divide. */
export function trafficProblems(models: readonly FileOf<ModelConfig>[], settings: PlatformSettings): string[] {
  const { seldon } = settings;
  if (seldon.istio.enabled || seldon.ambassador.enabled || settings.gateway.enabled) return [];
  return models
    .filter(({ model }) => model.predictors.length > 1)
    .map(({ file }) =>
      problem(
        file,
        ['predictors'],
        `share traffic that nothing divides, since a Service leads to one predictor; set gateway.enabled, seldon.istio.enabled or seldon.ambassador.enabled in ${PLATFORM_FILE}`,
      ),
    );
}

/** Scalers that nobody would act on. */
export function kedaProblems(models: readonly FileOf<ModelConfig>[], settings: PlatformSettings): string[] {
  if (settings.seldon.keda.enabled) return [];
  return models
    .filter(({ model }) => model.keda)
    .map(({ file }) =>
      problem(file, ['keda'], `is ignored by the operator unless seldon.keda.enabled is true in ${PLATFORM_FILE}`),
    );
}

export function frontendProblems(
  file: string,
  settings: PlatformSettings,
  models: readonly FileOf<ModelConfig>[],
): string[] {
  const { enabled, model: name } = settings.frontend;
  if (!enabled) return [];
  const path = ['frontend', 'model'];
  const found = models.find(({ model }) => model.name === name)?.model;
  if (!found) {
    const names = models.map(({ model }) => model.name);
    const choice =
      names.length > 0 ? `it can be one of ${names.join(', ')}` : 'add a model file, or set frontend.enabled: false';
    return [problem(file, path, `there is no model "${name}" in ${MODELS_FOLDER}/; ${choice}`)];
  }
  if (found.protocol === 'tensorflow') {
    return [
      problem(file, path, `is "${name}", which speaks the tensorflow protocol; the front end speaks v2 and seldon`),
    ];
  }
  return found.form
    ? []
    : [problem(file, path, `is "${name}", whose columns are not known; list them in its file, under form.inputs`)];
}
