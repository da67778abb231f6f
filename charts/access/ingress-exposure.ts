import type { Construct } from 'constructs';
import { SOLVER_PORT, solverPods } from '../certificates/solver';
import { Component } from '../lib/component';
import type { Peer } from '../lib/endpoint';
import { k8s } from '../lib/k8s';
import { PREREQUISITES } from '../prerequisites/catalogue';
import { certificateOf, type ExposedHost, type ExposureProps, issuerAnnotation, namespaceOf } from './hosts';

export interface IngressExposureProps extends ExposureProps {
  /** @default - the cluster's default class */
  readonly className?: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Leads hosts to Services by an Ingress each, in the namespace of its Service. */
export class IngressExposure extends Component {
  constructor(scope: Construct, { hosts, tls, callers, className, annotations }: IngressExposureProps) {
    super(scope, { name: 'access', stage: '60-apps' });
    if (tls?.issuer !== undefined) {
      this.requireInstalled(PREREQUISITES.certManager);
      this.admitToSolvers(hosts, callers);
    }
    for (const exposed of hosts) {
      const { name, host, paths } = exposed;
      new k8s.KubeIngress(this, `ingress-${name}`, {
        metadata: {
          name: `${name}-access`,
          namespace: namespaceOf(exposed),
          annotations: { ...(tls && issuerAnnotation(tls)), ...annotations },
        },
        spec: {
          ingressClassName: className,
          ...(tls && { tls: [{ hosts: [host], secretName: certificateOf(tls, name) }] }),
          rules: [
            {
              host,
              http: {
                paths: paths.map(({ path, endpoint }) => ({
                  path,
                  pathType: 'Prefix',
                  backend: { service: { name: endpoint.service, port: { number: endpoint.port } } },
                })),
              },
            },
          ],
        },
      });
      // Many paths lead to one Service.
      const pods = new Map(paths.map(({ endpoint }) => [endpoint.service, endpoint]));
      for (const endpoint of pods.values()) {
        for (const caller of callers) this.allow(caller, endpoint.pods, endpoint.targetPort);
      }
    }
  }

  /** A certificate is in the namespace of its Ingress, and so is what proves its host: several share one. */
  private admitToSolvers(hosts: readonly ExposedHost[], callers: readonly Peer[]): void {
    for (const namespace of new Set(hosts.map(namespaceOf))) {
      for (const caller of callers) this.allow(caller, solverPods(namespace), SOLVER_PORT);
    }
  }
}
