#!/bin/sh
# Prints what a schema holds: its Alembic revision, and a line for each table and sequence, always in the same order. Two
# schemas with the same lines hold the same data, on whatever server and release.
#
# Of a table: how many rows it has, and a sum over the digests of the rows, which does not depend on their order.
#
# Reads: the variables of libpq; APP_SCHEMA; SNAPSHOT, if set, the snapshot of another transaction to look at.
set -eu
: "${APP_SCHEMA:?names no schema}"

exec psql --no-psqlrc --no-password --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 \
  --set=schema="$APP_SCHEMA" --set=snapshot="${SNAPSHOT:-}" <<'SQL'
-- How values are written as text must not depend on the server.
SET client_encoding = 'UTF8';
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'iso_8601';
SET extra_float_digits = 1;
SET bytea_output = 'hex';
SET lc_monetary = 'C';

SELECT :'snapshot' <> '' AS other \gset
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
\if :other
SET TRANSACTION SNAPSHOT :'snapshot';
\endif
SET LOCAL search_path = '';

SELECT format('SELECT ''revision '' || version_num FROM %I.%I ORDER BY version_num', n.nspname, c.relname)
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = :'schema' AND c.relname = 'alembic_version' AND c.relkind = 'r' \gexec

-- Sixty bits of each digest: they make a positive bigint, and a sum of bigints is numeric, which has no end.
SELECT format(
    'SELECT %L || count(*) || '' '' || coalesce(sum((''x'' || left(md5(t::text), 15))::bit(60)::bigint), 0) FROM ONLY %I.%I t',
    'table ' || c.relname || ' ', n.nspname, c.relname)
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = :'schema' AND c.relkind = 'r' ORDER BY c.relname COLLATE "C" \gexec

SELECT format('SELECT %L || last_value || '' '' || is_called FROM %I.%I', 'sequence ' || c.relname || ' ', n.nspname, c.relname)
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = :'schema' AND c.relkind = 'S' ORDER BY c.relname COLLATE "C" \gexec

-- From release 18 on, NOT NULL is a constraint, too.
SELECT 'constraints ' || count(*)
  FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace
  WHERE n.nspname = :'schema' AND c.contype IN ('c', 'f', 'p', 'u', 'x');
SELECT 'indexes ' || count(*) FROM pg_catalog.pg_indexes WHERE schemaname = :'schema';
SQL
