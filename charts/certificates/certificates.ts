import type { Construct } from 'constructs';
import {
  Certificate,
  CertificateSpecPrivateKeyAlgorithm,
  CertificateSpecPrivateKeyRotationPolicy,
  ClusterIssuer,
} from '../../imports/cert-manager.io';
import { Component } from '../lib/component';
import { PREREQUISITES } from '../prerequisites/catalogue';
import type { CertificateIssuer } from './issuer';

export interface CertificatesProps {
  /** The name of the ClusterIssuer. */
  readonly name: string;
  /** Where cert-manager looks for the Secrets of ClusterIssuers. */
  readonly certManagerNamespace: string;
}

/**
 * An authority of the platform's own: a certificate that signs itself, and the ClusterIssuer that signs with it.
 *
 * It is a ClusterIssuer since servers and their clients are in namespaces of their own, and an Issuer serves one.
 */
export class Certificates extends Component {
  readonly issuer: CertificateIssuer;

  constructor(scope: Construct, { name, certManagerNamespace }: CertificatesProps) {
    super(scope, { name: 'certificates', stage: '20-operators', namespace: certManagerNamespace });
    this.requireInstalled(PREREQUISITES.certManager);
    const selfSigned = new ClusterIssuer(this.clusterScope, 'self-signed', {
      metadata: { name: `${name}-self-signed` },
      spec: { selfSigned: {} },
    });
    const secretName = `${name}-authority`;
    new Certificate(this, 'authority', {
      metadata: { name: secretName },
      spec: {
        secretName,
        isCa: true,
        commonName: name,
        issuerRef: { group: 'cert-manager.io', kind: selfSigned.kind, name: selfSigned.name },
        // Ten years. Renewed with the same key, so that what it has signed before stays good.
        duration: '87600h',
        renewBefore: '8760h',
        privateKey: {
          algorithm: CertificateSpecPrivateKeyAlgorithm.ECDSA,
          size: 256,
          rotationPolicy: CertificateSpecPrivateKeyRotationPolicy.NEVER,
        },
      },
    });
    const signing = new ClusterIssuer(this.clusterScope, 'issuer', {
      metadata: { name },
      spec: { ca: { secretName } },
    });
    this.issuer = { kind: signing.kind, name: signing.name };
  }
}
