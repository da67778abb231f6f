/** The schema of `tracing` in platform.yaml: where spans go. Which models send some, their files say. */
import * as z from 'zod';
import { address, httpUrl } from '../../config/fields';
import type { Collector } from '../lib/collector';

/** Where collectors take spans in Jaeger's format. */
const JAEGER_PORT = 14268;

export const tracingSchema = z
  .strictObject({
    endpoint: address(
      /^http:\/\/[A-Za-z0-9][A-Za-z0-9.-]*:[1-9]\d{0,4}$/,
      1024,
      'an http address with a port and without a path: spans go there by gRPC and without TLS',
      'http://otel-collector.observability.svc:4317',
    ).describe('The collector that takes spans of MLServer, by OTLP over gRPC'),
    jaeger: httpUrl(`http://otel-collector.observability.svc:${JAEGER_PORT}/api/traces`)
      .optional()
      .describe(
        `Where spans of executors go, which know Jaeger's format alone; port ${JAEGER_PORT} of the same collector where absent`,
      ),
  })
  .optional()
  .meta({ examples: [{ endpoint: 'http://otel-collector.observability.svc:4317' }] })
  .describe('Traces');

/** Where spans go; nowhere where the environment has no collector. */
export function collectorOf({ tracing }: { readonly tracing?: z.output<typeof tracingSchema> }): Collector | undefined {
  if (!tracing) return undefined;
  const { hostname } = new URL(tracing.endpoint);
  return { otlp: tracing.endpoint, jaeger: tracing.jaeger ?? `http://${hostname}:${JAEGER_PORT}/api/traces` };
}
