/** How rclone reaches a bucket. */

import type { Construct } from 'constructs';
import { AUTHORITY_FILE, authorityVolume } from '../certificates/authority';
import type { Variables } from '../lib/container';
import type { k8s } from '../lib/k8s';
import { type SecretText, secretText } from '../lib/secret';
import type { Mount } from '../lib/volumes';
import { type BucketAccess, s3Origin } from './bucket';

/**
 * The variables that make a remote of rclone a bucket of the object store, for a Secret.
 *
 * Source: rclone.org/docs, "Config file" and "Environment Variables", and rclone.org/s3. SeaweedFS is "Other" there for
 * the rclone of models, 1.59, which does not know it.
 */
export function rcloneRemote(store: BucketAccess, remote = 's3'): Record<string, SecretText> {
  const { key, provider, region, pathStyle } = store;
  const fields: Record<string, SecretText> = {
    TYPE: secretText`s3`,
    PROVIDER: secretText`${provider === 'SeaweedFS' || provider === 'GCS' ? 'Other' : provider}`,
    ENV_AUTH: secretText`${String(key === undefined)}`,
    ENDPOINT: secretText`${s3Origin(store)}`,
    // MinIO has neither regions nor any other style.
    ...(provider !== 'Minio' && {
      REGION: secretText`${region}`,
      FORCE_PATH_STYLE: secretText`${String(pathStyle)}`,
    }),
    ...(key && {
      ACCESS_KEY_ID: secretText`${key.accessKeyId}`,
      SECRET_ACCESS_KEY: secretText`${key.secretAccessKey}`,
    }),
  };
  return Object.fromEntries(
    Object.entries(fields).map(([name, text]) => [`RCLONE_CONFIG_${remote.toUpperCase()}_${name}`, text]),
  );
}

/** rclone's name for a place, such as "s3:lake/in" for "s3://lake/in/". */
export const rcloneName = (uri: string) => uri.replace('s3://', 's3:').replace(/\/+$/, '');

const AUTHORITY_PATH = '/etc/object-store-authority';
/** The authority of the store in a container. */
export const STORE_AUTHORITY_FILE = `${AUTHORITY_PATH}/${AUTHORITY_FILE}`;

/** The volume with the authority of a store, for those in one namespace; none where it is a public one. */
export const storeAuthority = (scope: Construct, { authority }: BucketAccess): k8s.Volume | undefined =>
  authorityVolume(scope, 'object-store-client', authority, 'object-store-authority');

/** Where a container has the authority of the store, if there is a volume with one. */
export const authorityMounts = (volume: k8s.Volume | undefined): Mount[] =>
  volume ? [{ volume, path: AUTHORITY_PATH, readOnly: true }] : [];

/** What rclone has to be told to trust it. */
export const rcloneTrust = (volume: k8s.Volume | undefined): Variables =>
  volume ? { RCLONE_CA_CERT: STORE_AUTHORITY_FILE } : {};
