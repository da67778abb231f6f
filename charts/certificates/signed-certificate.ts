/** Certificates that cert-manager makes and renews, and the authority that those who check them trust. */
import type { Construct } from 'constructs';
import { Certificate, type CertificateSpecUsages } from '../../imports/cert-manager.io';
import type { CertificateIssuer } from './issuer';

export interface SignedCertificateProps {
  /** Of the Certificate, and of the Secret that cert-manager keeps it in. */
  readonly name: string;
  readonly issuer: CertificateIssuer;
  /** @default - no names: it is for a client */
  readonly dnsNames?: readonly string[];
  /** @default - the first of the names */
  readonly commonName?: string;
  readonly usages: readonly CertificateSpecUsages[];
  /** Labels of the Secret, that somebody who watches it looks for. @default - none */
  readonly secretLabels?: Readonly<Record<string, string>>;
}

/** The keys of a Secret that cert-manager writes. */
export const CERTIFICATE_KEYS = { authority: 'ca.crt', certificate: 'tls.crt', key: 'tls.key' } as const;

/** @returns the Secret that it will be in */
export function signedCertificate(scope: Construct, id: string, props: SignedCertificateProps): string {
  const { name, issuer, dnsNames, commonName, usages, secretLabels } = props;
  new Certificate(scope, id, {
    metadata: { name },
    spec: {
      secretName: name,
      commonName,
      ...(dnsNames && { dnsNames: [...dnsNames] }),
      usages: [...usages],
      ...(secretLabels && { secretTemplate: { labels: { ...secretLabels } } }),
      issuerRef: { group: 'cert-manager.io', ...issuer },
      duration: '2160h',
      renewBefore: '720h',
    },
  });
  return name;
}

/**
 * The names that clients of a Service may call it by.
 * @param pods whether the pods behind a headless Service have certificates for names of their own
 */
export function serviceNames(
  { service, namespace }: { readonly service: string; readonly namespace: string },
  clusterDomain: string,
  pods = false,
): string[] {
  const full = `${service}.${namespace}.svc`;
  const names = [service, `${service}.${namespace}`, full, `${full}.${clusterDomain}`];
  return pods ? [...names, ...names.slice(2).map((name) => `*.${name}`)] : names;
}
