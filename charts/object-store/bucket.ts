/** What others need to know of a bucket, whoever serves it. */
import type { Authority } from '../certificates/authority';
import { type AddressRange, type Edge, originOf, type Peer, type Server } from '../lib/endpoint';
import type { Credential } from '../lib/secret';

/** A key of the S3 API. */
export interface BucketKey {
  /** A name that the platform gives, or one that comes with the key. */
  readonly accessKeyId: string | Credential;
  readonly secretAccessKey: Credential;
}

/** Whose S3 API it is: that of AWS, of Google Cloud Storage, of MinIO or SeaweedFS, or one that is like them. */
export type Provider = 'AWS' | 'GCS' | 'Minio' | 'SeaweedFS' | 'Other';

/** How a client reaches a bucket, and the key that it does so with. */
export interface BucketAccess<S extends Server = Server> {
  readonly endpoint: S;
  readonly bucket: string;
  readonly provider: Provider;
  readonly region: string;
  /** Whether the bucket stands in the path of an address; in its host otherwise. */
  readonly pathStyle: boolean;
  /** Whose certificates are taken for that of the server; of no account without TLS. */
  readonly authority: Authority;
  /** @default - none: the cloud knows the pod by its ServiceAccount */
  readonly key?: BucketKey;
  /** Where a pod gets the credentials of its ServiceAccount. @default - from the store's own addresses */
  readonly identityEgress?: readonly { readonly cidr: string; readonly port: number }[];
}

/** The bucket of backups, by a key for each who uses it. None of them can delete or change what is there. */
export interface BackupBucket<S extends Server = Server> {
  /** Adds objects and can read none, such as the dumps of a database. */
  readonly write: BucketAccess<S>;
  /** Lists and reads: a restore, and its rehearsal. */
  readonly read: BucketAccess<S>;
  /** Adds objects and reads them again, such as the log of a database and what recovers by it. */
  readonly archive: BucketAccess<S>;
}

/** The bucket of logged requests. Neither key can read what was asked and answered. */
export interface LogBucket<S extends Server = Server> {
  /** Adds objects. */
  readonly write: BucketAccess<S>;
  /** Lists and deletes. */
  readonly remove: BucketAccess<S>;
}

/** The origin of the S3 API, for a Secret that must carry it. */
export const s3Origin = (access: Pick<BucketAccess, 'endpoint'>) => originOf(access.endpoint);

/** The address of a bucket, or of what lies at a path in it, such as "s3://models/wine/1". */
export const bucketUri = (bucket: string, path = '') => `s3://${bucket}/${path}`;

/** The connections by which pods without a key get one, beside that to the store. */
export function identityEdges(from: Peer, { identityEgress = [] }: BucketAccess): Edge[] {
  return identityEgress.map(({ cidr, port }) => {
    const to: AddressRange = { kind: 'cidr', cidr };
    return { from, to, ports: [port] };
  });
}
