#!/bin/sh
# Dumps one database into a folder and keeps the newest dumps.
#
# Reads: PGHOST, PGPORT, PGUSER and PGDATABASE, which pg_dump takes itself; PASSWORD_FILE; BACKUP_FOLDER; KEEP, the number
# of dumps that stay.
set -eu
umask 077
cd "$BACKUP_FOLDER"
rm -f ./*.partial

# A dump gets its final name only when it is complete and can be read back. Older dumps are removed only after that.
file="$PGDATABASE-$(date -u +%Y%m%dT%H%M%SZ).dump"
# Only pg_dump has the password in its environment. It could read a file of passwords, but not one with the mode that
# Kubernetes gives to mounted files.
PGPASSWORD=$(cat "$PASSWORD_FILE") pg_dump --format=custom --no-password --file="$file.partial"
pg_restore --list "$file.partial" >/dev/null
mv "$file.partial" "$file"

# The names sort by time.
printf '%s\n' "$PGDATABASE"-*.dump | sort -r | tail -n "+$((KEEP + 1))" | xargs -r rm --
echo "wrote $file"
