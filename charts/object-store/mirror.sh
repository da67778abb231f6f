#!/bin/sh
# Copies a bucket to a second place with rclone, and says so once every object that it began with is there.
#
# Reads: FROM and TO, such as "source:models", remotes that the environment configures; DELETES, whether what is gone in
# FROM is deleted in TO ("true" or "false"); SOURCE_AUTHORITY and TARGET_AUTHORITY, files with authorities, or neither.
set -eu

# rclone takes one or more files, in place of the authorities of the system.
if [ -n "${SOURCE_AUTHORITY:-}${TARGET_AUTHORITY:-}" ]; then
  bundle=/tmp/authorities.crt
  : >"$bundle"
  for file in "${SOURCE_AUTHORITY:-}" "${TARGET_AUTHORITY:-}" /etc/ssl/certs/ca-certificates.crt; do
    if [ -n "$file" ] && [ -e "$file" ]; then
      cat "$file" >>"$bundle"
      echo >>"$bundle"
    fi
  done
  export RCLONE_CA_CERT="$bundle"
fi

# A bucket that has nothing is a bucket that was lost, or another: nothing is deleted after it.
first=$(rclone lsf --max-depth 1 "$FROM" | head -n 1)
if [ -z "$first" ]; then
  echo "$FROM has no objects; nothing is copied, and nothing deleted" >&2
  exit 1
fi

how=copy
if [ "$DELETES" = true ]; then how=sync; fi
# Neither key may make buckets. Sizes, times and checksums are compared: a copy keeps the time of its original. Checksums
# alone would never tell that a large object was written again with the same size: one that was written in parts, as
# boto3 does from 8 MiB on, has none. What comes after an object was looked at is copied by the next run.
rclone "$how" --s3-no-check-bucket --fast-list --stats-one-line --stats 1m --stats-log-level NOTICE "$FROM" "$TO"
echo "$TO has what $FROM had"
