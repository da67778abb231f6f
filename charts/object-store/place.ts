/** A place after validation. */
export interface PlaceSettings {
  readonly endpoint: string;
  readonly provider: 'AWS' | 'GCS' | 'Other';
  readonly region: string;
  readonly pathStyle: boolean;
  readonly authority?: { readonly configMap?: string; readonly secret?: string; readonly key: string };
  readonly cidrs: readonly string[];
  readonly credentials: 'keys' | 'identity';
  readonly identityEgress: readonly { readonly cidr: string; readonly port: number }[];
}
