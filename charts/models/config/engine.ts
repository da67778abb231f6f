/** The rules on `engine`: whether Seldon's executor runs in front of a graph. */
import type { Fault } from '../../../config/problems';
import { isMlserver } from '../node';
import type { Protocol } from '../protocol';
import type { Node, Predictor } from './complete';

interface Asking {
  readonly engine?: boolean;
  readonly protocol: Protocol;
  readonly tracing?: object;
  readonly detector?: object;
  readonly slo?: object;
}

/** What the executor is needed for; undefined where nothing needs it. */
function needFor({ protocol, tracing, detector, slo }: Asking, graph: Node): string | undefined {
  if (graph.children.length > 0) return 'a graph of several nodes';
  if (graph.router !== undefined) return 'a router';
  if (graph.logger !== undefined) return 'a logger';
  // MLServer sends spans itself.
  if (tracing !== undefined && !isMlserver(graph, protocol)) return 'tracing';
  if (detector !== undefined) return 'a detector';
  // MLServer counts its requests itself. Seldon's wrapper, Triton and images of one's own have no such series.
  if (slo !== undefined && !isMlserver(graph, protocol)) return 'an slo of a server that counts no requests itself';
  return undefined;
}

/** Whether the executor runs: as the file says, or else where something needs it. */
export const hasEngine = (model: Asking, graph: Node): boolean => model.engine ?? needFor(model, graph) !== undefined;

export function engineFaults(model: Asking, graph: Node): Fault[] {
  const need = needFor(model, graph);
  if (model.engine !== false || need === undefined) return [];
  return [{ path: ['engine'], message: `is false, but ${need} needs the executor; remove it` }];
}

/** Where one predictor has several nodes, callers name none (charts/models/endpoint.ts); a server alone wants its name. */
export function unnamedFaults(protocol: Protocol, predictors: readonly Predictor[]): Fault[] {
  if (protocol === 'seldon' || predictors.every(({ graph }) => graph.children.length === 0)) return [];
  return predictors
    .filter(({ engine }) => !engine)
    .map(({ name }) => ({
      path: ['engine'],
      message: `is off for predictor "${name}", but callers name no node, since another predictor has several, and only the executor answers then; set engine: true`,
    }));
}
