/**
 * The names of what the operator makes of a model, and the rules that keep them short and apart.
 *
 * Source: GetDeploymentName, GetPredictorKey and GetContainerServiceName in
 * operator/apis/machinelearning.seldon.io/v1/seldondeployment_types.go, Seldon Core.
 */
import type { Fault } from '../../config/problems';
import { EXECUTOR_CONTAINER, hasProxy, TENSORFLOW_SERVING } from '../seldon/contract';
import type { Node, Predictor } from './config/complete';
import { type NodeProps, nodesOf, nodesWithContainer } from './node';
import type { PredictorProps } from './props';
import type { Protocol } from './protocol';

/** Names of containers that the operator adds to pods. */
const RESERVED = [EXECUTOR_CONTAINER, TENSORFLOW_SERVING];
/** A pod with several containers is named after its graph, since their names together would be too long. */
const GRAPH = 'graph';
/** The most characters of a name. The operator replaces a longer one by "seldon-<md5>", which no caller would find. */
const MAX_NAME = 63;
/** The most characters of a node's name: the operator names a volume after the node, with 19 more. */
export const MAX_NODE_NAME = 44;

/** The name of the container that reads a node's files. */
export const loaderOf = ({ name, server }: NodeProps, protocol: Protocol) =>
  hasProxy(server, protocol) ? TENSORFLOW_SERVING : name;

/** What stands for the pod of a graph in the name of its Deployment. */
export function componentName(graph: NodeProps, protocol: Protocol): string {
  const [first, ...others] = nodesWithContainer(graph);
  return first && others.length === 0 && !hasProxy(first.server, protocol) ? first.name : GRAPH;
}

interface Named {
  readonly name: string;
  readonly protocol: Protocol;
  readonly detector?: object;
}

/** What is made of a model, by the operator or here, as far as its names can clash with those of another model. */
export function namesOf(model: Named, predictors: readonly PredictorProps[]): string[] {
  return [
    `SeldonDeployment "${model.name}"`,
    fileOf(model.name),
    ...(model.detector ? [detectorService(model), fileOf(detectorName(model.name))] : []),
    ...predictors.flatMap((predictor) => composedNames(model, predictor).map(shown)),
  ];
}

/** The detector of a model: its objects, and the file that they are rendered to. */
export const detectorName = (model: string) => `${model}-detector`;

const fileOf = (name: string) => `file "50-models/${name}.yaml"`;

const shown = ([kind, name]: readonly [kind: string, name: string]) => `${kind} "${name}"`;

const detectorService = ({ name }: Named) => shown(['Service', detectorName(name)]);

function composedNames(
  { name: model, protocol }: Named,
  { name, graph, explainer }: PredictorProps,
): (readonly [kind: string, name: string])[] {
  return [
    ['Service', `${model}-${name}`],
    ...nodesWithContainer(graph).map((node) => ['Service', `${model}-${name}-${node.name}`] as const),
    ['Deployment', `${model}-${name}-0-${componentName(graph, protocol)}`],
    ...(explainer ? [['Service', `${model}-${name}-explainer`] as const] : []),
  ];
}

/** What the nodes of a predictor may not be called. */
export function nameFaults(model: Named, predictor: Predictor): Fault[] {
  const nodes = nodesOf(predictor.graph);
  return [...nodes.flatMap(reservedFaults), ...sameNameFaults(nodes), ...longNameFaults(model, predictor, nodes)];
}

/** Objects of one model that would have one name: its detector's, and those that the operator makes of its predictors. */
export function sameObjectFaults(model: Named, predictors: readonly Predictor[]): Fault[] {
  const owners = new Map(model.detector ? [[detectorService(model), 'the detector']] : []);
  return predictors.filter(isApart).flatMap((predictor) => {
    const { name, path } = predictor;
    return composedNames(model, predictor).flatMap((composed) => {
      const object = shown(composed);
      const owner = owners.get(object);
      owners.set(object, `predictor "${name}"`);
      if (owner === undefined) return [];
      const message = `makes the ${object}, which ${owner} makes too; rename the predictor or its node`;
      return [{ path: path.length === 0 ? ['predictor'] : [...path, 'name'], message }];
    });
  });
}

/** Where predictors or nodes are called alike, all that is made of them is, and it is said of them alone. */
function isApart({ name, graph }: Predictor, index: number, predictors: readonly Predictor[]): boolean {
  const nodes = nodesOf(graph).map((node) => node.name);
  return predictors.findIndex((other) => other.name === name) === index && new Set(nodes).size === nodes.length;
}

function reservedFaults({ name, path }: Node): Fault[] {
  if (!RESERVED.includes(name)) return [];
  return [
    {
      path: path.length === 0 ? ['node'] : [...path, 'name'],
      message: `is ${name}, the name of a container that the operator adds to the pod; choose another, such as "classifier"`,
    },
  ];
}

function sameNameFaults(nodes: readonly Node[]): Fault[] {
  const names = nodes.map(({ name }) => name);
  return nodes
    .filter(({ name }, index) => names.indexOf(name) < index)
    .map(({ name, path }) => ({
      path: [...path, 'name'],
      message: `is "${name}", the name of another node; rename one of them`,
    }));
}

function longNameFaults(model: Named, predictor: Predictor, nodes: readonly Node[]): Fault[] {
  const { name, path } = predictor;
  // A part that is too long by itself has been refused already.
  if (nodes.some((node) => node.name.length > MAX_NODE_NAME) || [model.name, name].some(isTooLong)) return [];
  return composedNames(model, predictor)
    .filter(([, text]) => isTooLong(text))
    .map(([kind, text]) => ({
      path: path.length === 0 ? ['name'] : [...path, 'name'],
      message: `makes the ${kind} name "${text}" of ${text.length} characters, and the operator hashes names over ${MAX_NAME}; shorten name, predictor or node by ${text.length - MAX_NAME}`,
    }));
}

const isTooLong = (name: string) => name.length > MAX_NAME;
