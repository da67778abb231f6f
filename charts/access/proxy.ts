import type { Construct } from 'constructs';
import { AUTHORITY_FILE, authorityVolume, givenAuthority } from '../certificates/authority';
import { checksum } from '../lib/checksum';
import type { Resources } from '../lib/container';
import { type Endpoint, type Pods, peerOf } from '../lib/endpoint';
import type { Image } from '../lib/image';
import { k8s } from '../lib/k8s';
import type { Logging } from '../lib/logging';
import { podSpec, serviceAccount } from '../lib/pod';
import { httpCheck, probes } from '../lib/probes';
import { Credential, RequiredSecret, secretText } from '../lib/secret';
import { endpointOf, type NamedPort, service, servicePort } from '../lib/service';
import { configMapVolume, secretVolume, tmp } from '../lib/volumes';
import { deployment } from '../lib/workload';
import type { WorkloadSettings } from '../lib/workload-settings';
import { MonitoredComponent, type Scraping } from '../monitoring/monitored';
import { loggingOptions } from './logging';
import { proxyConfig, type Upstream } from './proxy-config';
import type { SignIn } from './sign-in-props';

export interface SignInProxyProps extends WorkloadSettings, SignIn {
  /** Of what it stands in front of, such as "mlflow". */
  readonly name: string;
  /** The namespace of what it stands in front of. */
  readonly namespace: string;
  readonly image: Image;
  /** @default - images are pulled without a login */
  readonly pullSecret?: string;
  /** What it lets those through to whom it knows. */
  readonly upstreams: readonly Upstream[];
  /** The address that browsers show, such as "https://mlflow.example.com". */
  readonly origin: string;
  /** Whose subdomains share a session, such as "ml.example.com". */
  readonly domain: string;
  /** Paths whose callers are programs: they are answered 401, and not sent to a page. Regular expressions. */
  readonly apiPaths: readonly string[];
  /** Paths that anybody may call. Regular expressions. */
  readonly publicPaths: readonly string[];
  /** Headers of the caller that are not passed on, when it has been looked at. */
  readonly withheld: readonly string[];
  readonly replicas: number;
  readonly resources: Resources;
  /** @default - it logs as it does by itself */
  readonly logging?: Logging;
  /** @default - nothing scrapes the metrics */
  readonly monitoring?: Scraping;
}

export const PORT: NamedPort = { name: 'http', containerPort: 4180 };
const METRICS: NamedPort = { name: 'http-metrics', containerPort: 44180 };
/** The user of the image, "nonroot" of distroless. */
const UID = 65532;
const CONFIG_PATH = '/etc/oauth2-proxy';
const CONFIG_FILE = 'config.yaml';
const SECRETS_PATH = '/run/secrets/sign-in';
const AUTHORITY_PATH = '/run/issuer-authority';
const CLIENT_KEY = 'client-secret';
const COOKIE_KEY = 'cookie-secret';
const CLIENT_SECRET = new Credential(
  'OIDC_CLIENT_SECRET',
  'the secret of the client at the OpenID Connect issuer',
  'given',
);
const COOKIE_SECRET = new Credential('SIGN_IN_COOKIE_SECRET', 'sessions of people who are signed in');

/** The Service of the proxy in front of something. */
export const proxyService = (name: string) => `${name}-sign-in`;

/**
 * oauth2-proxy in front of one component: it lets through who is signed in, and programs with a bearer token of the issuer.
 *
 * It is a proxy in the way of each request, and not a question that an ingress asks beside it: so it works behind every
 * ingress and Gateway, and the component itself is closed to them by its NetworkPolicy. The session is a cookie that the
 * proxies encrypt: each of them can read it, nobody has to keep it, and no store can be down. It believes no X-Forwarded
 * header, since its own address is in its arguments.
 *
 * Source of the options: pkg/apis/options of oauth2-proxy 7.15.
 */
export class SignInProxy extends MonitoredComponent {
  /** What an ingress leads to. */
  readonly endpoint: Endpoint;

  constructor(scope: Construct, props: SignInProxyProps) {
    const name = proxyService(props.name);
    super(scope, {
      name,
      stage: '60-apps',
      namespace: props.namespace,
      version: props.image.label,
      plural: 'sign-ins',
    });
    const pods = this.pods(props.namespace, 'proxy');
    for (const { endpoint } of props.upstreams) this.connect(pods, endpoint);
    this.reach(pods, props.issuer);
    const secret = this.requireSecret(
      new RequiredSecret({
        namespace: props.namespace,
        name,
        purpose: `What oauth2-proxy in front of ${props.name} shows the issuer, and encrypts sessions with`,
        data: { [CLIENT_KEY]: secretText`${CLIENT_SECRET}`, [COOKIE_KEY]: secretText`${COOKIE_SECRET}` },
      }),
    );
    const authority = authorityVolume(this, name, givenAuthority(props.authority));
    const config = proxyConfig({
      ...props,
      port: PORT.containerPort,
      metricsPort: METRICS.containerPort,
      clientSecretFile: `${SECRETS_PATH}/${CLIENT_KEY}`,
      ...(authority && { authorityFile: `${AUTHORITY_PATH}/${AUTHORITY_FILE}` }),
    });
    const files = new k8s.KubeConfigMap(this, 'config', { metadata: { name }, data: { [CONFIG_FILE]: config } });
    const account = serviceAccount(this, 'account', name, props);
    const inFront = service(this, 'service', { name, pods, ports: [servicePort(PORT)] });
    this.endpoint = endpointOf(inFront, pods, PORT);
    deployment(this, 'proxy', {
      name,
      replicas: props.replicas,
      pods,
      podLabels: this.podLabels(pods),
      settings: props,
      drainedByKubelet: true,
      // It reads the file when it starts.
      podAnnotations: {
        ...checksum('config', config),
        ...this.scrape(props.monitoring, { name, pods, port: METRICS, path: '/metrics', replicas: props.replicas }),
      },
      pod: podSpec({
        serviceAccountName: account.name,
        uid: UID,
        pullSecret: props.pullSecret,
        // Uploads of large artifacts go through it.
        terminationGracePeriodSeconds: 120,
        containers: [
          {
            name: 'oauth2-proxy',
            image: props.image,
            args: argumentsOf(props),
            ports: [PORT, METRICS],
            ...probes({
              startup: { periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 60 },
              ready: httpCheck(PORT, '/ready'),
              live: httpCheck(PORT, '/ping'),
            }),
            resources: props.resources,
            mounts: [
              { volume: secretVolume('sign-in', secret, CLIENT_KEY, COOKIE_KEY), path: SECRETS_PATH },
              { volume: configMapVolume('config', files), path: CONFIG_PATH },
              ...(authority ? [{ volume: authority, path: AUTHORITY_PATH }] : []),
              tmp(),
            ],
          },
        ],
      }),
    });
  }

  /** The issuer is asked for its keys, and for a token when somebody signs in. */
  private reach(pods: Pods, issuer: string): void {
    const { peer, port } = peerOf(issuer, pods.namespace);
    this.allow(pods, peer, port);
  }
}

/** What is not in the file. */
function argumentsOf(props: SignInProxyProps): string[] {
  const each = (option: string, values: readonly string[]) => values.map((value) => `--${option}=${value}`);
  const { port } = new URL(props.origin);
  return [
    `--alpha-config=${CONFIG_PATH}/${CONFIG_FILE}`,
    // It demands the option. Where groups decide, every address is as good as another.
    ...each('email-domain', props.emailDomains.length > 0 ? props.emailDomains : ['*']),
    `--redirect-url=${props.origin}/oauth2/callback`,
    // Where the link to sign out may lead: back to the platform, or to the issuer, whose own session goes on otherwise.
    ...each('whitelist-domain', [`.${props.domain}${port && `:${port}`}`, new URL(props.issuer).host]),
    '--skip-provider-button=true',
    `--cookie-secret-file=${SECRETS_PATH}/${COOKIE_KEY}`,
    `--cookie-domain=.${props.domain}`,
    `--cookie-samesite=${props.sameSite}`,
    `--cookie-secure=${props.origin.startsWith('https:')}`,
    `--cookie-expire=${props.session}`,
    // Tokens of some issuers do not fit a cookie, and nothing behind the proxy asks for them.
    '--session-cookie-minimal=true',
    '--skip-jwt-bearer-tokens=true',
    // A bad token is refused, and its program not sent to a page for people.
    '--bearer-token-login-fallback=false',
    ...each('api-route', props.apiPaths),
    ...each('skip-auth-route', props.publicPaths),
    '--silence-ping-logging=true',
    ...loggingOptions(props.logging),
  ];
}
