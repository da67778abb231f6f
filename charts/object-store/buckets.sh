#!/bin/sh
# What the buckets of the object store keep: versions, how long they stay, and what nobody may delete before its time.
#
# It can run again, and runs after setup.sh, whose login it uses. It needs no more than a POSIX shell and mc.
#
# Reads: LOCKED, such as "backups=GOVERNANCE:30d", the buckets whose objects are kept for a time from when they are
# written; VERSIONED, the buckets that keep what is replaced or deleted; FILES_FOLDER, with a file <bucket>.lifecycle.json
# for each bucket whose old versions go after a time.
set -eu

for lock in $LOCKED; do
  bucket=${lock%%=*}
  rule=${lock#*=}
  # A bucket can be made with a lock, and cannot get one later: the next command fails where it has none.
  mc --quiet mb --ignore-existing --with-lock "store/$bucket"
  mc --quiet anonymous set none "store/$bucket"
  mc --quiet retention set --default "${rule%%:*}" "${rule#*:}" "store/$bucket"
done

for bucket in $VERSIONED; do
  mc --quiet version enable "store/$bucket"
  # Replaces all rules of the bucket, so that a second run adds none.
  mc --quiet ilm import "store/$bucket" <"$FILES_FOLDER/$bucket.lifecycle.json"
  echo "bucket $bucket keeps versions"
done
