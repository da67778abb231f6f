/** The authority that a client trusts: whose certificates it takes for those of the server it meant to call. */

import type { Construct } from 'constructs';
import { CertificateSpecUsages } from '../../imports/cert-manager.io';
import type { k8s } from '../lib/k8s';
import type { CertificateIssuer } from './issuer';
import { CERTIFICATE_KEYS, signedCertificate } from './signed-certificate';

export type Authority =
  /** Whoever the image trusts: the public authorities. */
  | { readonly kind: 'public' }
  /** An object in the namespace of the client, which somebody keeps there. */
  | { readonly kind: 'configMap' | 'secret'; readonly name: string; readonly key: string }
  /** An issuer of cert-manager, which gives its authority with each certificate that it signs. */
  | { readonly kind: 'issuer'; readonly issuer: CertificateIssuer };

/** An object that settings name, in the namespace of each client. */
export interface GivenAuthority {
  readonly configMap?: string;
  readonly secret?: string;
  readonly key: string;
}

/** @param given nothing for the public authorities */
export function givenAuthority(given: GivenAuthority | undefined): Authority {
  const { configMap, secret, key = '' } = given ?? {};
  if (configMap !== undefined) return { kind: 'configMap', name: configMap, key };
  return secret === undefined ? { kind: 'public' } : { kind: 'secret', name: secret, key };
}

export const AUTHORITY_FILE = 'ca.crt';

/**
 * A volume with the authority, as the file `ca.crt`.
 *
 * A client has no way to read a Secret of the server's namespace. So an issuer is asked for a certificate for the client
 * itself, and the authority comes with it.
 * @param name of that certificate, and of its Secret
 * @param volumeName of the volume, in a pod that trusts several servers
 * @returns nothing for public authorities, which images have
 */
export function authorityVolume(
  scope: Construct,
  name: string,
  authority: Authority,
  volumeName = 'authority',
): k8s.Volume | undefined {
  const volume = (secretName: string, key: string): k8s.Volume => ({
    name: volumeName,
    secret: { secretName, items: [{ key, path: AUTHORITY_FILE }] },
  });
  switch (authority.kind) {
    case 'public':
      return undefined;
    case 'configMap':
      return {
        name: volumeName,
        configMap: { name: authority.name, items: [{ key: authority.key, path: AUTHORITY_FILE }] },
      };
    case 'secret':
      return volume(authority.name, authority.key);
    case 'issuer':
      return volume(
        signedCertificate(scope, name, {
          name,
          issuer: authority.issuer,
          commonName: name,
          usages: [CertificateSpecUsages.CLIENT_AUTH],
        }),
        CERTIFICATE_KEYS.authority,
      );
  }
}
