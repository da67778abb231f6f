/** What others need to know of a bucket, whoever serves it. */
import { originOf, type Server } from '../lib/endpoint';
import type { Credential } from '../lib/secret';

/** How a client reaches a bucket, and the key that it does so with. */
export interface BucketAccess<S extends Server = Server> {
  readonly endpoint: S;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: Credential;
}

/** The origin of the S3 API, for a Secret that must carry it. */
export const s3Origin = (access: BucketAccess) => originOf(access.endpoint);

/** The address of a bucket, or of what lies at a path in it, such as "s3://models/wine/1". */
export const bucketUri = (bucket: string, path = '') => `s3://${bucket}/${path}`;
