#!/bin/sh
# Makes the buckets of SeaweedFS, and waits until they are there.
#
# It can run again. It needs no more than a POSIX shell, weed, grep and sleep. weed's own shell says what went wrong and
# ends as if nothing had, so that the buckets are looked up afterwards.
#
# Reads: MASTERS and FILER, where they are; BUCKETS, such as "models backups"; VERSIONED, those that keep old versions.
set -eu

ask() { weed shell -master="$MASTERS" -filer="$FILER" 2>/dev/null; }

has_all() {
  found=$(echo s3.bucket.list | ask) || return 1
  for bucket in $BUCKETS; do
    echo "$found" | grep -q "^ *$bucket[[:space:]]" || return 1
  done
}

commands() {
  for bucket in $BUCKETS; do echo "s3.bucket.create -name $bucket"; done
  for bucket in $VERSIONED; do echo "s3.bucket.versioning -name $bucket -enable"; done
}

echo "waiting for the masters and $FILER"
tries=0
until has_all; do
  tries=$((tries + 1))
  if [ "$tries" -ge 120 ]; then
    echo "no bucket could be made at $FILER" >&2
    exit 1
  fi
  commands | ask || true
  sleep 5
done
# Buckets that were there already may have to keep versions from now on.
commands | ask
echo "there are the buckets $BUCKETS"
