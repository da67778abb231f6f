/** What a model's file promises. */
export interface SloProps {
  /** Percent of the requests that may not fail. */
  readonly availability: number;
  /** Percent of the requests that are answered within a time such as "500ms". @default - any time will do */
  readonly latency?: { readonly percent: number; readonly within: string };
}
