/** The users of the buckets and what each may do, as S3 policies. */
import type { BucketKey } from './bucket';

/** What a user may do in its bucket. Nobody but root may change what is kept of old versions. */
export type Grant = 'read-only' | 'read-write' | 'put-only' | 'put-and-read' | 'list-and-delete';

export interface BucketUser extends BucketKey {
  /** Also the name of the key in the Secret of the users' keys. */
  readonly accessKeyId: string;
  readonly bucket: string;
  readonly access: Grant;
  /** The one folder of the bucket that it sees, without "/" at its ends. @default - all of it */
  readonly prefix?: string;
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
  'list-and-delete': { bucket: LIST, objects: ['s3:DeleteObject'] },
};

export const policyName = ({ bucket, access, prefix }: BucketUser) =>
  [bucket, access, ...(prefix === undefined ? [] : [prefix.replaceAll('/', '-')])].join('-');

/**
 * An S3 policy for each user: its bucket and the objects in it, nothing else, and no say in the server.
 * @param alsoToRead what the store asks of who reads an object, beside s3:GetObject
 */
export function policies(users: readonly BucketUser[], alsoToRead: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    users.map((user) => {
      const { bucket: ofBucket, objects } = ACTIONS[user.access];
      const actions = {
        bucket: ofBucket,
        objects: objects.flatMap((action) => (READ.includes(action) ? [action, ...alsoToRead] : [action])),
      };
      const { bucket, prefix } = user;
      const statement = (Effect: 'Allow' | 'Deny', Action: readonly string[], resource: string) => ({
        Effect,
        Action,
        Resource: [`arn:aws:s3:::${resource}`],
      });
      const onBucket =
        prefix === undefined
          ? statement('Allow', actions.bucket, bucket)
          : // Where the bucket is, and what is being uploaded to it, tells nothing of one folder. A list is of one.
            {
              ...statement('Allow', ['s3:ListBucket'], bucket),
              Condition: { StringLike: { 's3:prefix': [`${prefix}/*`] } },
            };
      const policy = {
        Version: '2012-10-17',
        Statement: [
          onBucket,
          statement('Allow', actions.objects, prefix === undefined ? `${bucket}/*` : `${bucket}/${prefix}/*`),
          // A user may otherwise make itself further keys, which outlive a change of its own.
          statement('Deny', ['admin:CreateServiceAccount'], '*'),
        ],
      };
      return [`${policyName(user)}.json`, `${JSON.stringify(policy, null, 2)}\n`];
    }),
  );
}
