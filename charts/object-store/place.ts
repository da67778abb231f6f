import type { GivenAuthority } from '../certificates/authority';

/** A place after validation. */
export interface PlaceSettings {
  readonly endpoint: string;
  readonly provider: 'AWS' | 'GCS' | 'Other';
  readonly region: string;
  readonly pathStyle: boolean;
  readonly authority?: GivenAuthority;
  readonly cidrs: readonly string[];
  readonly credentials: 'keys' | 'identity';
  readonly identityEgress: readonly { readonly cidr: string; readonly port: number }[];
}
