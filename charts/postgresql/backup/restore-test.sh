#!/bin/sh
# Restores the newest dump of a folder into a PostgreSQL of its own, which nobody else reaches and which ends with this
# script, and compares it with what the dump says that it holds. Fails where a backup would be of no use.
#
# Reads: BACKUP_FOLDER; PGDATABASE, the database that must be in the dump; APP_SCHEMA; MAX_AGE_HOURS, how old the dump may
# be; SCRATCH, an empty folder; SCRIPTS, the folder of census.sh.
set -eu
umask 077

fail() {
  echo "RESTORE TEST FAILED: $*" >&2
  exit 1
}

cd "$BACKUP_FOLDER"
dump=$(find . -maxdepth 1 -name "$PGDATABASE-*.dump" | sort | tail -n 1)
dump=${dump#./}
[ -n "$dump" ] || fail "there is no dump of $PGDATABASE"
name=${dump%.dump}

# From "mlflowdb-20260131T030000Z" to "2026-01-31 03:00:00".
made=$(printf '%s\n' "$name" | sed -n 's/.*-\(....\)\(..\)\(..\)T\(..\)\(..\)\(..\)Z$/\1-\2-\3 \4:\5:\6/p')
[ -n "$made" ] || fail "the name of $dump has no time"
hours=$((($(date +%s) - $(date -u -d "$made" +%s)) / 3600))
[ "$hours" -lt "$MAX_AGE_HOURS" ] || fail "the newest dump, $dump, is $hours hours old, and $MAX_AGE_HOURS are allowed: look at the backup's Jobs"

if ! [ -e "$name.census" ] || ! [ -e "$name.sha256" ]; then
  fail "$dump comes without what it should hold ($name.census, $name.sha256)"
fi
sha256sum --quiet --check "$name.sha256" || fail "$dump is not as it was written"
revision=$(sed -n 's/^revision //p' "$name.census")
[ -n "$revision" ] || fail "$dump was made of a database without the tables of MLflow"
list=$(pg_restore --list "$dump") || fail "$dump cannot be read"
database=$(printf '%s\n' "$list" | sed -n 's/^; *dbname: //p')
[ "$database" = "$PGDATABASE" ] || fail "$dump is of the database $database, not of $PGDATABASE"

# initdb wants a name for its user, which one that the cluster assigned does not have. The image brings a library for that.
if ! getent passwd "$(id -u)" >/dev/null; then
  LD_PRELOAD=$(find /usr/lib /lib -name libnss_wrapper.so | head -n 1)
  NSS_WRAPPER_PASSWD=$SCRATCH/passwd
  NSS_WRAPPER_GROUP=$SCRATCH/group
  echo "postgres:x:$(id -u):$(id -g):PostgreSQL:$SCRATCH:/bin/false" >"$NSS_WRAPPER_PASSWD"
  echo "postgres:x:$(id -g):" >"$NSS_WRAPPER_GROUP"
  export LD_PRELOAD NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
fi

# It listens on a socket only. What it writes need not survive a crash.
PGHOST=$SCRATCH
PGPORT=5432
PGUSER=postgres
export PGHOST PGPORT PGUSER
initdb --pgdata="$SCRATCH/data" --username="$PGUSER" --auth=trust --encoding=UTF8 --locale=C --no-sync >/dev/null
pg_ctl --pgdata="$SCRATCH/data" --log="$SCRATCH/log" --wait --silent \
  --options="-c listen_addresses='' -k $SCRATCH -p $PGPORT -c fsync=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0" start ||
  { cat "$SCRATCH/log" >&2; fail 'no PostgreSQL to restore into'; }
trap 'pg_ctl --pgdata="$SCRATCH/data" --mode=immediate --silent stop' EXIT
createdb --template=template0 --maintenance-db=postgres "$PGDATABASE"

# Roles are the server's, not the dump's.
pg_restore --dbname="$PGDATABASE" --exit-on-error --single-transaction --no-owner --no-privileges "$dump" ||
  fail "$dump cannot be restored"
sh "$SCRIPTS/census.sh" >"$SCRATCH/census"
if ! diff "$name.census" "$SCRATCH/census" >"$SCRATCH/differences"; then
  echo 'what the dump should hold (<) and what it held when restored (>):' >&2
  head -n 40 "$SCRATCH/differences" >&2
  fail "$dump does not hold what it should"
fi
rows=$(awk '$1 == "table" { rows += $3 } END { print rows }' "$SCRATCH/census")
echo "restored $dump, $hours hours old: $(grep -c '^table ' "$SCRATCH/census") tables, $rows rows, Alembic $revision, as dumped"
