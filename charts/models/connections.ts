/** Who a model's own parts call: the explainer its model, the executor what it logs to, and both it and MLServer what they trace to. */
import type { Collector } from '../lib/collector';
import { type Edge, type Endpoint, edgesTo, type Peer, peerOf } from '../lib/endpoint';
import { type BucketAccess, identityEdges } from '../object-store/bucket';
import { EXPLAINER_PORT } from '../seldon/contract';
import { egressEdges } from './egress';
import { explainerPods, podsOf, servicePort } from './endpoint';
import { logsToPlatform } from './logging';
import { nodesOf } from './node';
import type { ModelProps, PredictorProps } from './props';
import { type ModelStores, storeOf } from './stores';
import { tracedTo } from './tracing';

export interface ConnectionProps {
  readonly namespace: string;
  readonly store: BucketAccess;
  readonly stores: ModelStores;
  readonly clients: readonly Peer[];
  /** Where spans of models that are traced go. @default - nowhere */
  readonly collector?: Collector;
  /** Where models log whose logger has no address. @default - nowhere that is known here */
  readonly requestLog?: Endpoint;
}

/** The connections of one model beyond those of all models. */
export function modelEdges(model: ModelProps, props: ConnectionProps): Edge[] {
  return [
    ...model.predictors.flatMap((predictor) => explainerEdges(model, predictor, props)),
    ...executorEdges(model, props),
    ...(props.requestLog && logsToPlatform(model) ? edgesTo(podsOf(model, props.namespace), props.requestLog) : []),
    ...egressEdges(podsOf(model, props.namespace), model.egress),
  ];
}

function explainerEdges(model: ModelProps, predictor: PredictorProps, props: ConnectionProps): Edge[] {
  const { name, engine, graph, explainer } = predictor;
  if (!explainer) return [];
  const pods = explainerPods(model, name, props.namespace);
  return [
    { from: pods, to: podsOf(model, props.namespace), ports: [servicePort(engine, graph)] },
    ...(explainer.uri === undefined ? [] : storeEdges(pods, explainer.uri, props)),
    ...egressEdges(pods, explainer.egress),
    ...props.clients.map((client): Edge => ({ from: client, to: pods, ports: [EXPLAINER_PORT] })),
  ];
}

function storeEdges(from: Peer, uri: string, { store, stores }: ConnectionProps): Edge[] {
  const other = storeOf(stores, uri);
  if (other) return [{ from, to: { kind: 'anywhere' }, ports: [other.port] }];
  return [...edgesTo(from, store.endpoint), ...identityEdges(from, store)];
}

function executorEdges(model: ModelProps, { namespace, collector }: ConnectionProps): Edge[] {
  const logs = model.predictors.flatMap(({ graph }) => nodesOf(graph).flatMap(({ logger }) => logger?.url ?? []));
  return [...new Set([...logs, ...tracedTo(model, collector)])].map((url) => {
    const { peer, port } = peerOf(url, namespace);
    return { from: podsOf(model, namespace), to: peer, ports: [port] };
  });
}

/** The ports by which models leave the cluster: those of the stores that one of them is fetched from. */
export function storePorts(props: { readonly models: readonly ModelProps[]; readonly stores: ModelStores }): number[] {
  if (Object.keys(props.stores).length === 0) return [];
  const used = props.models
    .flatMap(({ predictors }) => predictors)
    .flatMap(({ graph }) => nodesOf(graph))
    .flatMap(({ uri = '' }) => storeOf(props.stores, uri)?.port ?? []);
  return [...new Set(used)];
}
