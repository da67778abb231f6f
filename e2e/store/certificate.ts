/** A certificate as cert-manager would make it, by openssl. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { finished, run } from '../cluster/commands';

/** Files in PEM. */
export interface CertificateFiles {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** @param names what the certificate is for, and nothing else */
export function certificateFor(folder: string, names: readonly string[]): CertificateFiles {
  mkdirSync(folder, { recursive: true });
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => finished(run('openssl', args, folder));
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '2', '-subj', '/CN=authority');
  openssl('req', ...newKey, '-keyout', 'tls.key', '-out', 'request', '-subj', '/CN=store');
  writeFileSync(at('names'), `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}\n`);
  const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'request', '-out', 'tls.crt', ...signed);
  return { authority: at('ca.crt'), certificate: at('tls.crt'), key: at('tls.key') };
}
