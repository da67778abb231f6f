import type { GivenAuthority } from '../certificates/authority';

/** Who may come in, and who says who somebody is; the fields are described where they are read, in sign-in.ts. */
export interface SignIn {
  /** The OpenID Connect issuer, as it stands in its tokens. */
  readonly issuer: string;
  /** Who has signed its certificate, in the namespace of each proxy. @default - a public authority */
  readonly authority?: GivenAuthority;
  readonly clientId: string;
  /** Further audiences of bearer tokens, beside the client. */
  readonly audiences: readonly string[];
  readonly scope: string;
  readonly groupsClaim: string;
  /** All where empty. */
  readonly groups: readonly string[];
  /** All where empty. */
  readonly emailDomains: readonly string[];
  readonly sameSite: 'lax' | 'strict';
  /** How long somebody stays signed in, such as "12h". */
  readonly session: string;
}
