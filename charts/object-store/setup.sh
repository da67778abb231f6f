#!/bin/sh
# Sets up the buckets of the object store and a user for each of its consumers.
#
# It can run again: it brings buckets, policies and keys to what the manifests and Secrets say. It needs no more than a
# POSIX shell, mc, cat and sleep.
#
# Reads: STORE_URL; BUCKETS, such as "models request-log"; GRANTS, such as "mlflow=models-read-write
# seldon=models-read-only", the policy of each access key; ROOT_USER_FILE and ROOT_PASSWORD_FILE; KEYS_FOLDER, with a file
# for each access key; FILES_FOLDER, with again.sh and a .json file for each policy.
set -eu
umask 077
# shellcheck source=SCRIPTDIR/again.sh
. "$FILES_FOLDER/again.sh"

# mc reads every key on its standard input: a command line can be seen by others.
log_in() {
  printf '%s\n%s\n' "$(cat "$ROOT_USER_FILE")" "$(cat "$ROOT_PASSWORD_FILE")" |
    mc --quiet alias set store "$STORE_URL" --api S3v4 >/dev/null
}

has_policy() {
  case $(mc --json admin user info store "$1") in
    *\"policyName\":\""$2"\"*) ;;
    *) return 1 ;;
  esac
}

# mc calls it an error to attach a policy a second time.
grant() {
  mc --quiet admin policy create store "$2" "$FILES_FOLDER/$2.json" &&
    printf '%s\n%s\n' "$1" "$(cat "$KEYS_FOLDER/$1")" | mc --quiet admin user add store >/dev/null &&
    { has_policy "$1" "$2" || mc --quiet admin policy attach store "$2" --user "$1" >/dev/null; }
}

echo "waiting for $STORE_URL"
if ! again 120 log_in; then
  echo "no object store at $STORE_URL" >&2
  exit 1
fi

for bucket in $BUCKETS; do
  again 12 mc --quiet mb --ignore-existing "store/$bucket"
  again 12 mc --quiet anonymous set none "store/$bucket"
done

for pair in $GRANTS; do
  user=${pair%%=*}
  policy=${pair#*=}
  if ! again 12 grant "$user" "$policy"; then
    echo "user $user cannot be given policy $policy" >&2
    exit 1
  fi
  echo "user $user has policy $policy"
done
