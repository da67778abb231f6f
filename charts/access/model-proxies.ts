/**
 * Which proxies stand in front of the models.
 *
 * A proxy knows one list of groups, so models with the same groups share one. It leads a path to one Service, so that a
 * model whose traffic is divided has a proxy for each of its predictors: the route in front divides the traffic between
 * the proxies, as it would between the predictors.
 */
import { routePrefix } from '../gateway/http-route';
import { contentHash } from '../lib/job';
import { predictorEndpoint } from '../models/endpoint';
import type { ModelProps } from '../models/props';
import type { Upstream } from './proxy-config';

export interface ModelProxy {
  /** Of the proxy, such as "models". */
  readonly name: string;
  /** Whom it lets in. @default - those of the sign-in */
  readonly groups?: readonly string[];
  readonly upstreams: readonly Upstream[];
  /** Paths of models that need no sign-in. Regular expressions. */
  readonly publicPaths: readonly string[];
}

/** @param place of the predictor among those of its model */
export function proxyName({ groups }: Pick<ModelProps, 'groups'>, place: number): string {
  const number = place === 0 ? '' : `-${place + 1}`;
  return `models${number}${groups ? `-${contentHash([...groups].sort())}` : ''}`;
}

export function modelProxies(models: readonly ModelProps[], namespace: string): ModelProxy[] {
  const proxies = new Map<string, { groups?: readonly string[]; upstreams: Upstream[]; publicPaths: string[] }>();
  for (const model of models) {
    const prefix = `${routePrefix(namespace, model.name)}/`;
    model.predictors.forEach((predictor, place) => {
      const name = proxyName(model, place);
      const proxy = proxies.get(name) ?? {
        ...(model.groups && { groups: model.groups }),
        upstreams: [],
        publicPaths: [],
      };
      proxies.set(name, proxy);
      proxy.upstreams.push({ id: model.name, endpoint: predictorEndpoint(model, predictor, namespace), prefix });
      if (model.public) proxy.publicPaths.push(`^${prefix}`);
    });
  }
  return [...proxies].map(([name, proxy]) => ({ name, ...proxy }));
}
