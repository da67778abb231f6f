/** What takes spans. */
export interface Collector {
  /** Its address for OTLP over gRPC. */
  readonly otlp: string;
  /** Its address for Jaeger's format over HTTP. */
  readonly jaeger: string;
}
