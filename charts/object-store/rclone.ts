import { type SecretText, secretText } from '../lib/secret';
import { type BucketAccess, s3Origin } from './bucket';

/**
 * The variables that make rclone's remote "s3" a bucket of the object store, for a Secret.
 * Source: rclone.org/docs, "Config file" and "Environment Variables", and rclone.org/s3.
 */
export function rcloneRemote(store: BucketAccess): Record<string, SecretText> {
  const { key } = store;
  return {
    RCLONE_CONFIG_S3_TYPE: secretText`s3`,
    RCLONE_CONFIG_S3_PROVIDER: secretText`Minio`,
    RCLONE_CONFIG_S3_ENV_AUTH: secretText`${String(key === undefined)}`,
    RCLONE_CONFIG_S3_ENDPOINT: secretText`${s3Origin(store)}`,
    ...(key && {
      RCLONE_CONFIG_S3_ACCESS_KEY_ID: secretText`${key.accessKeyId}`,
      RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: secretText`${key.secretAccessKey}`,
    }),
  };
}
