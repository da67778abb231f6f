#!/bin/sh
# Dumps one database into a folder, beside what it held at that moment, and keeps the newest dumps.
#
# A dump is three files: <database>-<time>.dump, in pg_dump's custom format; .census, what it holds (census.sh); .sha256,
# the digests of both, as "sha256sum --check" reads them. The .dump gets its name last: one that has it is complete.
#
# Reads: PGHOST, PGPORT, PGUSER and PGDATABASE, which libpq takes itself; PASSWORD_FILE; APP_SCHEMA; BACKUP_FOLDER; KEEP, the
# number of dumps that stay; SCRIPTS, the folder of census.sh.
set -eu
umask 077
cd "$BACKUP_FOLDER"
rm -f ./*.partial

# libpq could read a file of passwords, but not one with the mode that Kubernetes gives to mounted files.
PGPASSWORD=$(cat "$PASSWORD_FILE")
NAME="$PGDATABASE-$(date -u +%Y%m%dT%H%M%SZ)"
export PGPASSWORD NAME

# The dump and the census look at one snapshot, which lives as long as the transaction that made it.
psql --no-psqlrc --no-password --quiet --set=ON_ERROR_STOP=1 <<'SQL'
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT pg_export_snapshot() AS snapshot \gset
\setenv SNAPSHOT :snapshot
\! sh "$SCRIPTS/census.sh" >"$NAME.census.partial" && pg_dump --format=custom --no-password --snapshot="$SNAPSHOT" --file="$NAME.dump.partial" && : >"$NAME.done.partial"
SQL
# psql says nothing of a command that failed.
if [ ! -e "$NAME.done.partial" ]; then
  echo "the dump of $PGDATABASE failed" >&2
  exit 1
fi
if ! grep -q '^revision ' "$NAME.census.partial"; then
  echo "$PGDATABASE has no tables of MLflow in schema $APP_SCHEMA, and such a dump would replace good ones: has MLflow started?" >&2
  exit 1
fi
pg_restore --list "$NAME.dump.partial" >/dev/null

for file in "$NAME.census" "$NAME.dump"; do
  digest=$(sha256sum <"$file.partial")
  printf '%s  %s\n' "${digest%% *}" "$file"
done >"$NAME.sha256.partial"
for file in "$NAME.sha256" "$NAME.census" "$NAME.dump"; do
  mv "$file.partial" "$file"
done
rm "$NAME.done.partial"

# Older dumps are removed only now. The names sort by time.
printf '%s\n' "$PGDATABASE"-*.dump | sort -r | tail -n "+$((KEEP + 1))" | while read -r old; do
  rm -f -- "${old%.dump}".*
done
echo "wrote $NAME.dump: $(grep -c '^table ' "$NAME.census") tables, Alembic $(grep '^revision ' "$NAME.census" | cut -d ' ' -f 2)"
