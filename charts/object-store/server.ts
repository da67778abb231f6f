/** The container of a MinIO-compatible server, alone or as one of several. */
import type { ContainerProps, Resources } from '../lib/container';
import type { Image } from '../lib/image';
import { type Check, httpCheck, probes } from '../lib/probes';
import type { NamedPort } from '../lib/service';
import type { Mount } from '../lib/volumes';
import type { RootCredential } from './root-credential';

export const API: NamedPort = { name: 'http', containerPort: 9000 };
export const CONSOLE: NamedPort = { name: 'http-console', containerPort: 9001 };
export const DATA_PATH = '/data';
export const CERTIFICATES_PATH = '/run/secrets/minio-certificate';

/** The files of a server's folder of certificates, by the key of the Secret that has each. */
export const CERTIFICATE_FILES = {
  certificate: 'public.crt',
  key: 'private.key',
  // Whom it trusts: the other servers have certificates of the same authority.
  authority: 'CAs/ca.crt',
} as const;

export interface ServerContainerProps {
  readonly image: Image;
  readonly console: boolean;
  readonly tls: boolean;
  /** Whether it answers without a token about what it measures: the policies say who gets there. */
  readonly metrics: boolean;
  readonly resources: Resources;
  /** Whether each line of its log is JSON. @default false */
  readonly json?: boolean;
  readonly root: RootCredential;
  /** How the servers find each other's volumes; of one alone, where its own is. */
  readonly volumes: string;
  readonly mounts: readonly Mount[];
}

export function serverContainer(props: ServerContainerProps): ContainerProps {
  const { image, console, tls, metrics, resources, root, volumes, mounts, json = false } = props;
  // Both paths answer as soon as the process serves; neither looks at the disks or asks the other servers.
  const check = (path: string): Check => {
    const { httpGet } = httpCheck(API, path);
    return { httpGet: httpGet && { ...httpGet, ...(tls && { scheme: 'HTTPS' }) } };
  };
  return {
    name: 'minio',
    image,
    args: [
      'server',
      volumes,
      ...(json ? ['--json'] : []),
      `--address=:${API.containerPort}`,
      `--console-address=:${CONSOLE.containerPort}`,
      ...(tls ? [`--certs-dir=${CERTIFICATES_PATH}`] : []),
    ],
    ports: console ? [API, CONSOLE] : [API],
    env: {
      MINIO_ROOT_USER_FILE: root.userFile,
      MINIO_ROOT_PASSWORD_FILE: root.passwordFile,
      MINIO_BROWSER: console ? 'on' : 'off',
      MINIO_UPDATE: 'off',
      ...(metrics && { MINIO_PROMETHEUS_AUTH_TYPE: 'public' }),
    },
    ...probes({
      startup: { periodSeconds: 2, failureThreshold: 150 },
      ready: check('/minio/health/ready'),
      live: { ...check('/minio/health/live'), timeoutSeconds: 10 },
    }),
    resources,
    mounts,
  };
}
