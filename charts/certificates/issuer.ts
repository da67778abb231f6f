/** Who signs. */
export interface CertificateIssuer {
  readonly kind: string;
  readonly name: string;
}

/** cert-manager makes the certificates of what has one of these annotations. */
export const ISSUER_ANNOTATIONS = {
  Issuer: 'cert-manager.io/issuer',
  ClusterIssuer: 'cert-manager.io/cluster-issuer',
} as const;
