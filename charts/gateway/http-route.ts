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
  /** The namespace of the routes: that of what they lead to. @default - that of the models */
  readonly routes?: string;
  /** The listener that the route is for. @default - every one that takes the host */
  readonly section?: string;
  /**
   * What stands in front of a predictor, by its place among those of its model, and leads the prefix to it.
   * @default - nothing: the Gateway calls models, and takes the prefix off
   */
  readonly proxyOf?: (model: ModelProps, place: number) => { readonly service: string; readonly port: number };
}

export interface HttpRouteProps {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly gateway: GatewayProps;
}

/** The path by which callers outside the cluster reach a model. Seldon's own routes of Istio and Ambassador use it, too. */
export const routePrefix = (namespace: string, model: string) => `/seldon/${namespace}/${model}`;

const TAKE_PREFIX_OFF = {
  type: FilterType.URL_REWRITE,
  urlRewrite: { path: { type: RewriteType.REPLACE_PREFIX_MATCH, replacePrefixMatch: '/' } },
};

/**
 * One model's route, as JSON. A shadow gets copies of its share of the requests.
 *
 * Groups, kinds and weights are the API's defaults. Argo CD does not know those of custom resources, and shows each that
 * stands in a list as a difference.
 */
export function httpRoute(model: ModelProps, { namespace, labels, gateway }: HttpRouteProps) {
  const backend = (predictor: PredictorProps) => {
    const { service, port } = gateway.proxyOf?.(model, model.predictors.indexOf(predictor)) ?? {
      service: `${model.name}-${predictor.name}`,
      port: servicePort(predictor.engine, predictor.graph),
    };
    return { group: '', kind: 'Service', name: service, port };
  };
  const live = model.predictors.filter(({ shadow }) => !shadow);
  const shadows = model.predictors.filter(({ shadow }) => shadow);
  const filters = [
    ...(gateway.proxyOf ? [] : [TAKE_PREFIX_OFF]),
    ...shadows.map((shadow) => ({
      type: FilterType.REQUEST_MIRROR,
      requestMirror: { backendRef: backend(shadow), percent: shadow.traffic ?? 100 },
    })),
  ];
  return HttpRoute.manifest({
    metadata: {
      name: model.name,
      namespace: gateway.routes ?? namespace,
      labels: { ...labels, 'app.kubernetes.io/name': model.name },
    },
    spec: {
      parentRefs: [
        {
          group: 'gateway.networking.k8s.io',
          kind: 'Gateway',
          name: gateway.name,
          namespace: gateway.namespace,
          sectionName: gateway.section,
        },
      ],
      ...(gateway.hostnames.length > 0 && { hostnames: [...gateway.hostnames] }),
      rules: [
        {
          matches: [{ path: { type: MatchType.PATH_PREFIX, value: routePrefix(namespace, model.name) } }],
          ...(filters.length > 0 && { filters }),
          ...(model.timeouts?.rest !== undefined && { timeouts: { request: `${model.timeouts.rest}s` } }),
          backendRefs: live.map((predictor) => ({
            ...backend(predictor),
            weight: live.length > 1 ? (predictor.traffic ?? 0) : 1,
          })),
        },
      ],
    },
  });
}
