/** A client of S3 with the key of one user: the MinIO client, which every kind of store understands. */
import { join } from 'node:path';
import { type Result, run } from '../cluster/commands';

export interface ClientProps {
  readonly mc: string;
  readonly work: string;
  readonly origin: string;
  readonly authority: string;
  /** The secret key of each user. */
  readonly keys: Readonly<Record<string, string>>;
}

export class Client {
  constructor(private readonly props: ClientProps) {}

  get origin(): string {
    return this.props.origin;
  }

  /** The file with who has signed the certificate of the store. */
  get authority(): string {
    return this.props.authority;
  }

  keyOf(user: string): string {
    const key = this.props.keys[user];
    if (key === undefined) throw new Error(`the store has no user ${user}`);
    return key;
  }

  /** Runs mc; a user is the alias of the store with its key, such as "mlflow/models". */
  mc(...args: string[]): Result {
    const { mc, work, origin, authority, keys } = this.props;
    const host = new URL(origin).host;
    const logins = Object.entries(keys).map(([user, key]) => [`MC_HOST_${user}`, `https://${user}:${key}@${host}`]);
    return run(mc, ['--config-dir', join(work, 'mc'), '--quiet', ...args], work, {
      SSL_CERT_FILE: authority,
      ...Object.fromEntries(logins),
    });
  }

  put(place: string, file: string): boolean {
    return this.mc('cp', file, place).status === 0;
  }

  read(place: string): string | undefined {
    const { status, stdout } = this.mc('cat', place);
    return status === 0 ? stdout : undefined;
  }
}

/** The variables by which rclone knows a store as a remote of this name, in upper case. */
export const rcloneRemote = (name: string, client: Client, user: string): Record<string, string> => ({
  [`RCLONE_CONFIG_${name}_TYPE`]: 's3',
  [`RCLONE_CONFIG_${name}_PROVIDER`]: 'Other',
  [`RCLONE_CONFIG_${name}_ENDPOINT`]: client.origin,
  [`RCLONE_CONFIG_${name}_ACCESS_KEY_ID`]: user,
  [`RCLONE_CONFIG_${name}_SECRET_ACCESS_KEY`]: client.keyOf(user),
});

/** What is asked of a store, and whether it is allowed. */
export type Permission = readonly [what: string, args: readonly string[], allowed: boolean];

/** @throws Error with all that is allowed and should not be, or the other way round */
export function probe(client: Client, permissions: readonly Permission[]): string {
  const wrong = permissions.flatMap(([what, args, allowed]) => {
    const { status, stdout, stderr } = client.mc(...args);
    if ((status === 0) === allowed) return [];
    return [`${what}: ${allowed ? 'refused' : 'allowed'}\n${stdout}${stderr}`.trim()];
  });
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  const refused = permissions.filter(([, , allowed]) => !allowed).length;
  return `${permissions.length - refused} allowed, ${refused} refused`;
}

/** What every user of the buckets may do and may not, by keys of objects that are there. */
export function permissionsOf(bucket: string, backups: string, file: string): Permission[] {
  const own = (user: string, write: boolean): Permission[] => [
    [`${user} lists`, ['ls', `${user}/${bucket}`], true],
    [`${user} reads`, ['cat', `${user}/${bucket}/seen`], true],
    [`${user} writes`, ['cp', file, `${user}/${bucket}/by-${user}`], write],
    [`${user} deletes`, ['rm', `${user}/${bucket}/by-${user === 'seldon' ? 'root' : user}`], write],
    [`${user} makes a bucket`, ['mb', `${user}/of-${user}`], false],
    [`${user} opens the bucket to everybody`, ['anonymous', 'set', 'public', `${user}/${bucket}`], false],
    [`${user} reads backups`, ['cat', `${user}/${backups}/seen`], false],
    [`${user} writes backups`, ['cp', file, `${user}/${backups}/by-${user}`], false],
  ];
  const outside = (user: string): Permission[] => [
    [`${user} reads models`, ['cat', `${user}/${bucket}/seen`], false],
    [`${user} writes models`, ['cp', file, `${user}/${bucket}/by-${user}`], false],
    [`${user} deletes a backup`, ['rm', `${user}/${backups}/seen`], false],
  ];
  return [
    ...own('mlflow', true),
    ...own('seldon', false),
    ...['backup', 'restore', 'archive'].flatMap(outside),
    ['backup adds', ['put', '--disable-multipart', file, `backup/${backups}/by-backup`], true],
    ['backup reads', ['cat', `backup/${backups}/seen`], false],
    ['backup lists', ['ls', `backup/${backups}`], false],
    ['restore lists', ['ls', `restore/${backups}`], true],
    ['restore reads', ['cat', `restore/${backups}/seen`], true],
    ['restore adds', ['put', '--disable-multipart', file, `restore/${backups}/by-restore`], false],
    ['archive adds', ['put', '--disable-multipart', file, `archive/${backups}/by-archive`], true],
    ['archive reads', ['cat', `archive/${backups}/by-archive`], true],
  ];
}
