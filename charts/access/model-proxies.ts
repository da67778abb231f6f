/**
 * Which proxies stand in front of the models.
 *
 * A proxy knows one list of groups, so models with the same groups share one. It leads a path to one Service, so that a
 * model whose traffic is divided has a proxy for each of its predictors: the route in front divides the traffic between
 * the proxies, as it would between the predictors.
 *
 * Those of teams are in the namespace of the platform's own models, too: what a proxy signs sessions with opens everything
 * that is exposed, and whoever may change a model may read the Secrets beside it.
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
  /** Headers of the caller that no model is given. */
  readonly withheld: readonly string[];
}

/**
 * What a caller is known by everywhere on the platform. A server of a team could be somebody there: what it may do is the
 * team's to say, and not the caller's.
 */
const CREDENTIALS = ['Authorization', 'Cookie'];

/** @param place of the predictor among those of its model */
export function proxyName({ team, groups }: Pick<ModelProps, 'team' | 'groups'>, place: number): string {
  const number = place === 0 ? '' : `${place + 1}`;
  const hash = groups ? `-${contentHash([...groups].sort())}` : '';
  if (team === undefined) return `models${number && `-${number}`}${hash}`;
  // The number is not beside the name of the team, which may end in one.
  return `team${number}-${team}${hash}`;
}

/**
 * @param models that share a namespace: the platform's own, or those of a team
 * @param callers whom a model lets in whose file names nobody; those of the sign-in where absent
 */
export function modelProxies(
  models: readonly ModelProps[],
  namespace: string,
  callers?: readonly string[],
): ModelProxy[] {
  const proxies = new Map<string, ModelProxy & { upstreams: Upstream[]; publicPaths: string[] }>();
  for (const model of models) {
    const prefix = `${routePrefix(namespace, model.name)}/`;
    const groups = model.groups ?? callers;
    model.predictors.forEach((predictor, place) => {
      const name = proxyName(model, place);
      const proxy = proxies.get(name) ?? {
        name,
        ...(groups && { groups }),
        upstreams: [],
        publicPaths: [],
        withheld: model.team === undefined ? [] : CREDENTIALS,
      };
      proxies.set(name, proxy);
      proxy.upstreams.push({ id: model.name, endpoint: predictorEndpoint(model, predictor, namespace), prefix });
      if (model.public) proxy.publicPaths.push(`^${prefix}`);
    });
  }
  return [...proxies.values()];
}
