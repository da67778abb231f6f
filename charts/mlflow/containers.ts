/** The containers of MLflow's pod: one brings the tables up to date, then the server starts. */

import { type ContainerProps, DRAIN, type Resources, type Variables } from '../lib/container';
import type { Image } from '../lib/image';
import type { k8s } from '../lib/k8s';
import { type Logging, levelVariable } from '../lib/logging';
import { httpCheck, probes, tcpCheck } from '../lib/probes';
import type { NamedPort } from '../lib/service';
import { tmp } from '../lib/volumes';
import { type BucketAccess, bucketUri } from '../object-store/bucket';
import { authorityMounts, STORE_AUTHORITY_FILE } from '../object-store/rclone';
import { type AuthFiles, ofServer } from './auth/containers';
import { S3_KEY } from './credentials';
import { BACKEND_STORE, type DatabaseAccess, databaseMounts, mlflowEnv } from './database';
import { allowedHosts, allowedOrigins } from './hosts';
import { METRICS_FOLDER } from './metrics';
import { connectionPool } from './pool';
import serveScript from './serve.sh';

export interface MlflowContainersProps extends DatabaseAccess {
  readonly namespace: string;
  readonly image: Image;
  readonly resources: Resources;
  readonly replicas: number;
  readonly workers: number;
  readonly clusterDomain: string;
  /** Hosts outside the cluster, with the port where browsers show one. */
  readonly hosts: readonly string[];
  /** @default - all addresses start with "/" */
  readonly staticPrefix?: string;
  readonly artifacts: BucketAccess;
  /** @default - it logs as it does by itself */
  readonly logging?: Logging;
  readonly storeAddress: { readonly origin: string };
  /** The volume with the file that has the key. @default - there is no key */
  readonly storeKey?: k8s.Volume;
  /** The volume with the authority of the store. @default - a public authority, or no TLS */
  readonly storeAuthority?: k8s.Volume;
  /** @default - it has no users: whoever reaches it may do everything */
  readonly auth?: AuthFiles;
}

export const PORT: NamedPort = { name: 'http', containerPort: 5000 };
const S3_PATH = '/run/secrets/object-store';
const MIGRATIONS_PATH = '/opt/migrations';
/** Artifacts are staged here on their way to the bucket. */

/** Seconds that a start may take on busy cores, where all workers start at once. */
const startSeconds = (workers: number) => 300 + 60 * (workers - 1);
/** Seconds in which a worker must answer the process that supervises it. One that still imports its code cannot. */
const silentSeconds = (workers: number) => 60 + 15 * (workers - 1);

/** Options of uvicorn, which MLflow's server runs in. It calls levels by their own names, in small letters. */
const serverOptions = ({ workers, logging }: MlflowContainersProps) =>
  [
    // Five seconds otherwise, so that workers are killed before they are up.
    `--timeout-worker-healthcheck=${silentSeconds(workers)}`,
    ...(logging?.level ? [`--log-level=${logging.level}`] : []),
  ].join(' ');

/** Where the server says that it works, to anybody. */
export const healthPath = (staticPrefix: string) => `${staticPrefix}/health`;

export function migrationContainer(props: MlflowContainersProps, migrations: k8s.Volume): ContainerProps {
  return {
    name: 'mlflow-db-migration',
    image: props.image,
    command: ['python', `${MIGRATIONS_PATH}/migrate.py`],
    env: { ...mlflowEnv(props), MLFLOW_BACKEND_STORE_URI: BACKEND_STORE },
    resources: props.resources,
    mounts: [{ volume: migrations, path: MIGRATIONS_PATH }, ...databaseMounts(props), tmp()],
  };
}

export function serverContainer(props: MlflowContainersProps): ContainerProps {
  const { workers, staticPrefix = '', database } = props;
  const pool = connectionPool({ ...props, users: props.auth !== undefined }, database.connections);
  const auth = props.auth && ofServer(props.auth);
  return {
    name: 'mlflow',
    image: props.image,
    command: ['/bin/sh', '-c', serveScript, 'serve.sh'],
    args: [
      `--port=${PORT.containerPort}`,
      `--uvicorn-opts=${serverOptions(props)}`,
      ...(staticPrefix === '' ? [] : [`--static-prefix=${staticPrefix}`]),
      `--backend-store-uri=${BACKEND_STORE}`,
      '--serve-artifacts',
      `--artifacts-destination=${bucketUri(props.artifacts.bucket)}`,
      `--expose-prometheus=${METRICS_FOLDER}`,
      ...(auth?.args ?? []),
    ],
    ports: [PORT],
    env: {
      ...mlflowEnv(props),
      // Jobs would start eight more processes and take 1.7 GiB, for features that nothing here uses.
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
      WORKERS: workers,
      MLFLOW_SQLALCHEMYSTORE_POOL_SIZE: pool.size,
      MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW: pool.overflow,
      POD_IP: { fieldRef: { fieldPath: 'status.podIP' } },
      MLFLOW_SERVER_ALLOWED_HOSTS: allowedHosts(props, PORT.containerPort).join(','),
      ...(props.hosts.length > 0 && { MLFLOW_SERVER_CORS_ALLOWED_ORIGINS: allowedOrigins(props).join(',') }),
      MLFLOW_S3_ENDPOINT_URL: props.storeAddress.origin,
      ...(props.storeKey && {
        AWS_SHARED_CREDENTIALS_FILE: `${S3_PATH}/${S3_KEY}`,
        // boto3 asks the instance metadata service otherwise, which the policies cut off.
        AWS_EC2_METADATA_DISABLED: 'true',
      }),
      AWS_DEFAULT_REGION: props.artifacts.region,
      ...storeVariables(props),
      ...levelVariable('MLFLOW_LOGGING_LEVEL', props.logging),
      ...auth?.env,
    },
    envFrom: auth?.envFrom,
    ...probes({
      startup: { periodSeconds: 5, timeoutSeconds: 5, failureThreshold: startSeconds(workers) / 5 },
      // /health needs no login and is exempt from the Host check.
      ready: httpCheck(PORT, healthPath(staticPrefix)),
      // Busy workers answer late; only a process that no longer accepts connections is restarted.
      live: tcpCheck(PORT),
    }),
    lifecycle: DRAIN,
    resources: props.resources,
    mounts: [
      ...databaseMounts(props),
      ...(props.storeKey ? [{ volume: props.storeKey, path: S3_PATH }] : []),
      ...authorityMounts(props.storeAuthority),
      tmp(),
      ...(auth?.mounts ?? []),
    ],
  };
}

/**
 * What boto3 has to be told of a store that is not MinIO's, or has an authority of its own.
 *
 * Source: mlflow/store/artifact/s3_artifact_repo.py of MLflow 3.17, and "Using environment variables" of boto3's guide.
 */
function storeVariables({ artifacts: { provider, pathStyle }, storeAuthority }: MlflowContainersProps): Variables {
  return {
    ...(provider !== 'Minio' && { MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE: pathStyle ? 'path' : 'virtual' }),
    // Since 1.36 boto3 sends checksums in a form that not every store knows.
    ...(provider !== 'Minio' &&
      provider !== 'AWS' && {
        AWS_REQUEST_CHECKSUM_CALCULATION: 'when_required',
        AWS_RESPONSE_CHECKSUM_VALIDATION: 'when_required',
      }),
    ...(storeAuthority && { AWS_CA_BUNDLE: STORE_AUTHORITY_FILE }),
  };
}
