/** A model file says each thing once: what a predictor or a node does not say, it takes from the model. */
import { nodesWithContainer } from '../node';
import type { Node, Path, Predictor } from './complete';
import { hasEngine } from './engine';
import type { GraphSettings } from './graph';
import type { ModelSettings } from './model';
import type { PredictorSettings } from './predictors';

/** The predictors of a model, of which the form and the callers of the model know the first. */
export function predictorsOf(model: ModelSettings): Predictor[] {
  return model.predictors.length === 0
    ? [onlyPredictor(model)]
    : model.predictors.map((predictor, index) => onePredictor(model, predictor, index));
}

/** The predictor of a file without `predictors`. */
function onlyPredictor(model: ModelSettings): Predictor {
  const graph = rootOf(model, model, [], model.name);
  return {
    path: [],
    name: model.predictor,
    shadow: false,
    labels: {},
    ...replicasOf(model, model.replicas),
    engine: hasEngine(model, graph),
    graph,
    explainer: model.explainer,
  };
}

function onePredictor(model: ModelSettings, predictor: PredictorSettings, index: number): Predictor {
  const { name, traffic, shadow, labels } = predictor;
  const path = ['predictors', index];
  const graph = rootOf(model, predictor, path, index === 0 ? model.name : `${model.name}/${name}`);
  return {
    path,
    name,
    ...(traffic === undefined ? {} : { traffic }),
    shadow,
    labels,
    ...replicasOf(model, predictor.replicas ?? model.replicas),
    engine: hasEngine(model, graph),
    graph,
    explainer: predictor.explainer ?? model.explainer,
  };
}

function replicasOf({ autoscaling, keda }: ModelSettings, replicas: number | undefined): { replicas?: number } {
  return autoscaling || keda ? {} : { replicas: replicas ?? 1 };
}

/** The root of a predictor's graph: of its own graph, of the model's graph, or a single node. */
function rootOf(model: ModelSettings, own: ModelSettings | PredictorSettings, path: Path, lockKey: string): Node {
  if (own.graph) return rootNode(own.graph, [...path, 'graph'], lockKey, model);
  if (model.graph) return rootNode(model.graph, ['graph'], lockKey, model);
  const replaces = own.server !== undefined || own.image !== undefined;
  const from = replaces ? own : model;
  return {
    path,
    lockKey,
    name: model.node,
    server: from.server,
    image: from.image,
    serverImage: from.serverImage,
    uri: own.uri ?? model.uri,
    parameters: { ...model.parameters, ...own.parameters },
    container: from.container,
    logger: own.logger ?? model.logger,
    resources: own.resources ?? model.resources,
    gpus: ('gpus' in own ? own.gpus : undefined) ?? model.placement.gpus,
    children: [],
  };
}

/** The model's logger logs what comes to the root, which is all that comes to the model. */
function rootNode(graph: GraphSettings, path: Path, lockKey: string, model: ModelSettings): Node {
  return { ...nodeOf(graph, path, lockKey, model), lockKey, logger: graph.logger ?? model.logger };
}

/** @param rootKey the lock key of the root; names of nodes differ within a graph, so that no other prefix is needed */
function nodeOf(graph: GraphSettings, path: Path, rootKey: string, model: ModelSettings): Node {
  return {
    ...graph,
    path,
    lockKey: `${rootKey}/${graph.name}`,
    resources: graph.resources ?? model.resources,
    // Those of placement are for the only node; where there are several, each says its own.
    gpus: graph.gpus ?? (path.at(-1) === 'graph' && nodesWithContainer(graph).length === 1 ? model.placement.gpus : 0),
    children: graph.children.map((child, index) => nodeOf(child, [...path, 'children', index], rootKey, model)),
  };
}
