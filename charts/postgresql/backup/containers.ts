/** The containers that know PostgreSQL: what dumps a database, what tests a dump, and what loads one. */

import { AUTHORITY_FILE } from '../../certificates/authority';
import type { ContainerProps, Resources, Variables } from '../../lib/container';
import type { Image } from '../../lib/image';
import type { k8s } from '../../lib/k8s';
import { configMapVolume, type Mount, scratchVolume, secretVolume, tmp } from '../../lib/volumes';
import type { DatabaseAdmin } from '../connection';
import { PASSWORDS_PATH } from '../postgresql';

/** Where a container has the authority that the server's certificate is checked by. */
const AUTHORITY_PATH = '/run/database-authority';

export interface DumpProps {
  /** The server's image: pg_dump must not be older than the server. */
  readonly image: Image;
  readonly database: DatabaseAdmin;
  readonly scripts: k8s.KubeConfigMap;
  /** The authority that the server's certificate is checked by. @default - none is needed, or the public ones */
  readonly databaseAuthority?: k8s.Volume;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Where a container has the dumps. */
export const BACKUP_PATH = '/backup';
const SCRATCH_PATH = '/scratch';
const SCRIPTS_PATH = '/opt/postgresql-backup';
export const DUMP_RESOURCES: Resources = {
  requests: { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '16Mi' },
  limits: { cpu: '1', memory: '256Mi', 'ephemeral-storage': '128Mi' },
};

export const scriptsMount = (scripts: k8s.KubeConfigMap): Mount => ({
  volume: configMapVolume('scripts', scripts),
  path: SCRIPTS_PATH,
});
export const scriptPath = (name: string) => `${SCRIPTS_PATH}/${name}`;

/** What every script of this folder reads. */
export const dumpEnv = ({ database, schema }: DatabaseAdmin): Variables => ({
  PGDATABASE: database,
  APP_SCHEMA: schema,
  BACKUP_FOLDER: BACKUP_PATH,
  SCRIPTS: SCRIPTS_PATH,
});

const loginEnv = ({ user, passwordKey, check }: DatabaseAdmin, { host, port }: Address): Variables => ({
  PGHOST: host,
  PGPORT: port,
  PGUSER: user,
  PASSWORD_FILE: `${PASSWORDS_PATH}/${passwordKey}`,
  ...(check.sslMode !== 'prefer' && { PGSSLMODE: check.sslMode }),
  ...('authority' in check && {
    // "system" means the public authorities that OpenSSL finds.
    PGSSLROOTCERT: check.authority.kind === 'public' ? 'system' : `${AUTHORITY_PATH}/${AUTHORITY_FILE}`,
  }),
});

const loginMounts = ({ database: { secret, passwordKey }, databaseAuthority }: DumpProps): Mount[] => [
  { volume: secretVolume('password', secret, passwordKey), path: PASSWORDS_PATH },
  ...(databaseAuthority ? [{ volume: databaseAuthority, path: AUTHORITY_PATH, readOnly: true }] : []),
];

export function dumpContainer(props: DumpProps, address: Address, keep: number, dumps: Mount): ContainerProps {
  const { image, database, scripts } = props;
  return {
    name: 'dump',
    image,
    command: ['/bin/sh', scriptPath('dump.sh')],
    env: { ...loginEnv(database, address), ...dumpEnv(database), KEEP: keep },
    resources: DUMP_RESOURCES,
    mounts: [dumps, scriptsMount(scripts), ...loginMounts(props), tmp()],
  };
}

/** Has no login to the server: the database that it restores into is its own. */
export function restoreTestContainer(
  { image, database, scripts }: DumpProps,
  { maxAgeHours, resources }: { readonly maxAgeHours: number; readonly resources: Resources },
  dumps: Mount,
): ContainerProps {
  return {
    name: 'restore-test',
    image,
    command: ['/bin/sh', scriptPath('restore-test.sh')],
    env: { ...dumpEnv(database), MAX_AGE_HOURS: maxAgeHours, SCRATCH: SCRATCH_PATH },
    resources,
    mounts: [dumps, scriptsMount(scripts), { volume: scratchVolume('scratch'), path: SCRATCH_PATH }, tmp()],
  };
}

export function restoreContainer(props: DumpProps, address: Address, dumps: Mount): ContainerProps {
  const { image, database, scripts } = props;
  return {
    name: 'restore',
    image,
    command: ['/bin/sh', scriptPath('restore.sh')],
    env: { ...loginEnv(database, address), ...dumpEnv(database) },
    resources: DUMP_RESOURCES,
    mounts: [dumps, scriptsMount(scripts), ...loginMounts(props), tmp()],
  };
}
