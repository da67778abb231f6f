/** What every kind of object store publishes. */
import type { Server } from '../lib/endpoint';
import type { BackupBucket, BucketAccess, LogBucket } from './bucket';

export interface TeamBuckets<S extends Server = Server> {
  readonly readOnly: BucketAccess<S>;
  /** Absent where the team has no batch predictions. */
  readonly batch?: BucketAccess<S>;
}

export interface Buckets<S extends Server = Server> {
  /** May read, write and delete in the bucket: MLflow's artifacts. */
  readonly readWrite: BucketAccess<S>;
  /** May list and read the bucket: the model servers. */
  readonly readOnly: BucketAccess<S>;
  /** May do what `readWrite` may: rows and answers of batch predictions. Absent where there are none. */
  readonly batch?: BucketAccess<S>;
  /** May list and read the bucket: the mirror. Absent where there is none. */
  readonly mirror?: BucketAccess<S>;
  /** The bucket of backups; absent where there is none. */
  readonly backups?: BackupBucket<S>;
  /** The bucket of logged requests, by a key for each who uses it; absent where there is none. */
  readonly requestLog?: LogBucket<S>;
  /** By the name of a team: what may do the same as `readOnly` and `batch`, in the folder of the team. */
  readonly teams: Readonly<Record<string, TeamBuckets<S>>>;
}
