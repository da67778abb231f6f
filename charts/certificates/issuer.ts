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

/** Whether an object names who makes its certificates. */
export const namesIssuer = ({
  metadata,
}: {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
}) => Object.values(ISSUER_ANNOTATIONS).some((name) => metadata.annotations?.[name] !== undefined);
