#!/bin/sh
# Starts PostgreSQL by the image's entrypoint, and makes it read a renewed certificate.
#
# PostgreSQL reads its certificate when it starts and on SIGHUP. The kubelet replaces the file when cert-manager has
# renewed it, a month before the old one ends.
#
# Reads: PGDATA. The arguments are options of the server.
set -eu

reload_daily() {
  while sleep 86400; do
    # Process 1 is the server only once the entrypoint has become it. The entrypoint would end of the signal.
    if [ "$(head -n 1 "$PGDATA/postmaster.pid" 2>/dev/null)" = 1 ]; then kill -HUP 1; fi
  done
}
reload_daily &

exec docker-entrypoint.sh postgres "$@"
