#!/bin/sh
# Sets up a database for one application. The postgres image runs this once, on an empty data folder.
#
# It can be run again by hand: it creates only what is missing, and gives the superuser and the login role the passwords
# that the Secret has now.
#
# Reads: POSTGRES_USER, the superuser, and POSTGRES_PASSWORD_FILE, the file with its password; APP_DATABASE; APP_SCHEMA; APP_OWNER, a role that owns the schema and never logs in;
# APP_USER, a role that logs in and acts as the owner; APP_PASSWORD_FILE, the file with the password of that role.
set -eu
: "${POSTGRES_PASSWORD_FILE:?names no file}" "${APP_PASSWORD_FILE:?names no file}"

# psql reads the passwords from their files, so that no process list shows them. The SET commands turn off every way in
# which the server could log the statements that carry them.
exec psql --no-psqlrc --no-password --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres \
  --set=superuser="$POSTGRES_USER" --set=database="$APP_DATABASE" --set=schema="$APP_SCHEMA" --set=owner="$APP_OWNER" --set=login="$APP_USER" <<'SQL'
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
SET log_min_duration_statement = -1;
SET log_min_duration_sample = -1;
SET log_duration = off;
SET log_transaction_sample_rate = 0;
SET client_min_messages = 'warning';
SET password_encryption = 'scram-sha-256';
\set superuser_password `cat "$POSTGRES_PASSWORD_FILE"`
\set password `cat "$APP_PASSWORD_FILE"`
SELECT '' IN (:'superuser_password', :'password') AS no_password \gset
\if :no_password
  \warn 'a password file is missing or empty'
  SELECT 1/0;
\endif

ALTER ROLE :"superuser" PASSWORD :'superuser_password';
\unset superuser_password

-- CREATE ROLE and CREATE DATABASE know no IF NOT EXISTS.
SELECT format('CREATE ROLE %I', :'owner')
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \gexec
SELECT format('CREATE ROLE %I', :'login')
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'login') \gexec
SELECT format('CREATE DATABASE %I', :'database')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec

ALTER ROLE :"owner" WITH NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD NULL;
ALTER ROLE :"login" WITH LOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'password';
\unset password
GRANT :"owner" TO :"login";

-- The superuser keeps the database: its owner could drop it, and would own schema public.
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :"database" TO :"login";
ALTER DATABASE :"database" SET search_path = :"schema";
-- Tables that migrations create belong to the owner, whoever logs in.
ALTER ROLE :"login" IN DATABASE :"database" SET role = :'owner';

\connect :"database"
SET client_min_messages = 'warning';
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA IF NOT EXISTS :"schema" AUTHORIZATION :"owner";
ALTER SCHEMA :"schema" OWNER TO :"owner";
REVOKE ALL ON SCHEMA :"schema" FROM PUBLIC;
SQL
