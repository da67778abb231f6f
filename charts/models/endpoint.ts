/** How callers reach a model, and which pods answer. */
import type { Endpoint, Pods } from '../lib/endpoint';
import { GRPC_PORT, HTTP_PORT } from '../seldon/contract';
import { FIRST_PORTS } from '../seldon/expansion/ports';
import { type NodeProps, nodesWithContainer } from './node';
import type { ModelProps, PredictorProps } from './props';
import type { Protocol } from './protocol';

/** What a caller must know of a model. */
export interface ModelEndpoint {
  readonly endpoint: Endpoint;
  readonly protocol: Protocol;
  /** The path of a prediction, such as "/v2/models/classifier/infer". */
  readonly path: string;
}

/** The endpoint of a model's first predictor. */
export function endpointOf(model: ModelProps, namespace: string): ModelEndpoint {
  const [main] = model.predictors;
  if (!main) throw new Error(`the model ${model.name} has no predictor`);
  return {
    endpoint: predictorEndpoint(model, main, namespace),
    protocol: model.protocol,
    path: predictionPath(model, main),
  };
}

/** The Service that the operator makes for one predictor. */
export function predictorEndpoint(
  model: ModelProps,
  { name, engine, graph }: PredictorProps,
  namespace: string,
): Endpoint {
  const port = servicePort(engine, graph);
  return { service: `${model.name}-${name}`, namespace, port, targetPort: port, pods: podsOf(model, namespace) };
}

/**
 * The path of a prediction.
 *
 * The executor asks every node of a graph by the name that is in the URL, and only without one each by its own
 * (getModelName in executor/predictor/predictor_process.go, Seldon Core 1.17.1). So nobody names a node where the graph of
 * a predictor has several. TensorFlow Serving's own path differs from the executor's by a slash.
 */
function predictionPath({ protocol, predictors }: ModelProps, { engine, graph }: PredictorProps): string {
  const node = predictors.some(({ graph }) => graph.children.length > 0) ? '' : `/${graph.name}`;
  return {
    v2: `/v2/models${node}/infer`,
    seldon: '/api/v1.0/predictions',
    tensorflow: `/v1/models${node}${engine ? '/' : ''}:predict`,
  }[protocol];
}

/** The port that the Service of a predictor leads to. */
export function servicePort(engine: boolean, root: NodeProps): number {
  return engine ? HTTP_PORT : (root.container.port ?? HTTP_PORT);
}

/** All ports at which models are called: Seldon's, and those of custom images that have no executor in front. */
export function callPorts(models: readonly ModelProps[]): number[] {
  const own = models
    .flatMap(({ predictors }) => predictors)
    .filter(({ engine }) => !engine)
    .flatMap(({ graph }) => graph.container.port ?? []);
  return [...new Set([HTTP_PORT, GRPC_PORT, ...own])];
}

/**
 * The ports called "metrics" in the pods of models: the executor's is the one that callers use. The operator gives each other
 * container one of its own, counted up within a SeldonDeployment, and takes it from a v2 server again (mergeMLServerContainer
 * in operator/controllers/mlserver.go, Seldon Core).
 */
export function metricsPorts(models: readonly ModelProps[]): number[] {
  const engine = models.some(({ predictors }) => predictors.some(({ engine }) => engine));
  const own = models.flatMap(({ protocol, predictors }) =>
    predictors
      .flatMap(({ graph }) => nodesWithContainer(graph))
      .flatMap(({ server }, index) => (server && protocol === 'v2' ? [] : FIRST_PORTS.metrics + index)),
  );
  return [...new Set([...(engine ? [HTTP_PORT] : []), ...own])];
}

/** The pods of one model: the operator puts this label on every pod of a SeldonDeployment. */
export function podsOf({ name }: { readonly name: string }, namespace: string): Pods {
  // The prefix keeps a model called "models" apart from the group of all models.
  return { kind: 'pods', name: `model-${name}`, namespace, labels: { 'seldon-deployment-id': name } };
}

/** The pods of an explainer, which the operator gives a label of its own and none of ours. */
export function explainerPods({ name }: ModelProps, predictor: string, namespace: string): Pods {
  const app = `${name}-${predictor}-explainer`;
  return { kind: 'pods', name: `model-${app}`, namespace, labels: { 'seldon-app': app } };
}
