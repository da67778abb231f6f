/** The users of the bucket and what each may do, as S3 policies. */
import type { Credential } from '../lib/secret';

export interface BucketUser {
  /** Also the name of the key in the Secret of the users' keys. */
  readonly accessKeyId: string;
  readonly access: 'read-only' | 'read-write';
  readonly secretAccessKey: Credential;
}

const READ = ['s3:GetBucketLocation', 's3:ListBucket'];
const WRITE = ['s3:ListBucketMultipartUploads'];
const READ_OBJECTS = ['s3:GetObject'];
const WRITE_OBJECTS = ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'];

export const policyName = (bucket: string, user: BucketUser) => `${bucket}-${user.access}`;

/** An S3 policy for each user: the bucket and its objects, nothing else, and no say in the server. */
export function policies(bucket: string, users: readonly BucketUser[]): Record<string, string> {
  return Object.fromEntries(
    users.map((user) => {
      const writes = user.access === 'read-write';
      const statement = (Effect: 'Allow' | 'Deny', Action: readonly string[], resource: string) => ({
        Effect,
        Action,
        Resource: [`arn:aws:s3:::${resource}`],
      });
      const policy = {
        Version: '2012-10-17',
        Statement: [
          statement('Allow', writes ? [...READ, ...WRITE] : READ, bucket),
          statement('Allow', writes ? [...READ_OBJECTS, ...WRITE_OBJECTS] : READ_OBJECTS, `${bucket}/*`),
          // A user may otherwise make itself further keys, which outlive a change of its own.
          statement('Deny', ['admin:CreateServiceAccount'], '*'),
        ],
      };
      return [`${policyName(bucket, user)}.json`, `${JSON.stringify(policy, null, 2)}\n`];
    }),
  );
}
