/** The script that sets up a database for one application, run by the postgres image on an empty data folder. */

export interface InitProps {
  readonly superuser: string;
  readonly database: string;
  readonly schema: string;
  /** Role that owns the schema and never logs in. */
  readonly owner: string;
  /** Role that logs in and acts as the owner. */
  readonly user: string;
  /** Where the login role's password is, inside the container. */
  readonly passwordFile: string;
}

/**
 * Idempotent: it can be run again by hand, for one to give the login role the password that the Secret has now.
 *
 * psql reads the password from its file, so that no process list shows it, with every way off in which the server
 * could log the statement that carries it.
 */
export function initScript(props: InitProps): string {
  const { superuser, database, schema, owner, user, passwordFile } = props;
  return `#!/bin/sh
set -eu
exec psql --no-psqlrc --no-password --quiet --set=ON_ERROR_STOP=1 --username=${superuser} --dbname=postgres <<'SQL'
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
SET log_min_duration_statement = -1;
SET log_min_duration_sample = -1;
SET log_duration = off;
SET log_transaction_sample_rate = 0;
SET client_min_messages = 'warning';
SET password_encryption = 'scram-sha-256';
\\set password \`cat ${passwordFile}\`
SELECT :'password' = '' AS no_password \\gset
\\if :no_password
  \\warn 'no password in ${passwordFile}'
  SELECT 1/0;
\\endif

-- CREATE ROLE and CREATE DATABASE know no IF NOT EXISTS.
SELECT 'CREATE ROLE ${owner}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${owner}') \\gexec
SELECT 'CREATE ROLE ${user}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${user}') \\gexec
SELECT 'CREATE DATABASE ${database}' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${database}') \\gexec

ALTER ROLE ${owner} WITH NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD NULL;
ALTER ROLE ${user} WITH LOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'password';
\\unset password
GRANT ${owner} TO ${user};

-- The database stays the superuser's: its owner could drop it, and would own schema public.
REVOKE ALL ON DATABASE ${database} FROM PUBLIC;
REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE ${database} TO ${user};
ALTER DATABASE ${database} SET search_path = ${schema};
-- Tables that migrations create belong to the owner, whoever logs in.
ALTER ROLE ${user} IN DATABASE ${database} SET role = '${owner}';

\\connect ${database}
SET client_min_messages = 'warning';
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA IF NOT EXISTS ${schema} AUTHORIZATION ${owner};
ALTER SCHEMA ${schema} OWNER TO ${owner};
REVOKE ALL ON SCHEMA ${schema} FROM PUBLIC;
SQL
`;
}
