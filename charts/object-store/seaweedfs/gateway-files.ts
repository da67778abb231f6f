/** What a gateway finds in its container: its users, where names are kept, and its certificate. */

import type { Construct } from 'constructs';
import { CERTIFICATE_KEYS } from '../../certificates/signed-certificate';
import { k8s } from '../../lib/k8s';
import { RequiredSecret } from '../../lib/secret';
import { configMapVolume, type Mount, secretVolume, tmp } from '../../lib/volumes';
import type { BucketUser } from '../policies';
import { filerFile, usersFile } from './config-files';
import type { GatewayFiles } from './containers';

const USERS_KEY = 's3.json';
const USERS_PATH = '/run/secrets/seaweedfs';
const CERTIFICATE_PATH = '/run/secrets/seaweedfs-certificate';

export const usersSecret = (namespace: string, users: readonly BucketUser[]) =>
  new RequiredSecret({
    namespace,
    name: 'seaweedfs-users',
    purpose: 'Users of the object store with their keys and policies, as its gateways read them',
    data: { [USERS_KEY]: usersFile(users) },
  });

/** @param etcd its host and port */
export const filerConfig = (scope: Construct, etcd: string) =>
  new k8s.KubeConfigMap(scope, 'filer', {
    metadata: { name: 'seaweedfs-filer' },
    data: { 'filer.toml': filerFile(etcd) },
  });

export interface GatewayFilesProps {
  /** The users. */
  readonly secret: RequiredSecret;
  /** Where names are kept. */
  readonly filer: k8s.KubeConfigMap;
  /** The Secret with the certificate. @default - the gateways speak no TLS */
  readonly certificate?: string;
}

export function gatewayFiles({ secret, filer, certificate }: GatewayFilesProps): {
  readonly mounts: readonly Mount[];
  readonly files: GatewayFiles;
} {
  const mounts: Mount[] = [
    { volume: secretVolume('users', secret, USERS_KEY), path: USERS_PATH },
    { volume: configMapVolume('filer', filer), path: '/etc/seaweedfs' },
    tmp(),
    ...(certificate === undefined ? [] : [{ volume: certificateVolume(certificate), path: CERTIFICATE_PATH }]),
  ];
  const files = {
    users: `${USERS_PATH}/${USERS_KEY}`,
    ...(certificate !== undefined && {
      certificate: {
        certificate: `${CERTIFICATE_PATH}/${CERTIFICATE_KEYS.certificate}`,
        key: `${CERTIFICATE_PATH}/${CERTIFICATE_KEYS.key}`,
      },
    }),
  };
  return { mounts, files };
}

function certificateVolume(secretName: string): k8s.Volume {
  const items = [CERTIFICATE_KEYS.certificate, CERTIFICATE_KEYS.key].map((key) => ({ key, path: key }));
  return { name: 'certificate', secret: { secretName, items, defaultMode: 0o440 } };
}
