/** The containers of the log of requests: what takes events, and what deletes them. */

import { AUTHORITY_FILE } from '../certificates/authority';
import { type ContainerProps, DRAIN, type Resources, type Variables } from '../lib/container';
import type { k8s } from '../lib/k8s';
import { httpCheck, probes, tcpCheck } from '../lib/probes';
import { quantityValue } from '../lib/quantity';
import { RequiredSecret } from '../lib/secret';
import type { NamedPort } from '../lib/service';
import { type Mount, scratchVolume, secretVolume, tmp } from '../lib/volumes';
import { botoEnv, credentialsFile } from '../object-store/boto';
import type { BucketAccess } from '../object-store/bucket';
import type { LogSource, RequestLogProps } from './props';

export const HTTP: NamedPort = { name: 'http', containerPort: 8080 };
export const METRICS: NamedPort = { name: 'metrics', containerPort: 9464 };

const KEY = 'credentials';
const KEY_PATH = '/run/secrets/bucket';
const AUTHORITY_PATH = '/run/secrets/authority';
const SCRIPTS_PATH = '/opt/request-log';
const SPOOL_PATH = '/var/spool/request-log';
/** The program takes 60 MiB, and a thousand names at a time. */
const RETENTION_RESOURCES: Resources = {
  requests: { cpu: '50m', memory: '96Mi', 'ephemeral-storage': '16Mi' },
  limits: { cpu: '500m', memory: '256Mi', 'ephemeral-storage': '64Mi' },
};

/** How a pod reaches the bucket. */
export interface Client {
  readonly access: BucketAccess;
  readonly origin: string;
  /** @default - the cloud knows the pod by its ServiceAccount */
  readonly key?: RequiredSecret;
  /** The authority of the server. @default - a public one, or no TLS */
  readonly authority?: k8s.Volume;
  /** The volume with the scripts. */
  readonly scripts: k8s.Volume;
}

/** The key of one user of the bucket. */
export function bucketKey(namespace: string, name: string, purpose: string, { key }: BucketAccess) {
  return key && new RequiredSecret({ namespace, name, purpose, data: { [KEY]: credentialsFile(key) } });
}

export function receiverContainer(client: Client, { namespace }: LogSource, props: RequestLogProps): ContainerProps {
  const { image, flush, buffer, resources } = props;
  return {
    name: 'receiver',
    image,
    command: ['python3', `${SCRIPTS_PATH}/receiver.py`],
    env: {
      ...bucketEnv(client),
      // Threads share their memory, so that less of it lies idle in each.
      MALLOC_ARENA_MAX: 2,
      NAMESPACE: namespace,
      POD: { fieldRef: { fieldPath: 'metadata.name' } },
      PORT: HTTP.containerPort,
      METRICS_PORT: METRICS.containerPort,
      SPOOL_FOLDER: SPOOL_PATH,
      SPOOL_BYTES: quantityValue(buffer),
      FLUSH_SECONDS: flush.seconds,
      FLUSH_BYTES: quantityValue(flush.size),
    },
    ports: [HTTP, METRICS],
    ...probes({
      startup: { periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 60 },
      // It begins to show metrics once it takes events. A path that counts nothing.
      ready: httpCheck(METRICS, '/favicon.ico'),
      live: tcpCheck(HTTP),
    }),
    lifecycle: DRAIN,
    resources,
    mounts: [{ volume: scratchVolume('spool'), path: SPOOL_PATH }, ...bucketMounts(client)],
  };
}

export function retentionContainer(client: Client, { image, retention }: RequestLogProps): ContainerProps {
  return {
    name: 'retention',
    image,
    command: ['python3', `${SCRIPTS_PATH}/retention.py`],
    env: { ...bucketEnv(client), DAYS: retention.days },
    resources: RETENTION_RESOURCES,
    mounts: bucketMounts(client),
  };
}

const bucketEnv = ({ access, origin, key, authority }: Client): Variables => ({
  HOME: '/tmp',
  BUCKET: access.bucket,
  ...botoEnv(access, origin, {
    credentials: key && `${KEY_PATH}/${KEY}`,
    authority: authority && `${AUTHORITY_PATH}/${AUTHORITY_FILE}`,
  }),
  // boto3 otherwise sends checksums in a form that not every store knows ("Data Integrity Protections" of its documents).
  AWS_REQUEST_CHECKSUM_CALCULATION: 'when_required',
});

const bucketMounts = ({ key, authority, scripts }: Client): Mount[] => [
  { volume: scripts, path: SCRIPTS_PATH },
  ...(key ? [{ volume: secretVolume('bucket', key, KEY), path: KEY_PATH }] : []),
  ...(authority ? [{ volume: authority, path: AUTHORITY_PATH, readOnly: true }] : []),
  tmp(),
];
