/** The schema of `access` in platform.yaml: what is reached from outside the cluster, by which host, and by whom. */
import * as z from 'zod';
import { annotations, cidr, count, dnsLabel, flag, hostName, objectName, oneOf, port } from '../../config/fields';
import { resources } from '../../config/resources';
import { workloadFields } from '../../config/workload';
import { issuerGroups } from './groups';
import { signInSchema } from './sign-in';

/** What can be exposed, and the first part of its host. */
export const EXPOSED = {
  mlflow: 'mlflow',
  frontend: 'app',
  models: 'models',
  console: 'console',
  s3: 's3',
} as const;

export type Exposed = keyof typeof EXPOSED;

const exposureFields = (name: Exposed, enabled: boolean, what: string) =>
  z.strictObject({
    enabled: flag(enabled).describe(`Exposes ${what}`),
    host: hostName(`${EXPOSED[name]}.ml.example.com`)
      .optional()
      .describe(`Its host; "${EXPOSED[name]}" and the domain where absent`),
  });

/** What is behind the sign-in, which may let in others there. */
const exposure = (name: Exclude<Exposed, 's3'>, enabled: boolean, what: string) =>
  exposureFields(name, enabled, what)
    .extend({
      groups: issuerGroups('ml-admins', 'to let in all of signIn.groups, leave it out')
        .optional()
        .describe(`Groups that may reach ${what}, in place of signIn.groups`),
    })
    .prefault({})
    .describe(`How ${what} is reached`);

const tlsSchema = z
  .strictObject({
    issuer: objectName('letsencrypt')
      .optional()
      .describe(
        'Issuer of cert-manager, which makes a certificate for each host: of each Ingress, or of a Gateway that is made here',
      ),
    issuerKind: oneOf(['ClusterIssuer', 'Issuer'], 'ClusterIssuer')
      .default('ClusterIssuer')
      .describe('Its kind; an Issuer is in the namespace of what is exposed, or of the Gateway'),
    secret: objectName('wildcard-certificate')
      .optional()
      .describe(
        'Secret with a certificate for all hosts, in each namespace of what is exposed, or in that of the Gateway',
      ),
    byGateway: z
      .boolean({ error: 'must be true or false' })
      .optional()
      .meta({ examples: [true] })
      .describe('Says that a Gateway, or what stands before it, has the certificates already'),
  })
  .refine(({ issuer, secret, byGateway }) => [issuer, secret, byGateway].filter(Boolean).length === 1, {
    error: 'must have one of issuer, secret and byGateway',
  })
  .meta({ examples: [{ issuer: 'letsencrypt' }] })
  .optional()
  .describe('Where certificates come from; without it, everything is plain http');

const fields = z.strictObject({
  kind: oneOf(['none', 'gateway', 'ingress'], 'gateway', {
    istio: 'is no kind; Istio takes Gateways and HTTPRoutes: write kind: gateway, and gateway.className: istio',
  })
    .default('none')
    .describe('What leads into the cluster: nothing, the Gateway API, or an Ingress'),
  domain: hostName('ml.example.com')
    .optional()
    .describe('The domain that the hosts are in; whoever is signed in at one of them is at all'),
  port: port(8443).optional().describe('The port that browsers show, where it is not 443, or 80 without tls'),
  tls: tlsSchema,
  gateway: z
    .strictObject({
      name: dnsLabel('public').default('public').describe('The Gateway'),
      namespace: dnsLabel('gateways').default('gateways').describe('Its namespace, and that of its pods'),
      className: objectName('traefik')
        .optional()
        .describe('Makes the Gateway, of this GatewayClass; where absent, it is there already'),
      section: dnsLabel('https')
        .optional()
        .describe('The listener of a Gateway that is there already; all where absent'),
    })
    .prefault({})
    .describe("The Gateway, for kind 'gateway'"),
  ingress: z
    .strictObject({
      className: objectName('traefik').optional().describe("The IngressClass; the cluster's default where absent"),
      namespace: dnsLabel('traefik').default('traefik').describe('Namespace of the pods of the controller'),
      annotations: annotations('traefik.ingress.kubernetes.io/router.entrypoints', 'websecure')
        .default({})
        .describe('Annotations of each Ingress, such as for large uploads or for the way from http to https'),
    })
    .prefault({})
    .describe("The Ingress, for kind 'ingress'"),
  from: z
    .array(cidr('10.0.0.0/16'))
    .default([])
    .meta({ examples: [['10.0.0.0/16']] })
    .describe(
      'Addresses that calls come from where no pod is in between: load balancers, controllers on the host network',
    ),
  mlflow: exposure('mlflow', true, 'MLflow'),
  frontend: exposure('frontend', true, 'the front end, where the environment has one'),
  models: exposure('models', true, 'the models'),
  console: exposure('console', false, "the object store's console"),
  s3: exposureFields('s3', false, "the object store's S3 API, which knows its own keys and no sign-in")
    .prefault({})
    .describe("How the object store's S3 API is reached"),
  signIn: signInSchema.optional(),
  proxy: z
    .strictObject({
      replicas: count(1, 10, 2).default(2).describe('Pods in front of each'),
      resources: resources({ cpu: ['20m', '500m'], memory: ['32Mi', '128Mi'], scratch: ['16Mi', '64Mi'] }),
      ...workloadFields,
    })
    .prefault({})
    .describe('oauth2-proxy, with signIn'),
});

export const accessSchema = fields
  .superRefine(({ kind, domain, tls, signIn, models, ...hosts }, context) => {
    const fault = (path: string[], message: string) => {
      context.addIssue({ code: 'custom', path, message, params: { complete: true } });
    };
    if (kind === 'none') return;
    if (domain === undefined) fault(['domain'], 'is required where something is exposed, such as "ml.example.com"');
    if (kind === 'ingress' && tls?.byGateway)
      fault(
        ['tls', 'byGateway'],
        'is for kind: gateway; an Ingress names an issuer or a Secret, such as {issuer: letsencrypt}',
      );
    for (const field of ['issuer', 'secret'] as const) {
      if (kind === 'gateway' && tls?.[field] !== undefined && hosts.gateway.className === undefined)
        fault(
          ['tls', field],
          'is for a Gateway that is made here, since a route gives no certificate to one that is there; write tls: {byGateway: true} and give it the certificates yourself, or have it made by gateway.className, such as "traefik"',
        );
    }
    if (kind === 'ingress' && models.enabled && !signIn)
      fault(
        ['models', 'enabled'],
        'is true, but a path is taken off by a Gateway or by the proxy of signIn, and an Ingress does neither; write kind: gateway, add signIn, or models: {enabled: false}',
      );
    const asked = { mlflow: hosts.mlflow, frontend: hosts.frontend, models, console: hosts.console };
    for (const [name, { groups }] of Object.entries(asked)) {
      if (groups && !signIn)
        fault([name, 'groups'], 'means nothing where nobody asks who comes; add access.signIn, or remove it');
    }
    const taken = new Map<string, string>();
    for (const [name, { enabled, host }] of Object.entries({ ...pick(hosts), models }).sort()) {
      const full = host ?? `${EXPOSED[name as Exposed]}.${domain}`;
      const other = taken.get(full);
      if (enabled && other !== undefined)
        fault(
          [name, 'host'],
          `is ${full}, the host of ${other} too; each has its own, such as "${EXPOSED[name as Exposed]}.${domain}"`,
        );
      if (enabled) taken.set(full, name);
      if (enabled && signIn && host !== undefined && domain !== undefined && !host.endsWith(`.${domain}`))
        fault(
          [name, 'host'],
          `is ${host}, not below the domain ${domain}, whose hosts share a session; write such as "${EXPOSED[name as Exposed]}.${domain}"`,
        );
    }
  })
  .prefault({})
  .describe('What is reached from outside the cluster');

const pick = <T extends Pick<z.output<typeof fields>, 'mlflow' | 'frontend' | 'console' | 's3'>>({
  mlflow,
  frontend,
  console,
  s3,
}: T) => ({ mlflow, frontend, console, s3 });

export type AccessConfig = z.output<typeof accessSchema>;

/** The host of something, as its own field or the domain says. */
export const exposedHost = (access: AccessConfig, name: Exposed): string =>
  access[name].host ?? `${EXPOSED[name]}.${access.domain}`;

/** What a host has to do with the models of a team. */
export const ofTeam = (team: string) => `${EXPOSED.models}-${team}`;

/**
 * The host of models: those of each team have one of their own, so that browsers let no page of one see what a person gets
 * from another.
 * @param team nothing for the platform's own
 */
export const modelsHost = (access: AccessConfig, team: string | undefined): string =>
  team === undefined ? exposedHost(access, 'models') : `${ofTeam(team)}.${access.domain}`;

/** The address that a browser shows, such as "https://mlflow.ml.example.com:8443". */
export const originAt = ({ tls, port }: AccessConfig, host: string): string =>
  `${tls ? 'https' : 'http'}://${host}${port === undefined ? '' : `:${port}`}`;
