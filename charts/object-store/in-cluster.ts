/** What the users of a store in the cluster are given. */
import type { CertificateIssuer } from '../certificates/issuer';
import type { Endpoint } from '../lib/endpoint';
import type { BucketAccess, Provider } from './bucket';
import type { BucketUser } from './policies';
import type { Buckets } from './store';
import { mapUsers, type Users } from './users';

export interface InClusterProps {
  readonly endpoint: Endpoint;
  readonly provider: Provider;
  /** Who has signed the servers' certificate. @default - they speak no TLS */
  readonly issuer?: CertificateIssuer;
}

export function bucketsOf(users: Users<BucketUser>, props: InClusterProps): Buckets<Endpoint> {
  const { mlflow, seldon, batch, mirror, backups, requestLog, teams } = mapUsers(users, (user) =>
    accessOf(user, props),
  );
  return { readWrite: mlflow, readOnly: seldon, batch, mirror, backups, requestLog, teams: bucketsOfTeams(teams) };
}

const bucketsOfTeams = (teams: Users<BucketAccess<Endpoint>>['teams']): Buckets<Endpoint>['teams'] =>
  Object.fromEntries(Object.entries(teams).map(([name, { seldon, batch }]) => [name, { readOnly: seldon, batch }]));

function accessOf(user: BucketUser, { endpoint, provider, issuer }: InClusterProps): BucketAccess<Endpoint> {
  const { bucket, accessKeyId, secretAccessKey } = user;
  return {
    endpoint,
    bucket,
    provider,
    region: 'us-east-1',
    pathStyle: true,
    authority: issuer ? { kind: 'issuer', issuer } : { kind: 'public' },
    key: { accessKeyId, secretAccessKey },
  };
}
