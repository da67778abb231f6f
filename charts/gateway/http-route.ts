/** The route from a Gateway to a model. It divides the traffic among the model's predictors. */
import {
  HttpRouteSpecRulesFiltersType as FilterType,
  HttpRoute,
  HttpRouteSpecRulesMatchesPathType as MatchType,
  HttpRouteSpecRulesFiltersUrlRewritePathType as RewriteType,
} from '../../imports/gateway.networking.k8s.io';
import { servicePort } from '../models/endpoint';
import type { ModelProps, PredictorProps } from '../models/props';

export interface GatewayProps {
  readonly name: string;
  readonly namespace: string;
  /** Host names that the route answers to; all of the Gateway's where empty. */
  readonly hostnames: readonly string[];
}

export interface HttpRouteProps {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly gateway: GatewayProps;
}

/** The path by which callers outside the cluster reach a model. Seldon's own routes of Istio and Ambassador use it, too. */
export const routePrefix = (namespace: string, model: string) => `/seldon/${namespace}/${model}`;

/** One model's route, as JSON. A shadow gets copies of its share of the requests. */
export function httpRoute(model: ModelProps, { namespace, labels, gateway }: HttpRouteProps) {
  const backend = ({ name, engine, graph }: PredictorProps) => ({
    name: `${model.name}-${name}`,
    port: servicePort(engine, graph),
  });
  const live = model.predictors.filter(({ shadow }) => !shadow);
  const shadows = model.predictors.filter(({ shadow }) => shadow);
  return HttpRoute.manifest({
    metadata: { name: model.name, namespace, labels: { ...labels, 'app.kubernetes.io/name': model.name } },
    spec: {
      parentRefs: [{ name: gateway.name, namespace: gateway.namespace }],
      ...(gateway.hostnames.length > 0 && { hostnames: [...gateway.hostnames] }),
      rules: [
        {
          matches: [{ path: { type: MatchType.PATH_PREFIX, value: routePrefix(namespace, model.name) } }],
          filters: [
            {
              type: FilterType.URL_REWRITE,
              urlRewrite: { path: { type: RewriteType.REPLACE_PREFIX_MATCH, replacePrefixMatch: '/' } },
            },
            ...shadows.map((shadow) => ({
              type: FilterType.REQUEST_MIRROR,
              requestMirror: { backendRef: backend(shadow), percent: shadow.traffic ?? 100 },
            })),
          ],
          ...(model.timeouts?.rest !== undefined && { timeouts: { request: `${model.timeouts.rest}s` } }),
          backendRefs: live.map((predictor) => ({
            ...backend(predictor),
            ...(live.length > 1 && { weight: predictor.traffic ?? 0 }),
          })),
        },
      ],
    },
  });
}
