import { problem } from '../../config/problems';
import type { FileOf, ModelConfig } from './join-lock';
import { operatorNames } from './naming';

/** Two models whose objects would have one name: the later apply would take the earlier model's Service. */
export class NameClashes {
  readonly problems: string[] = [];
  private readonly owners = new Map<string, string>();

  /** Compares a model with those before. */
  note({ file, origin, model }: FileOf<Pick<ModelConfig, 'name' | 'protocol' | 'predictors'>>): void {
    const { owners } = this;
    const objects = operatorNames(model, model.predictors);
    const clash = objects.find((object) => owners.has(object));
    if (clash === undefined) {
      for (const object of objects) owners.set(object, file);
      return;
    }
    const fault = `makes the ${clash}, which ${owners.get(clash)} makes too; rename one of them`;
    this.problems.push(problem(origin, ['name'], fault));
  }
}
