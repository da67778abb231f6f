/** Who signs. */
export interface CertificateIssuer {
  readonly kind: string;
  readonly name: string;
}
