#!/bin/sh
# Starts MLflow's server on all addresses of the pod: on IPv4 and, where the node has it, on IPv6.
#
# One worker listens by asyncio, which takes no name for all addresses of both kinds, and "::" for those of IPv6 alone.
# Several workers share one socket, which "::" opens for both kinds, and which a kernel without IPv6 cannot open.
#
# Reads: WORKERS. The arguments are further options of the server.
set -eu

if [ "$WORKERS" = 1 ]; then
  host=
elif [ -e /proc/net/if_inet6 ]; then
  host=::
else
  host=0.0.0.0
fi
exec mlflow server --host="$host" --workers="$WORKERS" "$@"
