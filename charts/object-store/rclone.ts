import { secretText } from '../lib/secret';
import { type BucketAccess, s3Origin } from './bucket';

/**
 * The variables that make rclone's remote "s3" a bucket of the object store, for a Secret.
 * Source: rclone.org/docs, "Config file" and "Environment Variables".
 */
export function rcloneRemote(store: BucketAccess) {
  return {
    RCLONE_CONFIG_S3_TYPE: secretText`s3`,
    RCLONE_CONFIG_S3_PROVIDER: secretText`Minio`,
    RCLONE_CONFIG_S3_ENV_AUTH: secretText`false`,
    RCLONE_CONFIG_S3_ENDPOINT: secretText`${s3Origin(store)}`,
    RCLONE_CONFIG_S3_ACCESS_KEY_ID: secretText`${store.accessKeyId}`,
    RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: secretText`${store.secretAccessKey}`,
  };
}
