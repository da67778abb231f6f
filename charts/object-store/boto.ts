/** How a Python program with boto3 reaches a bucket: the variables that it reads, and the files that these name. */
import type { Variables } from '../lib/container';
import { type SecretText, secretText } from '../lib/secret';
import type { BucketAccess, BucketKey } from './bucket';

/** The key in the form of an AWS credentials file. */
export const credentialsFile = ({ accessKeyId, secretAccessKey }: BucketKey): SecretText =>
  secretText`[default]\naws_access_key_id=${accessKeyId}\naws_secret_access_key=${secretAccessKey}\n`;

export interface BotoFiles {
  /** Where the container has the key. @default - the cloud knows the pod by its ServiceAccount */
  readonly credentials?: string;
  /** Where it has the authority of the server. @default - the public ones */
  readonly authority?: string;
}

/** Source: "Configuration" of the documentation of boto3. */
export function botoEnv(
  { region, pathStyle }: Pick<BucketAccess, 'region' | 'pathStyle'>,
  origin: string,
  { credentials, authority }: BotoFiles,
): Variables {
  return {
    AWS_ENDPOINT_URL_S3: origin,
    AWS_DEFAULT_REGION: region,
    // boto3 has no variable for it; the program reads this one.
    ADDRESSING_STYLE: pathStyle ? 'path' : 'virtual',
    // It asks the instance metadata service where it has no key.
    ...(credentials !== undefined && {
      AWS_SHARED_CREDENTIALS_FILE: credentials,
      AWS_EC2_METADATA_DISABLED: 'true',
    }),
    ...(authority !== undefined && { AWS_CA_BUNDLE: authority }),
  };
}
