/** Does what cert-manager does, once: its commands are in no module that the module proxy serves as one. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cluster, list } from '../cluster/cluster';
import { finished, run } from '../cluster/commands';
import type { KubernetesObject } from '../cluster/objects';

export interface Certificate extends KubernetesObject {
  readonly spec: {
    readonly secretName: string;
    readonly issuerRef?: { readonly name: string };
    readonly isCA?: boolean;
    readonly commonName?: string;
    readonly dnsNames?: readonly string[];
    readonly secretTemplate?: { readonly labels?: Readonly<Record<string, string>> };
  };
}

/** Makes the Secret of each Certificate that is not of an authority: signed by one authority, which is in each, too. */
export async function issue(cluster: Cluster, wanted: readonly Certificate[], folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const authority = join(folder, 'ca');
  if (!existsSync(`${authority}.crt`)) {
    const output = ['-out', `${authority}.crt`, '-days', '2', '-subj', '/CN=ml-platform'];
    openssl(folder, 'req', '-x509', ...newKey(authority), ...output);
  }
  const certificates = wanted.filter(({ spec }) => !spec.isCA);
  const secrets = certificates.map((certificate) => secretOf(certificate, folder, authority));
  await cluster.run(['apply', '--server-side', '-f', '-'], list(secrets));
  return `${secrets.length} Secrets`;
}

function secretOf({ metadata, spec }: Certificate, folder: string, authority: string): object {
  const file = join(folder, `${metadata.namespace}-${metadata.name}`);
  const names = spec.dnsNames ?? [];
  const subject = spec.commonName ?? names[0] ?? metadata.name;
  openssl(folder, 'req', ...newKey(file), '-out', `${file}.csr`, '-subj', `/CN=${subject}`);
  const extensions = names.length > 0 ? `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}\n` : '';
  writeFileSync(`${file}.ext`, extensions);
  const signer = ['-CA', `${authority}.crt`, '-CAkey', `${authority}.key`, '-CAcreateserial'];
  const output = ['-out', `${file}.crt`, '-days', '2', '-extfile', `${file}.ext`];
  // The plugin's release: a client shows no certificate of another authority than the server names, which is the certificate.
  if (spec.issuerRef?.name === 'selfsigned-issuer') {
    const alternative =
      names.length > 0 ? ['-addext', `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`] : [];
    const output = ['-key', `${file}.key`, '-out', `${file}.crt`, '-days', '2', '-subj', `/CN=${subject}`];
    openssl(folder, 'req', '-x509', ...output, ...alternative);
    return certificateSecret(metadata, spec, file, `${file}.crt`);
  }
  openssl(folder, 'x509', '-req', '-in', `${file}.csr`, ...signer, ...output);
  return certificateSecret(metadata, spec, file, `${authority}.crt`);
}

function certificateSecret(
  { namespace }: Certificate['metadata'],
  spec: Certificate['spec'],
  file: string,
  ca: string,
): object {
  const base64 = (path: string) => readFileSync(path).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: spec.secretName, namespace, labels: spec.secretTemplate?.labels },
    type: 'kubernetes.io/tls',
    data: { 'ca.crt': base64(ca), 'tls.crt': base64(`${file}.crt`), 'tls.key': base64(`${file}.key`) },
  };
}

const newKey = (file: string) => {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  return [...curve, '-keyout', `${file}.key`];
};

const openssl = (folder: string, ...args: string[]) => finished(run('openssl', args, folder));
