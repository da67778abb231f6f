/** The users of the buckets and what each may do, as S3 policies. */
import type { BucketKey } from './bucket';

/** What a user may do in its bucket. Nobody but root may change what is kept of old versions. */
export type Grant = 'read-only' | 'read-write' | 'put-only' | 'put-and-read';

export interface BucketUser extends BucketKey {
  /** Also the name of the key in the Secret of the users' keys. */
  readonly accessKeyId: string;
  readonly bucket: string;
  readonly access: Grant;
}

const LIST = ['s3:GetBucketLocation', 's3:ListBucket'];
const UPLOADS = ['s3:ListBucketMultipartUploads'];
const READ = ['s3:GetObject'];
const PUT = ['s3:PutObject'];
const PARTS = ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'];

/** The actions on the bucket, and those on its objects. */
const ACTIONS: Readonly<Record<Grant, { readonly bucket: readonly string[]; readonly objects: readonly string[] }>> = {
  'read-only': { bucket: LIST, objects: READ },
  'read-write': { bucket: [...LIST, ...UPLOADS], objects: [...READ, ...PUT, 's3:DeleteObject', ...PARTS] },
  'put-only': { bucket: ['s3:GetBucketLocation', ...UPLOADS], objects: [...PUT, ...PARTS] },
  'put-and-read': { bucket: [...LIST, ...UPLOADS], objects: [...READ, ...PUT, ...PARTS] },
};

export const policyName = ({ bucket, access }: BucketUser) => `${bucket}-${access}`;

/** An S3 policy for each user: its bucket and the objects in it, nothing else, and no say in the server. */
export function policies(users: readonly BucketUser[]): Record<string, string> {
  return Object.fromEntries(
    users.map((user) => {
      const actions = ACTIONS[user.access];
      const statement = (Effect: 'Allow' | 'Deny', Action: readonly string[], resource: string) => ({
        Effect,
        Action,
        Resource: [`arn:aws:s3:::${resource}`],
      });
      const policy = {
        Version: '2012-10-17',
        Statement: [
          statement('Allow', actions.bucket, user.bucket),
          statement('Allow', actions.objects, `${user.bucket}/*`),
          // A user may otherwise make itself further keys, which outlive a change of its own.
          statement('Deny', ['admin:CreateServiceAccount'], '*'),
        ],
      };
      return [`${policyName(user)}.json`, `${JSON.stringify(policy, null, 2)}\n`];
    }),
  );
}
