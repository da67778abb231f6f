#!/bin/sh
# Loads a dump of a folder into the database, all or nothing, and compares it with what the dump says that it holds. Tables
# that were there stay in the schema <schema>_before.
#
# Reads: PGHOST, PGPORT, PGUSER and PGDATABASE, which libpq takes itself; PASSWORD_FILE; APP_SCHEMA, which must exist, and
# whose owner will own the tables; BACKUP_FOLDER; DUMP, such as "mlflowdb-20260131T030000Z", or nothing for the newest;
# SCRIPTS, the folder of census.sh.
set -eu
umask 077

fail() {
  echo "nothing was changed: $*" >&2
  exit 1
}

cd "$BACKUP_FOLDER"
PGPASSWORD=$(cat "$PASSWORD_FILE")
export PGPASSWORD
dump=$(find . -maxdepth 1 -name "${DUMP:-$PGDATABASE-*}.dump" | sort | tail -n 1)
dump=${dump#./}
[ -n "$dump" ] || fail "there is no dump ${DUMP:-of $PGDATABASE}"
name=${dump%.dump}
[ ! -e "$name.sha256" ] || sha256sum --quiet --check "$name.sha256" || fail "$dump is not as it was written"

# A pod that has just started may be refused until the network knows its policies, and nobody starts this one again.
for _ in $(seq 60); do
  ! pg_isready --quiet || break
  sleep 1
done

scratch=$(mktemp -d)
client() {
  psql --no-psqlrc --no-password --quiet --set=ON_ERROR_STOP=1 --set=schema="$APP_SCHEMA" --set=before="${APP_SCHEMA}_before" "$@"
}
ask() {
  client --tuples-only --no-align
}

owner=$(ask <<'SQL'
SELECT nspowner::regrole FROM pg_namespace WHERE nspname = :'schema';
SQL
)
[ -n "$owner" ] || fail "$PGDATABASE has no schema $APP_SCHEMA"
# Those who may write to the schema; what monitors the server may stay.
sessions=$(ask <<'SQL'
SELECT count(*) FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid JOIN pg_namespace n ON n.nspname = :'schema'
  WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
    AND NOT r.rolsuper AND pg_has_role(r.oid, n.nspowner, 'MEMBER');
SQL
)
[ "$sessions" = 0 ] || fail "$sessions connections of MLflow are open; stop it first"
tables=$(ask <<'SQL'
SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident(:'schema')) AND relkind IN ('r', 'S', 'v');
SQL
)
before=$(ask <<'SQL'
SELECT count(*) FROM pg_namespace WHERE nspname = :'before';
SQL
)
[ "$tables" = 0 ] || [ "$before" = 0 ] || fail "$PGDATABASE still has a schema ${APP_SCHEMA}_before, of an earlier restore; drop it first"

# The transaction is committed only if pg_restore has read the dump to its end.
{
  cat <<SQL
BEGIN;
SELECT $tables > 0 AS any \gset
\if :any
ALTER SCHEMA :"schema" RENAME TO :"before";
CREATE SCHEMA :"schema" AUTHORIZATION $owner;
\endif
SET ROLE $owner;
SQL
  pg_restore --file=- --schema="$APP_SCHEMA" --no-owner --no-privileges "$dump" && printf 'COMMIT;\n\\echo restored\n'
} | client --output=/dev/null >"$scratch/restored" || true
[ "$(cat "$scratch/restored")" = restored ] || fail "$dump cannot be loaded"
client --command=ANALYZE

if [ ! -e "$name.census" ]; then
  echo "restored $dump, which comes without what it should hold"
  exit
fi
sh "$SCRIPTS/census.sh" >"$scratch/census"
if ! diff "$name.census" "$scratch/census" >&2; then
  echo "restored $dump, but it does not hold what it should: see the lines above" >&2
  exit 1
fi
echo "restored $dump: $(grep -c '^table ' "$scratch/census") tables, Alembic $(sed -n 's/^revision //p' "$scratch/census"), as dumped"
[ "$tables" = 0 ] || echo "the tables of before are in the schema ${APP_SCHEMA}_before"
