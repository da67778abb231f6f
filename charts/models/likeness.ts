/** What a model has in common with others: fleets have thousands of models, and few kinds of them. */
import type { Likeness } from '../lib/component';
import { isPlain } from '../lib/yaml';
import { withWords } from './kinds';
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
  const common: ModelProps = {
    ...withWords(model, {
      name: blank,
      // How it is fetched follows from the scheme.
      uri: (uri) => (uri.startsWith(STORE) ? STORE + blank(uri.slice(STORE.length)) : uri),
    }),
    // Objects do not follow from it.
    ...NO_FORM,
  };
  if (model.name.length === 1 || !words.every(isPlain)) return undefined;
  return { key: JSON.stringify(common), words, objects: () => objectsOf(common) };
}
