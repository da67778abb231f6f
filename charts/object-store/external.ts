/** A store outside the platform: nothing is rendered of it, and everybody reaches it as they would the platform's own. */
import { givenAuthority } from '../certificates/authority';
import type { ExternalServer } from '../lib/endpoint';
import { Credential, idOf } from '../lib/secret';
import type { BucketAccess, BucketKey } from './bucket';
import type { PlaceSettings } from './place';
import type { Buckets } from './store';
import type { TeamFolder } from './users';

export interface ExternalStoreProps extends PlaceSettings {
  /** The bucket of models and artifacts, which exists. */
  readonly bucket: string;
  readonly batch: boolean;
  /** @default - there is no such bucket */
  readonly backups?: { readonly bucket: string };
  /** The bucket of logged requests. @default - there is none */
  readonly requestLog?: { readonly bucket: string };
  readonly mirrored: boolean;
  /** Teams, each with keys that somebody has limited to its folder. @default - there are none */
  readonly teams?: readonly TeamFolder[];
}

/** A bucket at a place outside the platform. */
export function externalBucket(
  place: PlaceSettings & { readonly bucket: string },
  key: BucketKey,
): BucketAccess<ExternalServer> {
  const { bucket, provider, region, pathStyle, credentials, identityEgress } = place;
  return {
    endpoint: serverOf(place),
    ...{ bucket, provider, region, pathStyle },
    authority: givenAuthority(place.authority),
    ...(credentials === 'keys' ? { key } : { identityEgress }),
  };
}

/**
 * A key that somebody gives.
 * @param name such as "MLFLOW"
 */
export const givenKey = (name: string, who: string): BucketKey => ({
  accessKeyId: new Credential(`${name}_S3_ACCESS_KEY`, `Name of ${who}`, 'given'),
  secretAccessKey: new Credential(`${name}_S3_SECRET_KEY`, `${who[0]?.toUpperCase()}${who.slice(1)}`, 'given'),
});

export function externalStore(props: ExternalStoreProps): Buckets<ExternalServer> {
  const access = (name: string, who: string, bucket = props.bucket) =>
    externalBucket({ ...props, bucket }, givenKey(name, who));
  const { backups, requestLog, teams = [] } = props;
  return {
    readWrite: access('MLFLOW', "MLflow's key to the object store, read-write"),
    readOnly: access('SELDON', "the model servers' key to the object store, read-only"),
    ...(props.batch && { batch: access('BATCH', "batch predictions' key to the object store, read-write") }),
    ...(props.mirrored && { mirror: access('MIRROR', "the mirror's key to the object store, read-only") }),
    ...(backups && {
      backups: {
        write: access('BACKUP', 'the key that adds backups to their bucket', backups.bucket),
        read: access('RESTORE', 'the key that reads backups', backups.bucket),
        archive: access('ARCHIVE', "the key of the database's archive, which adds and reads", backups.bucket),
      },
    }),
    ...(requestLog && {
      requestLog: {
        write: access('REQUEST_LOG', 'the key that adds logged requests to their bucket', requestLog.bucket),
        remove: access('REQUEST_LOG_RETENTION', 'the key that lists and deletes logged requests', requestLog.bucket),
      },
    }),
    teams: Object.fromEntries(
      teams.map(({ name, prefix, batch }) => [
        name,
        {
          readOnly: access(`TEAM_${idOf(name)}`, `the key that reads ${prefix}/ alone, for ${name}'s models`),
          ...(batch && {
            batch: access(
              `BATCH_${idOf(name)}`,
              `the key that reads and writes ${prefix}/ alone, for ${name}'s batches`,
            ),
          }),
        },
      ]),
    ),
  };
}

function serverOf({ endpoint, cidrs }: PlaceSettings): ExternalServer {
  const { protocol, hostname, port } = new URL(endpoint);
  const tls = protocol === 'https:';
  return { host: hostname, port: Number(port) || (tls ? 443 : 80), cidrs, tls };
}
