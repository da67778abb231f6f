/** From a model file, which says each thing once, to its predictors, each complete. */
import type { ModelSettings } from './config';
import type { GraphSettings } from './node-config';

/** Where a value stands in the file. */
export type Path = readonly (string | number)[];

/** A node of a graph, with the place it stands at and the key of its lock entry. */
export interface Node extends Omit<GraphSettings, 'children' | 'resources'> {
  readonly path: Path;
  /** Its name in models.lock.yaml. */
  readonly lockKey: string;
  readonly resources: NonNullable<GraphSettings['resources']>;
  readonly children: readonly Node[];
}

type PredictorSettings = ModelSettings['predictors'][number];

/** A predictor: Seldon makes a Deployment and a Service of each. */
export interface Predictor {
  readonly path: Path;
  readonly name: string;
  /** Percent of the requests; absent where there is nothing to share. */
  readonly traffic?: number;
  readonly shadow: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** Absent where something scales it. */
  readonly replicas?: number;
  readonly engine: boolean;
  readonly graph: Node;
  readonly explainer?: PredictorSettings['explainer'];
}

type Raw = Omit<ModelSettings, 'predictors'> & { readonly predictors: readonly PredictorSettings[] };

/** The predictors of a model, the first of which is the one that its form and its callers know. */
export function predictorsOf(model: Raw): Predictor[] {
  if (model.predictors.length === 0) {
    const graph = rootOf(model, model, [], model.name);
    return [
      {
        path: [],
        name: model.predictor,
        shadow: false,
        labels: {},
        ...replicasOf(model, model.replicas),
        engine: engineOf(model, graph),
        graph,
        explainer: model.explainer,
      },
    ];
  }
  return model.predictors.map((predictor, index): Predictor => {
    const path = ['predictors', index];
    const graph = rootOf(model, predictor, path, index === 0 ? model.name : `${model.name}/${predictor.name}`);
    const { name, traffic, shadow, labels } = predictor;
    return {
      path,
      name,
      ...(traffic === undefined ? {} : { traffic }),
      shadow,
      labels,
      ...replicasOf(model, predictor.replicas ?? model.replicas),
      engine: engineOf(model, graph),
      graph,
      explainer: predictor.explainer ?? model.explainer,
    };
  });
}

function replicasOf({ autoscaling, keda }: Raw, replicas: number | undefined): { replicas?: number } {
  if (autoscaling || keda) return {};
  return { replicas: replicas ?? 1 };
}

/** What a graph or a predictor does not say, the model says. */
function rootOf(model: Raw, own: Raw | PredictorSettings, path: Path, lockKey: string): Node {
  const graph = own.graph ?? model.graph;
  if (graph) return complete(graph, own.graph ? [...path, 'graph'] : ['graph'], lockKey, model, true);
  const replaces = own.server !== undefined || own.image !== undefined;
  const from = replaces ? own : model;
  return {
    path,
    lockKey,
    name: model.node,
    server: from.server,
    image: from.image,
    uri: own.uri ?? model.uri,
    parameters: { ...model.parameters, ...own.parameters },
    container: replaces ? own.container : model.container,
    logger: own.logger ?? model.logger,
    resources: own.resources ?? model.resources,
    children: [],
  };
}

function complete(graph: GraphSettings, path: Path, lockKey: string, model: Raw, root: boolean): Node {
  return {
    ...graph,
    path,
    lockKey: root ? lockKey : `${lockKey}/${graph.name}`,
    resources: graph.resources ?? model.resources,
    logger: graph.logger ?? (root ? model.logger : undefined),
    children: graph.children.map((child, index) =>
      complete(child, [...path, 'children', index], lockKey, model, false),
    ),
  };
}

/** The executor, where nobody has said: only what needs it has it. */
function engineOf(model: Raw, graph: Node): boolean {
  return model.engine ?? needsEngine(model, graph) !== undefined;
}

/** What only the executor does; undefined where nothing needs it. */
export function needsEngine({ tracing, detector }: Pick<Raw, 'tracing' | 'detector'>, graph: Node): string | undefined {
  if (graph.children.length > 0) return 'a graph of several nodes';
  if (graph.router !== undefined) return 'a router';
  if (graph.logger !== undefined) return 'a logger';
  if (tracing !== undefined) return 'tracing';
  if (detector !== undefined) return 'a detector';
  return undefined;
}

/** All nodes of a graph, parents first. */
export function nodesOf(node: Node): Node[] {
  return [node, ...node.children.flatMap(nodesOf)];
}
