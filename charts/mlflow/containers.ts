/** The containers of MLflow's pod: one brings the tables up to date, then the server starts. */
import type { k8s } from 'cdk8s-plus-27';
import { type ContainerProps, DRAIN, type Resources, type Variables } from '../lib/container';
import type { Image } from '../lib/image';
import { httpCheck, probes, tcpCheck } from '../lib/probes';
import type { NamedPort } from '../lib/service';
import { type Mount, tmp } from '../lib/volumes';
import { type BucketAccess, bucketUri } from '../object-store/bucket';
import type { DatabaseConnection } from '../postgresql/connection';
import { DATABASE_KEY, PG_SERVICE, S3_KEY } from './credentials';
import { allowedHosts } from './hosts';

export interface MlflowContainersProps {
  readonly namespace: string;
  readonly image: Image;
  readonly resources: Resources;
  readonly workers: number;
  readonly clusterDomain: string;
  /** @default - only in-cluster names and port-forwards reach the server */
  readonly host?: string;
  readonly database: DatabaseConnection;
  readonly databaseAddress: { readonly host: string; readonly port: number };
  /** The volume with the file that has the password. */
  readonly databaseLogin: k8s.Volume;
  readonly artifacts: BucketAccess;
  readonly storeAddress: { readonly origin: string };
  /** The volume with the file that has the key. */
  readonly storeKey: k8s.Volume;
}

export const PORT: NamedPort = { name: 'http', containerPort: 5000 };
const DATABASE_PATH = '/run/secrets/database';
const S3_PATH = '/run/secrets/object-store';
const MIGRATIONS_PATH = '/opt/migrations';
/** The driver and nothing else: libpq takes host, user and database from the environment, the password from a file. */
const BACKEND_STORE = 'postgresql+psycopg2://';
/** Artifacts are staged here on their way to the bucket. */

export function migrationContainer(props: MlflowContainersProps, migrations: k8s.Volume): ContainerProps {
  return {
    name: 'mlflow-db-migration',
    image: props.image,
    command: ['python', `${MIGRATIONS_PATH}/migrate.py`],
    env: { ...commonEnv(props), MLFLOW_BACKEND_STORE_URI: BACKEND_STORE },
    resources: props.resources,
    mounts: [{ volume: migrations, path: MIGRATIONS_PATH }, databaseMount(props), tmp()],
  };
}

export function serverContainer(props: MlflowContainersProps): ContainerProps {
  return {
    name: 'mlflow',
    image: props.image,
    command: ['mlflow', 'server'],
    args: [
      '--host=0.0.0.0',
      `--port=${PORT.containerPort}`,
      `--workers=${props.workers}`,
      `--backend-store-uri=${BACKEND_STORE}`,
      '--serve-artifacts',
      `--artifacts-destination=${bucketUri(props.artifacts.bucket)}`,
      '--expose-prometheus=/tmp/metrics',
    ],
    ports: [PORT],
    env: {
      ...commonEnv(props),
      POD_IP: { fieldRef: { fieldPath: 'status.podIP' } },
      MLFLOW_SERVER_ALLOWED_HOSTS: allowedHosts(props, PORT.containerPort).join(','),
      MLFLOW_S3_ENDPOINT_URL: props.storeAddress.origin,
      AWS_SHARED_CREDENTIALS_FILE: `${S3_PATH}/${S3_KEY}`,
      // boto3 asks the instance metadata service otherwise, which the policies cut off.
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_DEFAULT_REGION: 'us-east-1',
    },
    ...probes({
      startup: { periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 60 },
      // /health needs no login and is exempt from the Host check.
      ready: httpCheck(PORT, '/health'),
      // Busy workers answer late; only a process that no longer accepts connections is restarted.
      live: tcpCheck(PORT),
    }),
    lifecycle: DRAIN,
    resources: props.resources,
    mounts: [databaseMount(props), { volume: props.storeKey, path: S3_PATH }, tmp()],
  };
}

const databaseMount = ({ databaseLogin }: MlflowContainersProps): Mount => ({
  volume: databaseLogin,
  path: DATABASE_PATH,
});

function commonEnv({ database, databaseAddress }: MlflowContainersProps): Variables {
  return {
    HOME: '/tmp',
    MLFLOW_DISABLE_TELEMETRY: 'true',
    DO_NOT_TRACK: 'true',
    // Jobs would start eight more processes and take 1.7 GiB, for features that nothing here uses.
    MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
    PGHOST: databaseAddress.host,
    PGPORT: databaseAddress.port,
    PGDATABASE: database.database,
    PGUSER: database.user,
    PGSERVICE: PG_SERVICE,
    PGSERVICEFILE: `${DATABASE_PATH}/${DATABASE_KEY}`,
    PGAPPNAME: 'mlflow',
  };
}
