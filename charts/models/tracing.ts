/**
 * Spans of models. MLServer sends its own by OTLP. The executor has a client of Jaeger, which sends them in Jaeger's format over
 * HTTP, since most agents no longer serve a UDP port. Seldon's Python servers know such agents alone, and send none.
 *
 * Source: mlserver/tracing.py of MLServer 1.7.1; executor/api/tracing/trace.go of Seldon Core 1.17.1.
 */

import type { Collector } from '../lib/collector';
import type { k8s } from '../lib/k8s';
import { isMlserver, type NodeProps, nodesWithContainer } from './node';
import type { ModelProps, PredictorProps } from './props';

/** What spans are told apart by. */
const serviceOf = ({ name }: ModelProps, predictor: PredictorProps) => `${name}-${predictor.name}`;

/** The settings of Jaeger's client in the executor. */
export function executorTracing(
  model: ModelProps,
  predictor: PredictorProps,
  collector: Collector | undefined,
): k8s.EnvVar[] {
  if (!model.tracing || !collector) return [];
  return [
    { name: 'TRACING', value: '1' },
    { name: 'JAEGER_SERVICE_NAME', value: serviceOf(model, predictor) },
    { name: 'JAEGER_ENDPOINT', value: collector.jaeger },
    { name: 'JAEGER_SAMPLER_TYPE', value: 'probabilistic' },
    { name: 'JAEGER_SAMPLER_PARAM', value: String(model.tracing.sample) },
  ];
}

/** The settings of OpenTelemetry in MLServer, whose spans are called by the name of the server. */
export function serverTracing(
  node: NodeProps,
  model: ModelProps,
  predictor: PredictorProps,
  collector: Collector | undefined,
): Readonly<Record<string, string>> {
  if (!model.tracing || !collector || !isMlserver(node, model.protocol)) return {};
  return {
    MLSERVER_TRACING_SERVER: new URL(collector.otlp).host,
    MLSERVER_SERVER_NAME: serviceOf(model, predictor),
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: String(model.tracing.sample),
  };
}

/** The addresses that the pods of a model send spans to. */
export function tracedTo({ tracing, protocol, predictors }: ModelProps, collector: Collector | undefined): string[] {
  if (!tracing || !collector) return [];
  const nodes = predictors.flatMap(({ graph }) => nodesWithContainer(graph));
  return [
    ...(predictors.some(({ engine }) => engine) ? [collector.jaeger] : []),
    ...(nodes.some((node) => isMlserver(node, protocol)) ? [collector.otlp] : []),
  ];
}
