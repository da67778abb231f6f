import type { Construct } from 'constructs';
import { Component } from '../lib/component';
import { k8s } from '../lib/k8s';
import { PREREQUISITES } from '../prerequisites/catalogue';
import { certificateOf, type ExposureProps, issuerAnnotation } from './hosts';

export interface IngressExposureProps extends ExposureProps {
  /** @default - the cluster's default class */
  readonly className?: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Leads hosts to Services by an Ingress each, in the namespace of its Service. */
export class IngressExposure extends Component {
  constructor(scope: Construct, { hosts, tls, callers, className, annotations }: IngressExposureProps) {
    super(scope, { name: 'access', stage: '60-apps' });
    if (tls?.issuer !== undefined) this.requireInstalled(PREREQUISITES.certManager);
    for (const { name, host, paths } of hosts) {
      new k8s.KubeIngress(this, `ingress-${name}`, {
        metadata: {
          name: `${name}-access`,
          namespace: paths[0]?.endpoint.namespace,
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
}
