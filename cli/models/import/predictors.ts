/** From the predictors of a SeldonDeployment to the fields of a model file. */
import { isDeepStrictEqual } from 'node:util';
import type { ImportedNode } from './graph';
import { DEFAULT_PREDICTOR, type Predictor } from './predictor';
import type { Fields, Note } from './reader';

/** The name of the node of a model file that says none. */
const DEFAULT_NODE = 'classifier';

/** The predictors as a file says them: one of them in the fields of the file, several in a list. */
export function fieldsOf(predictors: readonly Predictor[]): Fields {
  const [first, ...others] = predictors;
  if (!first) return {};
  const shared = sharedOf(predictors);
  if (others.length === 0) {
    const { traffic: _, labels, shadow: __, ...own } = first.own;
    if (labels)
      return {
        predictors: [{ name: first.name, labels, ...own, ...asNode(first.root, false) }],
        ...nodeName(first),
        ...shared,
      };
    const predictor = first.name === DEFAULT_PREDICTOR ? {} : { predictor: first.name };
    const { gpus, ...fields } = asNode(first.root, false);
    const placement = { ...(shared.placement as Fields | undefined), ...(gpus !== undefined && { gpus }) };
    return {
      ...fields,
      ...nodeName(first),
      ...predictor,
      ...own,
      ...shared,
      ...(Object.keys(placement).length > 0 && { placement }),
    };
  }
  const alike = predictors.every(({ root }) => root.name === first.root.name && !root.isGraph);
  const traffic = sharesOf(predictors);
  return {
    ...(alike ? nodeName(first) : {}),
    predictors: predictors.map(({ name, own, root }) => ({
      name,
      ...(traffic.has(name) && { traffic: traffic.get(name) }),
      ...own,
      ...asNode(root, !alike),
    })),
    ...shared,
  };
}

/** What several predictors say: the first that says it. */
const sharedOf = (predictors: readonly Predictor[]): Fields =>
  Object.assign({}, ...[...predictors].reverse().map(({ shared }) => shared));

/** What a predictor is given that it did not say, since a file says it once for all of them. */
export function differencesOf(predictors: readonly Predictor[]): Note[] {
  return Object.entries(sharedOf(predictors)).flatMap(([field, value]) => {
    const giver = predictors.find(({ shared }) => field in shared);
    return predictors.flatMap(({ name, shared }, index) =>
      isDeepStrictEqual(shared[field], value)
        ? []
        : {
            path: `what spec.predictors[${index}] has of its own`,
            why: `a model file says ${field} once, for all predictors, so that ${name} gets that of ${giver?.name}`,
          },
    );
  });
}

/**
 * The shares of predictors that say none, where several answer. Where no predictor says one, each has as much as it has of
 * the pods: Seldon shared so before it knew traffic.
 */
function sharesOf(predictors: readonly Predictor[]): ReadonlyMap<string, number> {
  const live = predictors.filter(({ own }) => own.shadow !== true);
  if (live.length < 2) return new Map();
  if (live.some(({ own }) => own.traffic !== undefined))
    return new Map(live.flatMap(({ name, own }) => (own.traffic === undefined ? [[name, 0]] : [])));
  const pods = live.map((one) => one.pods);
  const all = pods.reduce((sum, count) => sum + count, 0);
  const shares = pods.map((count) => Math.floor((100 * count) / Math.max(1, all)));
  const rest = 100 - shares.reduce((sum, share) => sum + share, 0);
  return new Map(live.map(({ name }, index) => [name, (shares[index] ?? 0) + (index === 0 ? rest : 0)]));
}

const nodeName = ({ root }: Predictor): Fields =>
  root.isGraph || root.name === DEFAULT_NODE ? {} : { node: root.name };

/** A root alone is fields of the file or of its predictor; with others, or under a name of its own, it is a graph. */
const asNode = (root: ImportedNode, named: boolean): Fields =>
  root.isGraph || named ? { graph: { name: root.name, ...root.fields } } : root.fields;
