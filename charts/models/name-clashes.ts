import { problem } from '../../config/problems';
import type { FileOf, ModelConfig } from './join-lock';
import { operatorNames } from './naming';

/** Two models whose objects would have one name: the later apply would take the earlier model's Service. */
export function nameClashes(
  models: readonly FileOf<Pick<ModelConfig, 'name' | 'protocol' | 'predictors'>>[],
): string[] {
  const owners = new Map<string, string>();
  return models.flatMap(({ file, origin, model }) => {
    const objects = operatorNames(model, model.predictors);
    const clash = objects.find((object) => owners.has(object));
    if (clash !== undefined)
      return problem(origin, ['name'], `makes the ${clash}, which ${owners.get(clash)} makes too; rename one of them`);
    for (const object of objects) owners.set(object, file);
    return [];
  });
}
