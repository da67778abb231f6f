#!/bin/sh
# What the buckets of the object store keep: versions, how long they stay, and what nobody may delete before its time.
#
# It can run again, and runs after setup.sh, whose login it uses. It needs no more than a POSIX shell, mc and sleep.
#
# Reads: LOCKED, such as "backups=GOVERNANCE:30d", the buckets whose objects are kept for a time from when they are
# written; VERSIONED, the buckets that keep what is replaced or deleted; FILES_FOLDER, with again.sh and a file
# <bucket>.lifecycle.json for each bucket whose old versions go after a time.
set -eu
# shellcheck source=SCRIPTDIR/again.sh
. "$FILES_FOLDER/again.sh"

# Replaces all rules of the bucket, so that a second run adds none.
set_lifecycle() {
  mc --quiet ilm import "store/$1" <"$FILES_FOLDER/$1.lifecycle.json"
}

for lock in $LOCKED; do
  bucket=${lock%%=*}
  rule=${lock#*=}
  # A bucket can be made with a lock, and cannot get one later: the last command fails where it has none.
  again 12 mc --quiet mb --ignore-existing --with-lock "store/$bucket"
  again 12 mc --quiet anonymous set none "store/$bucket"
  again 12 mc --quiet retention set --default "${rule%%:*}" "${rule#*:}" "store/$bucket"
done

for bucket in $VERSIONED; do
  again 12 mc --quiet version enable "store/$bucket"
  again 12 set_lifecycle "$bucket"
  echo "bucket $bucket keeps versions"
done
