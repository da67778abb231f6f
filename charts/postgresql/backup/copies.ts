/** Copies of dumps in a bucket: the Secrets that they need, and the containers that put and get them. */

import { AUTHORITY_FILE } from '../../certificates/authority';
import type { ContainerProps, Resources } from '../../lib/container';
import type { Image } from '../../lib/image';
import type { k8s } from '../../lib/k8s';
import { Credential, RequiredSecret, secretText } from '../../lib/secret';
import { type Mount, secretVolume, tmp } from '../../lib/volumes';
import { botoEnv, credentialsFile } from '../../object-store/boto';
import type { BackupBucket, BucketAccess } from '../../object-store/bucket';
import { type DumpProps, dumpEnv, scriptPath, scriptsMount } from './containers';

/** Where the copies are, and how they are made. */
export interface CopiesProps {
  readonly bucket: Pick<BackupBucket, 'write' | 'read'>;
  /** Whether a copy is encrypted before it leaves. */
  readonly encrypted: boolean;
  /** An image with Python, boto3 and cryptography: MLflow's. */
  readonly image: Image;
}

/** What an action on the bucket is done with. */
export interface Copier extends DumpProps {
  readonly copies: CopiesProps;
  /** Its own key to the bucket. @default - the cloud knows the pod by its ServiceAccount */
  readonly key?: RequiredSecret;
  /** The key that copies are encrypted with. @default - they are not encrypted */
  readonly encryption?: RequiredSecret;
  /** The authority of the server. @default - the public ones */
  readonly authority?: k8s.Volume;
}

/** What the names of dumps start with in the bucket, which others use, too. */
const PREFIX = 'dumps/';
const BUCKET_KEY = 'credentials';
const BUCKET_PATH = '/run/secrets/bucket';
const ENCRYPTION_KEY = 'key';
const ENCRYPTION_PATH = '/run/secrets/encryption';
const AUTHORITY_PATH = '/run/secrets/authority';
/** The program and boto3 take 90 MiB, and the parts of a file 16. */
const RESOURCES: Resources = {
  requests: { cpu: '50m', memory: '128Mi', 'ephemeral-storage': '16Mi' },
  limits: { cpu: '1', memory: '384Mi', 'ephemeral-storage': '128Mi' },
};

/** The key of one user of the bucket. */
export function bucketKey(
  namespace: string,
  name: string,
  purpose: string,
  { key }: BucketAccess,
): RequiredSecret | undefined {
  return key && new RequiredSecret({ namespace, name, purpose, data: { [BUCKET_KEY]: credentialsFile(key) } });
}

export function encryptionKey(namespace: string): RequiredSecret {
  const purpose = 'Key of the copies of dumps in the bucket of backups; keep it outside the cluster, too';
  const key = new Credential('BACKUP_ENCRYPTION_KEY', 'Opens the dumps in the bucket of backups');
  const data = { [ENCRYPTION_KEY]: secretText`${key}` };
  return new RequiredSecret({ namespace, name: 'postgresql-backup-encryption', purpose, data });
}

/** Puts the dumps of the volume that are not in the bucket yet. */
export const putContainer = (copier: Copier, origin: string, dumps: Mount) =>
  container('put', copier, copier.copies.bucket.write, origin, dumps);

/** Gets the newest dump, or the one that DUMP names. */
export const getContainer = (copier: Copier, origin: string, dumps: Mount, resources?: Resources) =>
  container('get', copier, copier.copies.bucket.read, origin, dumps, resources);

function container(
  action: 'put' | 'get',
  { copies: { image }, database, scripts, key, encryption, authority }: Copier,
  access: BucketAccess,
  origin: string,
  dumps: Mount,
  resources = RESOURCES,
): ContainerProps {
  return {
    name: action,
    image,
    command: ['python3', scriptPath('bucket.py'), action],
    env: {
      ...botoEnv(access, origin, {
        credentials: key && `${BUCKET_PATH}/${BUCKET_KEY}`,
        authority: authority && `${AUTHORITY_PATH}/${AUTHORITY_FILE}`,
      }),
      ...dumpEnv(database),
      BUCKET: access.bucket,
      PREFIX,
      ...(encryption && { KEY_FILE: `${ENCRYPTION_PATH}/${ENCRYPTION_KEY}` }),
    },
    resources,
    mounts: [
      dumps,
      scriptsMount(scripts),
      ...(key ? [{ volume: secretVolume('bucket', key, BUCKET_KEY), path: BUCKET_PATH }] : []),
      ...(encryption
        ? [{ volume: secretVolume('encryption', encryption, ENCRYPTION_KEY), path: ENCRYPTION_PATH }]
        : []),
      ...(authority ? [{ volume: authority, path: AUTHORITY_PATH, readOnly: true }] : []),
      tmp(),
    ],
  };
}
