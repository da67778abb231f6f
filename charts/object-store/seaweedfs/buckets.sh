#!/bin/sh
# Makes the buckets of SeaweedFS, and waits until they are there.
#
# It can run again. It needs no more than a POSIX shell, weed, grep and sleep. weed's own shell fails where one of its
# commands has failed, and makes no bucket that is there: each command is asked alone, and what came of it is looked up.
#
# Reads: MASTERS and FILER, where they are; BUCKETS, such as "models backups"; VERSIONED, those that keep old versions.
set -eu

ask() { weed shell -master="$MASTERS" -filer="$FILER" 2>/dev/null; }

# Fails where the store does not answer.
missing() {
  found=$(echo s3.bucket.list | ask) || return 1
  for bucket in $BUCKETS; do
    echo "$found" | grep -q "^ *${bucket}[[:space:]]" || echo "$bucket"
  done
}

echo "waiting for the masters and $FILER"
tries=0
until lacking=$(missing) && [ -z "$lacking" ]; do
  tries=$((tries + 1))
  if [ "$tries" -ge 120 ]; then
    echo "no bucket could be made at $FILER" >&2
    exit 1
  fi
  for bucket in $lacking; do echo "s3.bucket.create -name $bucket" | ask || true; done
  sleep 5
done
# Buckets that were there already may have to keep versions from now on.
for bucket in $VERSIONED; do
  said=$(echo "s3.bucket.versioning -name $bucket -enable" | ask) || said="$said (weed shell failed)"
  if ! echo "$said" | grep -q "^Bucket $bucket versioning set to Enabled$"; then
    echo "the bucket $bucket does not keep versions: $said" >&2
    exit 1
  fi
done
echo "there are the buckets $BUCKETS"
