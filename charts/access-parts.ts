/** What leads into the cluster: routes to what an environment exposes, and the sign-in in front of each. */
import type { App } from 'cdk8s';
import { type AccessConfig, type Exposed, exposedHost, exposedOrigin } from './access/config';
import { GatewayExposure, sectionOf } from './access/gateway-exposure';
import type { ExposedHost } from './access/hosts';
import { IngressExposure } from './access/ingress-exposure';
import { modelProxies, proxyName } from './access/model-proxies';
import { PORT, proxyService, SignInProxy, type SignInProxyProps } from './access/proxy';
import type { PlatformConfig } from './config';
import { type GatewayProps, routePrefix } from './gateway/http-route';
import type { Images } from './images/resolve';
import type { Component } from './lib/component';
import type { Endpoint, Peer } from './lib/endpoint';
import { loggingOf } from './logging/config';
import { scrapingOf } from './monitoring/config';

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
  return [...new Set([...mlflow.hosts, new URL(exposedOrigin(access, 'mlflow')).host])];
}

/** What the routes of models are attached to. They are made with each model, of which there may be thousands. */
export function modelsGateway({ access }: PlatformConfig): GatewayProps | undefined {
  if (access.kind !== 'gateway' || !access.models.enabled) return undefined;
  const { gateway, signIn, tls } = access;
  return {
    name: gateway.name,
    namespace: gateway.namespace,
    hostnames: [exposedHost(access, 'models')],
    section: sectionOf('models', { ...gateway, tls }),
    ...(signIn && {
      proxyOf: (model, place) => ({ service: proxyService(proxyName(model, place)), port: PORT.containerPort }),
    }),
  };
}

/** Models of teams are not reached from outside. */
const ownModels = ({ models }: PlatformConfig) => models.filter(({ team }) => team === undefined);

export interface AccessPartsProps {
  readonly images: Images;
  readonly exposable: Exposable;
}

export function accessParts(app: App, config: PlatformConfig, { images, exposable }: AccessPartsProps): Component[] {
  const { access } = config;
  const models = ownModels(config);
  if (access.kind === 'none') return [];
  const proxy = (shown: Exposed, of: Pick<SignInProxyProps, 'name' | 'namespace' | 'upstreams' | 'publicPaths'>) =>
    access.signIn
      ? [
          new SignInProxy(app, {
            ...access.proxy,
            ...access.signIn,
            ...of,
            image: images.oauth2Proxy,
            monitoring: scrapingOf(config),
            logging: loggingOf(config, 'access'),
            pullSecret: config.images.pullSecret,
            origin: exposedOrigin(access, shown),
            domain: access.domain ?? '',
            apiPaths: API_PATHS[shown],
          }),
        ]
      : [];
  const exposed = (Object.entries(exposable) as [keyof Exposable, Endpoint | undefined][]).flatMap(
    ([name, endpoint]) => {
      if (!endpoint || !access[name].enabled) return [];
      const { namespace } = endpoint;
      // The S3 API has keys of its own, which its clients sign each request with.
      const proxies =
        name === 's3' ? [] : proxy(name, { name, namespace, upstreams: [{ id: name, endpoint }], publicPaths: [] });
      return [{ name, proxies, endpoint: proxies[0]?.endpoint ?? endpoint }];
    },
  );
  const namespace = config.namespaces.models;
  const ofModels = access.models.enabled
    ? modelProxies(models, namespace).flatMap((of) => proxy('models', { ...of, namespace }))
    : [];
  const hosts = exposed.map(
    ({ name, endpoint }): ExposedHost => ({ name, host: exposedHost(access, name), paths: [{ path: '/', endpoint }] }),
  );
  return [
    ...exposed.flatMap(({ proxies }) => proxies),
    ...ofModels,
    exposure(
      app,
      config,
      hosts,
      ofModels.map(({ endpoint }) => endpoint),
    ),
  ];
}

function exposure(
  app: App,
  config: PlatformConfig,
  hosts: readonly ExposedHost[],
  modelProxyEndpoints: readonly Endpoint[],
): Component {
  const { access, namespaces } = config;
  const models = ownModels(config);
  const { kind, tls, gateway, ingress } = access;
  const host = exposedHost(access, 'models');
  const shared = { tls, callers: ingressPeers(access) };
  if (kind === 'gateway') {
    const ofModels = access.models.enabled ? [{ name: 'models', host, namespace: namespaces.models }] : [];
    return new GatewayExposure(app, { ...shared, ...gateway, hosts, further: ofModels, admitted: modelProxyEndpoints });
  }
  const paths = models.flatMap((model) => {
    const endpoint = modelProxyEndpoints.find(({ service }) => service === proxyService(proxyName(model, 0)));
    return endpoint ? [{ path: `${routePrefix(namespaces.models, model.name)}/`, endpoint }] : [];
  });
  const ofModels = access.models.enabled && paths.length > 0 ? [{ name: 'models', host, paths }] : [];
  return new IngressExposure(app, { ...shared, ...ingress, hosts: [...hosts, ...ofModels] });
}
