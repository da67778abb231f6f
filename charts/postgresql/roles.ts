/** The database of MLflow and its roles: the same wherever the platform sets it up. */

export interface ApplicationRoles {
  readonly database: string;
  readonly schema: string;
  /** Owns the schema, and never logs in. */
  readonly owner: string;
  /** Logs in, and acts as the owner. */
  readonly user: string;
  /** Reads everything, for what copies the database. */
  readonly reader: string;
}

export const MLFLOW: ApplicationRoles = {
  database: 'mlflowdb',
  schema: 'mlflow',
  owner: 'mlflow_owner',
  user: 'mlflow',
  reader: 'mlflow_reader',
};

/** A name in double quotes, as it stands in a statement. */
const name = (text: string) => `"${text.replaceAll('"', '""')}"`;
const value = (text: string) => `'${text.replaceAll("'", "''")}'`;

/**
 * What a superuser says in a new database that belongs to the user who logs in, so that this user may act as the owner of
 * a schema, and as nothing else: what init.sh does in the embedded server.
 *
 * CONNECT to the database "postgres" stays with everybody: replicas that rejoin a cluster log in there.
 */
export function roleStatements({ database, schema, owner, user, reader }: ApplicationRoles): string[] {
  const [db, ns, owns, logsIn, reads] = [database, schema, owner, user, reader].map(name);
  return [
    `CREATE ROLE ${owns} NOLOGIN`,
    `CREATE ROLE ${reads} NOLOGIN`,
    `GRANT ${owns} TO ${logsIn}`,
    `ALTER DATABASE ${db} OWNER TO postgres`,
    `REVOKE ALL ON DATABASE ${db} FROM PUBLIC`,
    `GRANT CONNECT, TEMPORARY ON DATABASE ${db} TO ${logsIn}`,
    `GRANT CONNECT ON DATABASE ${db} TO ${reads}`,
    // What measures asks in this database, as cnpg_metrics_exporter: a member of pg_monitor that is not there yet.
    // Source: "Monitoring" in the documentation of CloudNativePG 1.29. It was a superuser before 1.28.3 and 1.29.1.
    `GRANT CONNECT ON DATABASE ${db} TO pg_monitor`,
    `ALTER DATABASE ${db} SET search_path = ${ns}`,
    `ALTER ROLE ${logsIn} IN DATABASE ${db} SET role = ${value(owner)}`,
    'REVOKE ALL ON SCHEMA public FROM PUBLIC',
    `CREATE SCHEMA ${ns} AUTHORIZATION ${owns}`,
    `REVOKE ALL ON SCHEMA ${ns} FROM PUBLIC`,
  ];
}
