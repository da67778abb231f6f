/** What SeaweedFS reads: who may do what, and where the names of objects are. */
import { type SecretText, secretText } from '../../lib/secret';
import { type BucketUser, policies, policyName } from '../policies';

/**
 * Clients such as mc and rclone read the version that they have just been told of. SeaweedFS asks for this action then, as AWS
 * does: s3_action_resolver.go in weed/s3api, 4.53.
 */
const VERSIONS = ['s3:GetObjectVersion'];

/**
 * The users and their policies, as `weed filer -s3.config` reads them. A user with policies has them and nothing else.
 *
 * Source: S3ApiConfiguration in weed/pb/iam.proto and VerifyActionPermission in weed/s3api/auth_credentials.go, 4.53.
 */
export function usersFile(users: readonly BucketUser[]): SecretText {
  const documents = policies(users, VERSIONS);
  const named = [...new Set(users.map(policyName))].map((name) => ({ name, content: documents[`${name}.json`] ?? '' }));
  const identities = users.flatMap((user, index) => {
    const { accessKeyId, secretAccessKey } = user;
    const before = `${index === 0 ? '' : ','}{"name":"${accessKeyId}","credentials":[{"accessKey":"${accessKeyId}","secretKey":"`;
    const after = `"}],"policyNames":${JSON.stringify([policyName(user)])}}`;
    return [...secretText`${before}${secretAccessKey}${after}`];
  });
  return [
    ...secretText`${`{"policies":${JSON.stringify(named)},"identities":[`}`,
    ...identities,
    ...secretText`${']}\n'}`,
  ];
}

/**
 * Where filers keep names: servers of etcd, behind one address. A filer that starts asks the first address alone whether
 * it answers.
 *
 * Source: Initialize in weed/filer/etcd/etcd_store.go, 4.53.
 */
export const filerFile = (etcd: string): string =>
  ['[etcd]', 'enabled = true', `servers = "${etcd}"`, 'key_prefix = "seaweedfs."', 'timeout = "5s"', ''].join('\n');
