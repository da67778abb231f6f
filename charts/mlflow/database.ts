/** How MLflow's own programs reach the database: the server, the migration and the clean-up. */
import type { k8s } from 'cdk8s-plus-27';
import type { Variables } from '../lib/container';
import type { Mount } from '../lib/volumes';
import type { DatabaseConnection } from '../postgresql/connection';
import { DATABASE_KEY, PG_SERVICE } from './credentials';

export interface DatabaseAccess {
  readonly database: DatabaseConnection;
  readonly databaseAddress: { readonly host: string; readonly port: number };
  /** The volume with the file that has the password. */
  readonly databaseLogin: k8s.Volume;
}

/** The driver and nothing else: libpq takes host, user and database from the environment, the password from a file. */
export const BACKEND_STORE = 'postgresql+psycopg2://';
const DATABASE_PATH = '/run/secrets/database';

/** The variables of a container with `databaseMount` that runs MLflow. */
export function mlflowEnv({ database, databaseAddress }: DatabaseAccess): Variables {
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
  };
}

export const databaseMount = ({ databaseLogin }: DatabaseAccess): Mount => ({
  volume: databaseLogin,
  path: DATABASE_PATH,
});
