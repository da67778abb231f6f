#!/bin/bash
# What the official image's entrypoint is documented to do, as far as the manifests use it
# (https://hub.docker.com/_/postgres): make the database at the first start, run the scripts of
# /docker-entrypoint-initdb.d against a server that only listens on its socket, then start the server.
set -euo pipefail

case "${1:-}" in -*) set -- postgres "$@" ;; esac
if [ "${1:-}" != postgres ]; then exec "$@"; fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  mkdir -p "$PGDATA"
  chmod 0700 "$PGDATA"
  initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$(cat "$POSTGRES_PASSWORD_FILE")") \
    --auth=trust >/dev/null
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  pg_ctl -w -o "-c listen_addresses='' -k /var/run/postgresql" start >/dev/null
  export PGUSER="$POSTGRES_USER"
  if [ "$POSTGRES_DB" != postgres ]; then
    psql -v ON_ERROR_STOP=1 --no-psqlrc -d postgres -c "CREATE DATABASE \"$POSTGRES_DB\"" >/dev/null
  fi
  for script in /docker-entrypoint-initdb.d/*; do
    # shellcheck source=/dev/null
    case "$script" in
      *.sh) if [ -x "$script" ]; then "$script"; else . "$script"; fi ;;
      *.sql) psql -v ON_ERROR_STOP=1 --no-psqlrc -d "$POSTGRES_DB" -f "$script" ;;
    esac
  done
  unset PGUSER
  pg_ctl -m fast -w stop >/dev/null
fi
exec "$@" -c listen_addresses='*' -k /var/run/postgresql
