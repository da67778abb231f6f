#!/bin/sh
# What the image's entrypoint is documented to do, as far as the manifests use it: arguments are those of the server.
[ "${1:-}" = silo ] || set -- silo "$@"
exec "$@"
