/** How MLflow's own programs reach the database: the server, the migration and the clean-up. */

import type { Construct } from 'constructs';
import { AUTHORITY_FILE, authorityVolume } from '../certificates/authority';
import type { Variables } from '../lib/container';
import type { k8s } from '../lib/k8s';
import type { Mount } from '../lib/volumes';
import type { DatabaseConnection, ServerCheck } from '../postgresql/connection';
import { DATABASE_KEY, PG_SERVICE } from './credentials';

export interface DatabaseAccess {
  readonly database: DatabaseConnection;
  readonly databaseAddress: { readonly host: string; readonly port: number };
  /** The volume with the file that has the password. */
  readonly databaseLogin: k8s.Volume;
  /** The volume with the authority that the server's certificate is checked by. @default - none is needed */
  readonly databaseAuthority?: k8s.Volume;
}

/** The driver and nothing else: libpq takes host, user and database from the environment, the password from a file. */
export const BACKEND_STORE = 'postgresql+psycopg2://';
const DATABASE_PATH = '/run/secrets/database';
const AUTHORITY_PATH = '/run/database-authority';

/** The variables of a container with `databaseMounts` that runs MLflow. */
export function mlflowEnv({ database, databaseAddress }: DatabaseAccess): Variables {
  const { schema, check } = database;
  return {
    HOME: '/tmp',
    MLFLOW_DISABLE_TELEMETRY: 'true',
    DO_NOT_TRACK: 'true',
    PGHOST: databaseAddress.host,
    PGPORT: databaseAddress.port,
    PGDATABASE: database.database,
    PGUSER: database.user,
    PGSERVICE: PG_SERVICE,
    PGSERVICEFILE: `${DATABASE_PATH}/${DATABASE_KEY}`,
    PGAPPNAME: 'mlflow',
    ...(schema !== undefined && { PGOPTIONS: `-c search_path=${schema}` }),
    ...(check.sslMode !== 'prefer' && { PGSSLMODE: check.sslMode }),
    ...('authority' in check && {
      // "system" means the public authorities that OpenSSL finds.
      PGSSLROOTCERT: check.authority.kind === 'public' ? 'system' : `${AUTHORITY_PATH}/${AUTHORITY_FILE}`,
    }),
  };
}

/** The volume with which MLflow checks the server's certificate. */
export function databaseAuthority(scope: Construct, check: ServerCheck): k8s.Volume | undefined {
  const volume = 'authority' in check ? authorityVolume(scope, 'mlflow-database-client', check.authority) : undefined;
  return volume && { ...volume, name: 'database-authority' };
}

export const databaseMounts = ({ databaseLogin, databaseAuthority }: DatabaseAccess): Mount[] => [
  { volume: databaseLogin, path: DATABASE_PATH },
  ...(databaseAuthority ? [{ volume: databaseAuthority, path: AUTHORITY_PATH }] : []),
];
