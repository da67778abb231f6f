/** What the set-up Job of the object store runs: a script and a policy for each user. */
import type { Credential } from '../lib/secret';

export interface BucketUser {
  /** Also the name of the key in the Secret of the users' keys. */
  readonly accessKeyId: string;
  readonly access: 'read-only' | 'read-write';
  readonly secretAccessKey: Credential;
}

export interface SetupProps {
  readonly origin: string;
  readonly bucket: string;
  readonly users: readonly BucketUser[];
  /** Folder with the root credential, and its two files. */
  readonly rootPath: string;
  readonly rootUserKey: string;
  readonly rootPasswordKey: string;
  /** Folder with a file for each user's secret key. */
  readonly keysPath: string;
  readonly policiesPath: string;
}

const READ = ['s3:GetBucketLocation', 's3:ListBucket'];
const WRITE = ['s3:ListBucketMultipartUploads'];
const READ_OBJECTS = ['s3:GetObject'];
const WRITE_OBJECTS = ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'];

const policyName = (bucket: string, user: BucketUser) => `${bucket}-${user.access}`;

/** An S3 policy for each user: the bucket and its objects, nothing else, and no say in the server. */
export function policies(bucket: string, users: readonly BucketUser[]): Record<string, string> {
  return Object.fromEntries(
    users.map((user) => {
      const writes = user.access === 'read-write';
      const statement = (Effect: 'Allow' | 'Deny', Action: readonly string[], resource: string) => ({
        Effect,
        Action,
        Resource: [`arn:aws:s3:::${resource}`],
      });
      const policy = {
        Version: '2012-10-17',
        Statement: [
          statement('Allow', writes ? [...READ, ...WRITE] : READ, bucket),
          statement('Allow', writes ? [...READ_OBJECTS, ...WRITE_OBJECTS] : READ_OBJECTS, `${bucket}/*`),
          // A user may otherwise make itself further keys, which outlive a change of its own.
          statement('Deny', ['admin:CreateServiceAccount'], '*'),
        ],
      };
      return [`${policyName(bucket, user)}.json`, `${JSON.stringify(policy, null, 2)}\n`];
    }),
  );
}

/**
 * Idempotent: running it again brings bucket, policies and keys to what the manifests and Secrets say. Keys reach mc
 * on standard input, never on a command line. Needs no more than a POSIX shell, mc, cat and sleep.
 */
export function setupScript(props: SetupProps): string {
  const { origin, bucket, rootPath, rootUserKey, rootPasswordKey, keysPath, policiesPath } = props;
  const grants = props.users.map((user) => `grant ${user.accessKeyId} ${policyName(bucket, user)}\n`);
  return `#!/bin/sh
set -eu
umask 077

echo "waiting for ${origin}"
tries=0
until printf '%s\\n%s\\n' "$(cat ${rootPath}/${rootUserKey})" "$(cat ${rootPath}/${rootPasswordKey})" |
  mc --quiet alias set store ${origin} --api S3v4 >/dev/null; do
  tries=$((tries + 1))
  if [ "$tries" -ge 120 ]; then echo "no object store at ${origin}" >&2; exit 1; fi
  sleep 5
done

mc --quiet mb --ignore-existing store/${bucket}
mc --quiet anonymous set none store/${bucket}

grant() { # access key, policy
  mc --quiet admin policy create store "$2" "${policiesPath}/$2.json"
  printf '%s\\n%s\\n' "$1" "$(cat "${keysPath}/$1")" | mc --quiet admin user add store >/dev/null
  case $(mc --json admin user info store "$1") in
    *\\"policyName\\":\\"$2\\"*) ;;
    *) mc --quiet admin policy attach store "$2" --user "$1" >/dev/null ;;
  esac
  echo "user $1 has policy $2"
}
${grants.join('')}`;
}
