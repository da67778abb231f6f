/** What leads into the cluster: routes to what an environment exposes, and the sign-in in front of each. */
import type { App } from 'cdk8s';
import { type AccessConfig, EXPOSED, type Exposed, exposedHost, modelsHost, ofTeam, originAt } from '../access/config';
import { GatewayExposure, sectionOf } from '../access/gateway-exposure';
import type { ExposedHost } from '../access/hosts';
import { IngressExposure } from '../access/ingress-exposure';
import { modelProxies, proxyName } from '../access/model-proxies';
import { PORT, proxyService, SignInProxy, type SignInProxyProps } from '../access/proxy';
import type { PlatformConfig } from '../config';
import { type GatewayProps, routePrefix } from '../gateway/http-route';
import type { Images } from '../images/resolve';
import type { Component } from '../lib/component';
import type { Endpoint, Peer } from '../lib/endpoint';
import { loggingOf } from '../logging/config';
import type { ModelProps } from '../models/props';
import { scrapingOf } from '../monitoring/config';
import { callersOf, type Team, teamNamespace } from '../teams/config';

/** What can be exposed beside the models. */
export type Exposable = Readonly<Partial<Record<Exclude<Exposed, 'models'>, Endpoint>>>;

/** Paths that programs call: they are answered 401 where a person would be sent to sign in. */
const API_PATHS: Readonly<Record<Exposed, readonly string[]>> = {
  mlflow: ['/(ajax-)?api/', '/graphql$'],
  frontend: ['^/_stcore/'],
  models: ['^/'],
  console: ['^/api/', '^/ws/'],
  s3: [],
};

/** Those outside the platform whose calls are let in. */
export function ingressPeers({ kind, gateway, ingress, from }: AccessConfig): Peer[] {
  if (kind === 'none') return [];
  return [
    { kind: 'namespace', name: kind === 'gateway' ? gateway.namespace : ingress.namespace },
    ...from.map((cidr): Peer => ({ kind: 'cidr', cidr })),
  ];
}

/** Those of them who call models themselves: where people sign in, the proxies do. */
export const modelPeers = (access: AccessConfig): Peer[] =>
  access.models.enabled && !access.signIn ? ingressPeers(access) : [];

/** By which hosts browsers reach MLflow: those that are listed, and the one that it is exposed by. */
export function mlflowHosts({ access, mlflow }: PlatformConfig): string[] {
  if (access.kind === 'none' || !access.mlflow.enabled) return [...mlflow.hosts];
  return [...new Set([...mlflow.hosts, new URL(originAt(access, exposedHost(access, 'mlflow'))).host])];
}

/**
 * What the routes of models are attached to. They are made with each model, of which there may be thousands.
 * @param team whose models they are; nothing for the platform's own
 */
export function modelsGateway({ access, namespaces }: PlatformConfig, team?: string): GatewayProps | undefined {
  if (access.kind !== 'gateway' || !access.models.enabled) return undefined;
  const { gateway, signIn, tls } = access;
  return {
    name: gateway.name,
    namespace: gateway.namespace,
    hostnames: [modelsHost(access, team)],
    section: sectionOf(listenerOf(team), { ...gateway, tls }),
    ...(signIn && {
      routes: namespaces.models,
      proxyOf: (model, place) => ({ service: proxyService(proxyName(model, place)), port: PORT.containerPort }),
    }),
  };
}

/** The name of what is there for the host of models. */
const listenerOf = (team: string | undefined) => (team === undefined ? EXPOSED.models : ofTeam(team));

/** Models that share a host: the platform's own, and those of each team. */
interface ModelsOfOne {
  readonly name: string;
  readonly host: string;
  readonly namespace: string;
  readonly models: readonly ModelProps[];
  /** Groups that may call them, where a file names none. @default - those of the sign-in */
  readonly callers?: readonly string[];
}

function modelsByHost({ access, namespaces, teams, models }: PlatformConfig): ModelsOfOne[] {
  if (!access.models.enabled) return [];
  const of = (team: Team | undefined): ModelsOfOne => ({
    name: listenerOf(team?.name),
    host: modelsHost(access, team?.name),
    namespace: teamNamespace(namespaces.models, team?.name),
    models: models.filter((model) => model.team === team?.name),
    ...(team && { callers: callersOf(team) }),
  });
  return [undefined, ...teams].map(of);
}

export interface AccessPartsProps {
  readonly images: Images;
  readonly exposable: Exposable;
}

export function accessParts(app: App, config: PlatformConfig, { images, exposable }: AccessPartsProps): Component[] {
  const { access } = config;
  if (access.kind === 'none') return [];
  const proxy = (
    shown: Exclude<Exposed, 's3'>,
    host: string,
    of: Pick<SignInProxyProps, 'name' | 'namespace' | 'upstreams' | 'publicPaths' | 'withheld'>,
  ) =>
    access.signIn
      ? [
          new SignInProxy(app, {
            ...access.proxy,
            ...access.signIn,
            groups: access[shown].groups ?? access.signIn.groups,
            ...of,
            image: images.oauth2Proxy,
            monitoring: scrapingOf(config),
            logging: loggingOf(config, 'access'),
            pullSecret: config.images.pullSecret,
            origin: originAt(access, host),
            domain: access.domain ?? '',
            apiPaths: API_PATHS[shown],
          }),
        ]
      : [];
  const exposed = (Object.entries(exposable) as [keyof Exposable, Endpoint | undefined][]).flatMap(
    ([name, endpoint]) => {
      if (!endpoint || !access[name].enabled) return [];
      const { namespace } = endpoint;
      const host = exposedHost(access, name);
      const of = { name, namespace, upstreams: [{ id: name, endpoint }], publicPaths: [], withheld: [] };
      // The S3 API has keys of its own, which its clients sign each request with.
      const proxies = name === 's3' ? [] : proxy(name, host, of);
      return [{ name, host, proxies, endpoint: proxies[0]?.endpoint ?? endpoint }];
    },
  );
  const namespace = config.namespaces.models;
  const ofModels = modelsByHost(config).map((models) => ({
    ...models,
    proxies: modelProxies(models.models, models.namespace, models.callers).flatMap((of) =>
      proxy('models', models.host, { ...of, namespace }),
    ),
  }));
  const hosts = exposed.map(
    ({ name, host, endpoint }): ExposedHost => ({ name, host, paths: [{ path: '/', endpoint }] }),
  );
  return [
    ...exposed.flatMap(({ proxies }) => proxies),
    ...ofModels.flatMap(({ proxies }) => proxies),
    exposure(app, config, hosts, ofModels),
  ];
}

function exposure(
  app: App,
  { access, namespaces }: PlatformConfig,
  hosts: readonly ExposedHost[],
  ofModels: readonly (ModelsOfOne & { readonly proxies: readonly SignInProxy[] })[],
): Component {
  const { kind, tls, port, gateway, ingress } = access;
  const shared = { tls, callers: ingressPeers(access) };
  if (kind === 'gateway') {
    return new GatewayExposure(app, {
      ...shared,
      ...gateway,
      port,
      hosts,
      // The routes are in the namespace of what they lead to.
      further: ofModels.map(({ name, host, namespace }) => ({
        name,
        host,
        namespace: access.signIn ? namespaces.models : namespace,
      })),
      admitted: ofModels.flatMap(({ proxies }) => proxies.map(({ endpoint }) => endpoint)),
    });
  }
  const led = ofModels.map(({ name, host, namespace, models, proxies }) => ({
    name,
    host,
    paths: models.flatMap((model) => {
      const found = proxies.find(({ endpoint: { service } }) => service === proxyService(proxyName(model, 0)));
      return found ? [{ path: `${routePrefix(namespace, model.name)}/`, endpoint: found.endpoint }] : [];
    }),
  }));
  return new IngressExposure(app, {
    ...shared,
    ...ingress,
    hosts: [...hosts, ...led.filter(({ paths }) => paths.length > 0)],
  });
}
