import { problem } from '../../config/problems';
import type { FileOf, ModelConfig } from './join-lock';
import { namesOf } from './naming';

type Named = FileOf<Pick<ModelConfig, 'name' | 'protocol' | 'predictors' | 'detector'>>;

/**
 * Models whose objects would have one name: the later apply would take the earlier model's Service.
 *
 * The names of all objects are made of few models only. With 10,000 of them they took a sixth of the peak memory.
 */
export class NameClashes {
  private readonly models: Named[] = [];

  note(model: Named): void {
    this.models.push(model);
  }

  /** A line for each model that clashes with one noted before. */
  get problems(): string[] {
    const owners = new Map<string, string>();
    return this.related().flatMap(({ file, origin, model }) => {
      const objects = namesOf(model, model.predictors);
      const clash = objects.find((object) => owners.has(object));
      if (clash !== undefined)
        return [
          problem(origin, ['name'], `makes the ${clash}, which ${owners.get(clash)} makes too; rename one of them`),
        ];
      for (const object of objects) owners.set(object, file);
      return [];
    });
  }

  /**
   * Those that can clash. The name of each object is that of the model, or begins with it and a hyphen: so the name of one
   * of two that clash is the beginning of the other's.
   */
  private related(): Named[] {
    const counts = new Map<string, number>();
    for (const { model } of this.models) counts.set(model.name, (counts.get(model.name) ?? 0) + 1);
    const names = new Set<string>();
    for (const [name, count] of counts) {
      const shorter = beginnings(name).filter((beginning) => counts.has(beginning));
      if (count > 1 || shorter.length > 0) for (const related of [name, ...shorter]) names.add(related);
    }
    return this.models.filter(({ model }) => names.has(model.name));
  }
}

/** What stands before each hyphen of a name. */
function beginnings(name: string): string[] {
  const found: string[] = [];
  for (let at = name.indexOf('-'); at !== -1; at = name.indexOf('-', at + 1)) found.push(name.slice(0, at));
  return found;
}
