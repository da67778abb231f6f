/**
 * Seals Secrets for the Sealed Secrets controller, without asking the cluster.
 *
 * Each value is encrypted by AES-256-GCM with a key of its own, and that key by the controller's RSA key. The label of both
 * says where it may be used: the controller opens it for a Secret of this name in this namespace only.
 * Source: pkg/crypto/crypto.go of https://github.com/bitnami-labs/sealed-secrets
 */
import { constants, createCipheriv, type KeyObject, publicEncrypt, randomBytes, X509Certificate } from 'node:crypto';
import type { SecretManifest } from './credentials';

/** The public key of the controller's certificate. @throws Error where it is none, or too old */
export function sealingKey(name: string, pem: string, now: Date): KeyObject {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    throw new Error(`${name}: is not a certificate; "kubeseal --fetch-cert" prints that of your cluster`);
  }
  if (certificate.publicKey.asymmetricKeyType !== 'rsa')
    throw new Error(`${name}: has no RSA key; "kubeseal --fetch-cert" prints the certificate of your cluster`);
  if (new Date(certificate.validTo) < now)
    throw new Error(
      `${name}: ended on ${certificate.validTo}; "kubeseal --fetch-cert" prints the certificate that the cluster uses now`,
    );
  return certificate.publicKey;
}

/** A Secret as a SealedSecret, in the strict scope. */
export function sealed({ metadata, type, stringData }: SecretManifest, key: KeyObject): object {
  const { name, namespace, labels } = metadata;
  const label = Buffer.from(`${namespace}/${name}`);
  return {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name, namespace, labels },
    spec: {
      encryptedData: Object.fromEntries(
        Object.entries(stringData).map(([field, text]) => [field, encrypt(Buffer.from(text), key, label)]),
      ),
      template: { metadata: { name, namespace, labels }, type },
    },
  };
}

function encrypt(text: Buffer, key: KeyObject, oaepLabel: Buffer): string {
  const session = randomBytes(32);
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const wrapped = publicEncrypt({ key, padding, oaepHash: 'sha256', oaepLabel }, session);
  // The key is used once, so that the nonce may be zero.
  const cipher = createCipheriv('aes-256-gcm', session, Buffer.alloc(12));
  const length = Buffer.alloc(2);
  length.writeUInt16BE(wrapped.length);
  return Buffer.concat([length, wrapped, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString('base64');
}
