/** What a model has in common with others: fleets have thousands of models, and few kinds of them. */
import type { Likeness } from '../lib/component';
import { isPlain } from '../lib/yaml';
import type { NodeProps } from './node';
import type { ModelProps } from './props';

const STORE = 's3://';
const NO_FORM = { form: undefined };

/**
 * A model without its name and without the places of its files, which go into its objects as they are.
 *
 * @param objectsOf makes the objects of a model
 * @returns undefined for a name that YAML would have in quotes, or that could be the start of a number: "e" in "e-5"
 */
export function likenessOf(
  model: ModelProps,
  objectsOf: (model: ModelProps) => readonly unknown[],
): Likeness | undefined {
  const words: string[] = [];
  const blank = (word: string) => `likeness-${words.push(word)}-of`;
  const name = blank(model.name);
  const blankNode = <N extends NodeProps>(node: N): N => ({
    ...node,
    // How it is fetched follows from the scheme.
    uri: node.uri?.startsWith(STORE) ? STORE + blank(node.uri.slice(STORE.length)) : node.uri,
    children: node.children.map(blankNode),
  });
  const common: ModelProps = {
    ...model,
    // Objects do not follow from it.
    ...NO_FORM,
    name,
    predictors: model.predictors.map((predictor) => ({ ...predictor, graph: blankNode(predictor.graph) })),
  };
  if (model.name.length === 1 || !words.every(isPlain)) return undefined;
  return { key: JSON.stringify(common), words, objects: () => objectsOf(common) };
}
