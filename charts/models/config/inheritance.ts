/** A model file says each thing once: what a predictor or a node does not say, it takes from the model. */
import { withLogger } from '../logging';
import { nodesWithContainer } from '../node';
import type { Node, Path, Predictor } from './complete';
import { withDisk } from './disk';
import { hasEngine } from './engine';
import type { GraphSettings } from './graph';
import type { ModelSettings } from './model';
import type { PredictorSettings } from './predictors';
import { FETCHING_RESOURCES, type OpenResources, SERVER_RESOURCES } from './resources';

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
    replicas: replicasOf(model, model.replicas),
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
    replicas: replicasOf(model, predictor.replicas ?? model.replicas),
    engine: hasEngine(model, graph),
    graph,
    explainer: predictor.explainer ?? model.explainer,
  };
}

function replicasOf({ autoscaling, keda }: ModelSettings, replicas: number | undefined): number | undefined {
  return autoscaling || keda ? undefined : (replicas ?? 1);
}

/** The root of a predictor's graph: of its own graph, of the model's graph, or a single node. */
function rootOf(model: ModelSettings, own: ModelSettings | PredictorSettings, path: Path, lockKey: string): Node {
  const graph = own.graph ?? model.graph;
  if (graph) {
    const root = rootNode(graph, own.graph ? [...path, 'graph'] : ['graph'], lockKey, model);
    const logger = own.logger ?? model.logger;
    return logger ? withLogger(root, logger) : root;
  }
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
    ...sized(own.size ?? model.size, own.resources ?? model.resources, model),
    gpus: ('gpus' in own ? own.gpus : undefined) ?? model.placement.gpus,
    children: [],
  };
}

/** A node's resources, complete: the disk that a file leaves open follows from the size of the node's files. */
function sized(size: string | undefined, resources: OpenResources, { initializerResources }: ModelSettings) {
  return {
    ...(size === undefined ? {} : { size }),
    said: { resources, initializerResources },
    resources: withDisk(resources, size, SERVER_RESOURCES.scratch),
    initializerResources: withDisk(initializerResources, size, FETCHING_RESOURCES.scratch),
  };
}

function rootNode(graph: GraphSettings, path: Path, lockKey: string, model: ModelSettings): Node {
  return { ...nodeOf(graph, path, lockKey, model), lockKey };
}

/** @param rootKey the lock key of the root; names of nodes differ within a graph, so that no other prefix is needed */
function nodeOf(graph: GraphSettings, path: Path, rootKey: string, model: ModelSettings): Node {
  return {
    ...graph,
    path,
    lockKey: `${rootKey}/${graph.name}`,
    ...sized(graph.size, graph.resources ?? model.resources, model),
    // Those of placement are for the only node; where there are several, each says its own.
    gpus: graph.gpus ?? (path.at(-1) === 'graph' && nodesWithContainer(graph).length === 1 ? model.placement.gpus : 0),
    children: graph.children.map((child, index) => nodeOf(child, [...path, 'children', index], rootKey, model)),
  };
}
