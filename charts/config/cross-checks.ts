/** What no file alone can say: that the files of an environment go together. */
import type { FileOf, ModelConfig, ModelFile } from './model-version';
import type { PlatformSettings } from './platform';
import { problem } from './problems';
import { MODELS_FOLDER } from './read';

/** Two models whose objects would have one name: the later apply would take the earlier model's Service. */
export function nameClashes(models: readonly ModelFile[]): string[] {
  const owners = new Map<string, string>();
  return models.flatMap(({ file, model: { name, predictor, node } }) => {
    const objects = [
      `SeldonDeployment "${name}"`,
      `Service "${name}-${predictor}"`,
      `Service "${name}-${predictor}-${node}"`,
      `Deployment "${name}-${predictor}-0-${node}"`,
    ];
    const clash = objects.find((object) => owners.has(object));
    if (clash !== undefined)
      return problem(file, ['name'], `makes the ${clash}, which ${owners.get(clash)} makes too; rename one of them`);
    for (const object of objects) owners.set(object, file);
    return [];
  });
}

/** Models outside the bucket that the models' key may read. */
export function strayUris(models: readonly FileOf<ModelConfig>[], bucket: string): string[] {
  return models
    .filter(({ model }) => !model.uri.startsWith(`s3://${bucket}/`))
    .map(({ file, model }) =>
      problem(
        file,
        ['uri'],
        `is ${model.uri}, outside the bucket that models are read from, such as "s3://${bucket}/${model.name}/1"`,
      ),
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
