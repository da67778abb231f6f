/** The users of the buckets, one for each consumer. */
import { Credential, idOf } from '../lib/secret';
import type { BucketUser, Grant } from './policies';

/** The folder of a team in the bucket. */
export interface TeamFolder {
  readonly name: string;
  readonly prefix: string;
  /** Makes a user for the batch predictions of the team. */
  readonly batch: boolean;
}

/** Who uses the folder of a team. */
export interface UsersOfTeam<U> {
  /** What fetches the files of its models. */
  readonly seldon: U;
  readonly batch?: U;
}

export interface UsersProps {
  readonly bucket: string;
  /** Makes a user for batch predictions. */
  readonly batch: boolean;
  /** Makes a user for the mirror of the bucket. @default false */
  readonly mirrored?: boolean;
  /** Makes users for each of these teams, by its name and its folder. @default - there are none */
  readonly teams?: readonly TeamFolder[];
  /** The bucket of backups. @default - there is none */
  readonly backups?: { readonly bucket: string };
  /** The bucket of logged requests, and the folder of each team in it. @default - there is none */
  readonly requestLog?: { readonly bucket: string; readonly teams: readonly Pick<TeamFolder, 'name' | 'prefix'>[] };
}

/** What each of them is to the platform; of those that an environment has no use for there is no user. */
export interface Users<U> {
  /** MLflow: may read, write and delete artifacts. */
  readonly mlflow: U;
  /** What fetches the files of models. */
  readonly seldon: U;
  readonly batch?: U;
  /** Reads the bucket, to copy it to a second place. */
  readonly mirror?: U;
  readonly backups?: { readonly write: U; readonly read: U; readonly archive: U };
  /** No pod has the keys of those who read: people are given them. */
  readonly requestLog?: {
    readonly write: U;
    readonly remove: U;
    readonly read: U;
    /** May read what was asked of the models of a team, by the name of the team. */
    readonly teams: Readonly<Record<string, U>>;
  };
  /** Those of each team, by its name. */
  readonly teams: Readonly<Record<string, UsersOfTeam<U>>>;
}

export function usersOf({ bucket, batch, mirrored, backups, requestLog, teams = [] }: UsersProps): Users<BucketUser> {
  return {
    mlflow: user(bucket, 'mlflow', 'read-write', "MLflow's key to the object store, read-write"),
    seldon: user(bucket, 'seldon', 'read-only', "The model servers' key to the object store, read-only"),
    ...(batch && {
      batch: user(bucket, 'batch', 'read-write', "Batch predictions' key to the object store, read-write"),
    }),
    ...(mirrored && {
      mirror: user(bucket, 'mirror', 'read-only', "The mirror's key to the object store, read-only"),
    }),
    ...(backups && {
      backups: {
        write: user(backups.bucket, 'backup', 'put-only', 'Key that adds backups to their bucket and reads none'),
        read: user(backups.bucket, 'restore', 'read-only', 'Key that reads backups'),
        archive: user(backups.bucket, 'archive', 'put-and-read', "Key of the database's archive: adds and reads"),
      },
    }),
    ...(requestLog && { requestLog: logUsers(requestLog) }),
    teams: Object.fromEntries(teams.map((team) => [team.name, usersOfTeam(bucket, team)])),
  };
}

/** What they are comes before the name of the team, which may end in anything. */
const usersOfTeam = (bucket: string, { name, prefix, batch }: TeamFolder): UsersOfTeam<BucketUser> => ({
  seldon: { ...user(bucket, `team-${name}`, 'read-only', `Key to the files of ${name}'s models, read-only`), prefix },
  ...(batch && {
    batch: {
      ...user(bucket, `batch-${name}`, 'read-write', `Key of ${name}'s batches to its folder, read-write`),
      prefix,
    },
  }),
});

function logUsers({
  bucket,
  teams,
}: NonNullable<UsersProps['requestLog']>): NonNullable<Users<BucketUser>['requestLog']> {
  return {
    write: user(bucket, 'request-log', 'put-only', 'Key that adds logged requests to their bucket and reads none'),
    remove: user(bucket, 'request-log-retention', 'list-and-delete', 'Key that deletes logged requests and reads none'),
    read: user(bucket, 'auditor', 'read-only', 'Key for people who read all logged requests'),
    teams: Object.fromEntries(
      teams.map(({ name, prefix }) => {
        const who = `Key for people who read the logged requests of ${name}'s models`;
        return [name, { ...user(bucket, `auditor-${name}`, 'read-only', who), prefix }];
      }),
    ),
  };
}

const user = (bucket: string, accessKeyId: string, access: Grant, purpose: string): BucketUser => ({
  bucket,
  accessKeyId,
  access,
  secretAccessKey: new Credential(`${idOf(accessKeyId)}_S3_SECRET_KEY`, purpose),
});

/** All of them, in a fixed order. */
export const listOf = <U>({ mlflow, seldon, batch, mirror, backups, requestLog, teams }: Users<U>): U[] => [
  mlflow,
  seldon,
  ...(batch ? [batch] : []),
  ...(mirror ? [mirror] : []),
  ...(backups ? [backups.write, backups.read, backups.archive] : []),
  ...(requestLog ? [requestLog.write, requestLog.remove, requestLog.read, ...Object.values(requestLog.teams)] : []),
  ...Object.values(teams).flatMap((team) => [team.seldon, ...(team.batch ? [team.batch] : [])]),
];

/** The same for each of them. */
export function mapUsers<U, V>(
  { mlflow, seldon, batch, mirror, backups, requestLog, teams }: Users<U>,
  change: (user: U) => V,
): Users<V> {
  const changed = (all: Readonly<Record<string, U>>) =>
    Object.fromEntries(Object.entries(all).map(([name, user]) => [name, change(user)]));
  return {
    mlflow: change(mlflow),
    seldon: change(seldon),
    ...(batch && { batch: change(batch) }),
    ...(mirror && { mirror: change(mirror) }),
    ...(backups && {
      backups: { write: change(backups.write), read: change(backups.read), archive: change(backups.archive) },
    }),
    ...(requestLog && {
      requestLog: {
        write: change(requestLog.write),
        remove: change(requestLog.remove),
        read: change(requestLog.read),
        teams: changed(requestLog.teams),
      },
    }),
    teams: Object.fromEntries(
      Object.entries(teams).map(([name, team]) => [
        name,
        { seldon: change(team.seldon), ...(team.batch && { batch: change(team.batch) }) },
      ]),
    ),
  };
}
