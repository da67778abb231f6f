/**
 * What oauth2-proxy is told: who says who somebody is, who may come in, and what lies behind it.
 *
 * It reads this from a file, since only there an upstream may take a prefix off the path. oauth2-proxy calls the format
 * "alpha", and changes it between versions: the catalogue names the version that this is written for.
 * Source: pkg/apis/options of oauth2-proxy 7.15.6.
 */
import { type Endpoint, originOf } from '../lib/endpoint';
import { toYaml } from '../lib/yaml';
import type { SignIn } from './sign-in-props';

/** Something behind the proxy. */
export interface Upstream {
  readonly id: string;
  readonly endpoint: Endpoint;
  /** What its paths start with, such as "/seldon/ml-models/wine/"; taken off before it is called. @default - every path is its own */
  readonly prefix?: string;
}

export interface ProxyConfigProps extends SignIn {
  readonly upstreams: readonly Upstream[];
  /** Headers of the caller that are not passed on. */
  readonly withheld: readonly string[];
  readonly port: number;
  readonly metricsPort: number;
  /** The file with the client's secret. */
  readonly clientSecretFile: string;
  /** The file with who has signed the issuer's certificate. @default - a public authority */
  readonly authorityFile?: string;
}

/** A prediction or an upload may take its time; what is too long is the component's to say. */
const UPSTREAM_TIMEOUT = '3600s';

/** What tells the component who asks, in the headers that many programs read. A client cannot set them itself. */
const CLAIMS = {
  'X-Forwarded-User': 'user',
  'X-Forwarded-Email': 'email',
  'X-Forwarded-Groups': 'groups',
  'X-Forwarded-Preferred-Username': 'preferred_username',
};

export function proxyConfig(props: ProxyConfigProps): string {
  return toYaml([
    {
      server: { bindAddress: `:${props.port}` },
      metricsServer: { bindAddress: `:${props.metricsPort}` },
      providers: [
        {
          id: 'oidc',
          provider: 'oidc',
          clientID: props.clientId,
          clientSecretFile: props.clientSecretFile,
          scope: props.scope,
          code_challenge_method: 'S256',
          // Beside the public authorities: an issuer may change from one to the other.
          ...(props.authorityFile !== undefined && { caFiles: [props.authorityFile], useSystemTrustStore: true }),
          ...(props.groups.length > 0 && { allowedGroups: props.groups }),
          oidcConfig: {
            issuerURL: props.issuer,
            // The default leaves out the check that ties an answer of the issuer to the question.
            insecureSkipNonce: false,
            // With userIDClaim, which is deprecated, the address would be read from that claim. A user is "sub" anyway.
            emailClaim: 'email',
            groupsClaim: props.groupsClaim,
            audienceClaims: ['aud'],
            ...(props.audiences.length > 0 && { extraAudiences: props.audiences }),
          },
        },
      ],
      upstreamConfig: { upstreams: props.upstreams.map(upstreamOf) },
      injectRequestHeaders: [
        ...Object.entries(CLAIMS).map(([name, claim]) => ({
          name,
          preserveRequestValue: false,
          values: [{ claimSource: { claim } }],
        })),
        ...props.withheld.map((name) => ({ name, preserveRequestValue: false, values: [] })),
      ],
    },
  ]);
}

function upstreamOf({ id, endpoint, prefix }: Upstream) {
  return {
    id,
    // With a target to rewrite to, the path is a regular expression.
    ...(prefix === undefined ? { path: '/' } : { path: `^${prefix}(.*)`, rewriteTarget: '/$1' }),
    uri: originOf(endpoint),
    timeout: UPSTREAM_TIMEOUT,
  };
}
