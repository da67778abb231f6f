/** The Services that the operator makes: of a predictor, of each node of its graph, and of its explainer. */
import { SERVERS } from '../../models/image';
import { EXPLAINER_PORT, GRPC_PORT, HTTP_PORT } from '../contract';
import { type ExpandedPredictor, type Labels, MANAGED } from './predictor';
import type { MadeObject, UnitJson } from './seldon-json';

/** In front of the executor, or of the server in its place. */
export function predictorService(predictor: ExpandedPredictor, units: readonly UnitJson[]): MadeObject {
  const { service, engine, shadow } = predictor;
  const [unit] = units;
  const { http, grpc } = !engine && unit ? predictor.portsOf(unit.name) : { http: HTTP_PORT, grpc: GRPC_PORT };
  const selector = { 'seldon-app': service };
  const labels = engine ? {} : { ...typesOf(units), ...shadow };
  return serviceOf(predictor, service, { ...selector, ...labels }, { http, grpc }, selector);
}

export function nodeService(predictor: ExpandedPredictor, unit: UnitJson): MadeObject {
  const { service, shadow } = predictor;
  const { http, grpc } = predictor.portsOf(unit.name);
  const selector = predictor.nodeLabel(unit);
  const labels = { ...selector, 'seldon-app': service, ...typesOf([unit]), ...shadow };
  return serviceOf(predictor, `${service}-${unit.name}`, labels, { http, grpc }, selector);
}

export function explainerService(predictor: ExpandedPredictor, name: string, labels: Labels): MadeObject {
  const { service, shadow } = predictor;
  const selector = { 'seldon-app': name };
  return serviceOf(
    predictor,
    name,
    { 'seldon-app': service, ...labels, ...shadow },
    { http: EXPLAINER_PORT },
    selector,
  );
}

function serviceOf(
  predictor: ExpandedPredictor,
  name: string,
  labels: Labels,
  ports: Readonly<Record<string, number>>,
  selector: Labels,
): MadeObject {
  const all = { ...predictor.id, ...labels, ...MANAGED };
  return predictor.made('v1', 'Service', name, all, {
    type: 'ClusterIP',
    selector,
    ports: Object.entries(ports).map(([port, number]) => ({ name: port, port: number, targetPort: number })),
  });
}

/** A label for what each node does; a prepackaged server and an image without a type are models. */
export function typesOf(units: readonly UnitJson[]): Labels {
  const types = units.flatMap(({ type, implementation }) =>
    implementation !== undefined && implementation in SERVERS ? 'MODEL' : (type ?? (implementation ? [] : 'MODEL')),
  );
  return Object.fromEntries(types.map((type) => [`seldon.io/${type.toLowerCase().replace('_', '-')}`, 'true']));
}
