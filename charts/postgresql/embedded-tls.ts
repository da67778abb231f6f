/** TLS of the embedded server: its certificate, the rule that nobody connects without, and its renewal. */

import type { Construct } from 'constructs';
import { CertificateSpecUsages } from '../../imports/cert-manager.io';
import type { CertificateIssuer } from '../certificates/issuer';
import { CERTIFICATE_KEYS, serviceNames, signedCertificate } from '../certificates/signed-certificate';
import { k8s } from '../lib/k8s';
import { configMapVolume, type Mount } from '../lib/volumes';
import serveTlsScript from './serve-tls.sh';

export interface EmbeddedTls {
  readonly command: string[];
  readonly args: readonly string[];
  readonly mounts: readonly Mount[];
}

export interface EmbeddedTlsProps {
  /** Of the Service. */
  readonly name: string;
  readonly namespace: string;
  readonly clusterDomain: string;
  readonly issuer: CertificateIssuer;
}

const CERTIFICATE_PATH = '/run/secrets/certificate';
const RULES_PATH = '/etc/postgresql';
const RULES_FILE = 'pg_hba.conf';

/** Who may log in, and how. The first rule that fits counts, and there is none for a connection without TLS. */
const RULES = `# Programs in the pod: the image's entrypoint, people by "kubectl exec", backups of the data folder.
local all all trust
hostssl all all all scram-sha-256
`;

export function embeddedTls(scope: Construct, props: EmbeddedTlsProps): EmbeddedTls {
  const { name, issuer, clusterDomain } = props;
  const secretName = signedCertificate(scope, 'certificate', {
    name: `${name}-server`,
    issuer,
    dnsNames: serviceNames({ service: name, namespace: props.namespace }, clusterDomain),
    usages: [CertificateSpecUsages.SERVER_AUTH],
  });
  const rules = new k8s.KubeConfigMap(scope, 'rules', {
    metadata: { name: `${name}-rules` },
    data: { [RULES_FILE]: RULES },
  });
  const { certificate, key } = CERTIFICATE_KEYS;
  const items = [certificate, key].map((file) => ({ key: file, path: file }));
  const settings = {
    ssl: 'on',
    ssl_cert_file: `${CERTIFICATE_PATH}/${certificate}`,
    ssl_key_file: `${CERTIFICATE_PATH}/${key}`,
    hba_file: `${RULES_PATH}/${RULES_FILE}`,
  };
  return {
    command: ['/bin/sh', '-c', serveTlsScript, 'serve-tls.sh'],
    args: Object.entries(settings).flatMap(([setting, value]) => ['-c', `${setting}=${value}`]),
    mounts: [
      // A key that belongs to root may be readable by the group, and by nobody else.
      {
        volume: { name: 'certificate', secret: { secretName, items, defaultMode: 0o440 } },
        path: CERTIFICATE_PATH,
      },
      { volume: configMapVolume('rules', rules), path: RULES_PATH },
    ],
  };
}
