import type { Construct } from 'constructs';
import {
  GatewaySpecListenersAllowedRoutesNamespacesFrom as AllowedFrom,
  HttpRouteSpecRulesFiltersType as FilterType,
  Gateway,
  type GatewaySpecListeners,
  HttpRoute,
  HttpRouteSpecRulesMatchesPathType as MatchType,
  HttpRouteSpecRulesFiltersRequestRedirectScheme as RedirectScheme,
  HttpRouteSpecRulesFiltersRequestRedirectStatusCode as RedirectStatus,
  GatewaySpecListenersTlsMode as TlsMode,
} from '../../imports/gateway.networking.k8s.io';
import { Component } from '../lib/component';
import type { Endpoint } from '../lib/endpoint';
import { gatewayNamespace, PREREQUISITES } from '../prerequisites/catalogue';
import { certificateOf, type ExposedHost, type ExposureProps, issuerAnnotation, namespaceOf, type Tls } from './hosts';

export interface GatewayExposureProps extends ExposureProps {
  readonly name: string;
  readonly namespace: string;
  /** Makes the Gateway. @default - it is there */
  readonly className?: string;
  /** The port that browsers show. @default - the usual one */
  readonly port?: number;
  /** The listener of a Gateway that is there. @default - every one that takes the host */
  readonly section?: string;
  /** Further Services that the Gateway leads to, by routes that others make. */
  readonly admitted: readonly Endpoint[];
  /** Hosts whose routes others make, such as that of the models, and the namespaces of these routes. */
  readonly further: readonly { readonly name: string; readonly host: string; readonly namespace: string }[];
}

const GATEWAY_GROUP = 'gateway.networking.k8s.io';
const HTTP = 'http';

/** The listener for a host: one of its own where the Gateway is made here. */
export function sectionOf(
  name: string,
  { className, section, tls }: Pick<GatewayExposureProps, 'className' | 'section' | 'tls'>,
): string | undefined {
  if (className === undefined) return section;
  return hasCertificates(tls) ? name : HTTP;
}

/** Whether the Gateway that is made here has them. */
const hasCertificates = (tls: Tls | undefined): tls is Tls => tls !== undefined && !tls.byGateway;

/** Leads hosts to Services by the Gateway API; each route is in the namespace of its Service. */
export class GatewayExposure extends Component {
  constructor(
    scope: Construct,
    private readonly props: GatewayExposureProps,
  ) {
    super(scope, { name: 'access', stage: '60-apps' });
    this.requireInstalled(PREREQUISITES.gatewayApi);
    if (props.tls?.issuer !== undefined) this.requireInstalled(PREREQUISITES.certManager);
    if (props.className !== undefined) {
      this.requireInstalled(gatewayNamespace(props.namespace));
      this.gateway(props.className);
    }
    for (const host of props.hosts) this.route(host);
    const led = [...props.hosts.flatMap(({ paths }) => paths.map(({ endpoint }) => endpoint)), ...props.admitted];
    for (const { pods, targetPort } of led) {
      for (const caller of props.callers) this.allow(caller, pods, targetPort);
    }
  }

  private gateway(className: string): void {
    const { name, namespace, hosts, further } = this.props;
    const tls = hasCertificates(this.props.tls) ? this.props.tls : undefined;
    const all = [...hosts.map((host) => ({ ...host, namespace: namespaceOf(host) })), ...further];
    const listeners = [
      listener(HTTP, 80, [...all.map((host) => host.namespace), ...(tls ? [namespace] : [])]),
      ...(tls
        ? all.map((host) => ({
            ...listener(host.name, 443, [host.namespace]),
            protocol: 'HTTPS',
            hostname: host.host,
            tls: {
              mode: TlsMode.TERMINATE,
              certificateRefs: [{ group: '', kind: 'Secret', name: certificateOf(tls, host.name) }],
            },
          }))
        : []),
    ];
    new Gateway(this, 'gateway', {
      metadata: { name, namespace, annotations: tls ? issuerAnnotation(tls) : undefined },
      spec: { gatewayClassName: className, listeners },
    });
    if (tls) this.redirect(all.map(({ host }) => host));
  }

  /** Sends everybody who comes by http to https. */
  private redirect(hostnames: string[]): void {
    const { name, namespace, port } = this.props;
    new HttpRoute(this, 'redirect', {
      metadata: { name: `${name}-to-https`, namespace },
      spec: {
        parentRefs: [{ group: GATEWAY_GROUP, kind: 'Gateway', name, namespace, sectionName: HTTP }],
        hostnames,
        rules: [
          {
            matches: [ALL_PATHS],
            filters: [
              {
                type: FilterType.REQUEST_REDIRECT,
                requestRedirect: { scheme: RedirectScheme.HTTPS, port, statusCode: RedirectStatus.VALUE_301 },
              },
            ],
          },
        ],
      },
    });
  }

  private route(exposed: ExposedHost): void {
    const { name: gateway, namespace } = this.props;
    const { name, host, paths } = exposed;
    const sectionName = sectionOf(name, this.props);
    new HttpRoute(this, `route-${name}`, {
      metadata: { name: `${name}-access`, namespace: namespaceOf(exposed) },
      spec: {
        parentRefs: [{ group: GATEWAY_GROUP, kind: 'Gateway', name: gateway, namespace, sectionName }],
        hostnames: [host],
        rules: paths.map(({ path, endpoint: { service, port } }) => ({
          matches: [{ path: { type: MatchType.PATH_PREFIX, value: path } }],
          backendRefs: [{ group: '', kind: 'Service', name: service, port, weight: 1 }],
        })),
      },
    });
  }
}

/** The default of the API, which Argo CD does not know. */
const ALL_PATHS = { path: { type: MatchType.PATH_PREFIX, value: '/' } };

function listener(name: string, port: number, namespaces: readonly string[]): GatewaySpecListeners {
  return {
    name,
    port,
    protocol: 'HTTP',
    allowedRoutes: {
      namespaces: {
        from: AllowedFrom.SELECTOR,
        selector: {
          matchExpressions: [
            { key: 'kubernetes.io/metadata.name', operator: 'In', values: [...new Set(namespaces)].sort() },
          ],
        },
      },
    },
  };
}
