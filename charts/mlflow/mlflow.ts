import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { ServiceMonitor, ServiceMonitorSpecEndpointsTargetPort } from '../../imports/monitoring.coreos.com';
import { Component } from '../lib/component';
import type { Endpoint, Pods } from '../lib/endpoint';
import type { Image } from '../lib/image';
import { RequiredSecret, secretText } from '../lib/secret';
import { RESTRICTED_CONTAINER } from '../lib/security';
import {
  imageOf,
  ONE_BY_ONE,
  podBase,
  type Resources,
  resourceRequirements,
  scratchVolume,
  secretVolume,
  serviceAccount,
} from '../lib/workload';
import { type BucketAccess, bucketUri } from '../object-store/object-store';
import type { DatabaseConnection } from '../postgresql/postgresql';
import migrateScript from './migrate.py';

export interface MlflowProps {
  readonly namespace: string;
  readonly image: Image;
  readonly pullSecret?: string;
  readonly database: DatabaseConnection;
  /** Where artifacts go; needs to be read-write. */
  readonly artifacts: BucketAccess;
  readonly clusterDomain: string;
  /** @default - only in-cluster names and port-forwards reach the server */
  readonly host?: string;
  readonly replicas: number;
  readonly workers: number;
  readonly resources: Resources;
  /** @default - nothing scrapes the metrics */
  readonly monitoring?: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> };
  /** Namespaces outside the platform whose pods may call the server. */
  readonly clientNamespaces: readonly string[];
}

const PORT = 5000;
const PORT_NAME = 'http';
/** The image names no user and would run as root. */
const UID = 10001;
const DATABASE_PATH = '/run/secrets/database';
const S3_PATH = '/run/secrets/object-store';
const MIGRATIONS_PATH = '/opt/migrations';
/** The driver and nothing else: libpq takes host, user and database from the environment, the password from a file. */
const BACKEND_STORE = 'postgresql+psycopg2://';
const PG_SERVICE = 'mlflow';

/** The MLflow tracking server: metadata in PostgreSQL, artifacts through the server into a bucket. */
export class Mlflow extends Component {
  /** The tracking server and model registry. */
  readonly endpoint: Endpoint;

  constructor(scope: Construct, props: MlflowProps) {
    super(scope, { name: 'mlflow', stage: '40-tracking', namespace: props.namespace, version: props.image.label });
    const pods = this.pods(props.namespace, 'server');
    const service = new k8s.KubeService(this, 'service', {
      metadata: { name: 'mlflow' },
      spec: {
        selector: pods.labels,
        ports: [{ name: PORT_NAME, port: PORT, targetPort: k8s.IntOrString.fromString(PORT_NAME) }],
      },
    });
    this.endpoint = { service: service.name, namespace: props.namespace, port: PORT, targetPort: PORT, pods };

    this.server(props, pods);
    for (const name of props.clientNamespaces) this.allow({ kind: 'namespace', name }, pods, PORT);
    if (props.monitoring) this.monitor(props.monitoring, pods);
  }

  private server(props: MlflowProps, pods: Pods): void {
    const { database, artifacts } = props;
    const login = this.requireSecret(
      new RequiredSecret({
        namespace: props.namespace,
        name: 'mlflow-database',
        purpose: "MLflow's login to PostgreSQL, as a libpq service file",
        data: { 'pg_service.conf': secretText`[${PG_SERVICE}]\npassword=${database.password}\n` },
      }),
    );
    const keys = this.requireSecret(
      new RequiredSecret({
        namespace: props.namespace,
        name: 'mlflow-object-store',
        purpose: "MLflow's key to the object store, as an AWS credentials file",
        data: {
          credentials: secretText`[default]\naws_access_key_id=${artifacts.accessKeyId}\naws_secret_access_key=${artifacts.secretAccessKey}\n`,
        },
      }),
    );
    const db = this.connect(pods, database.endpoint);
    const s3 = this.connect(pods, artifacts.endpoint);
    const account = serviceAccount(this, 'account', 'mlflow');
    const migrations = new k8s.KubeConfigMap(this, 'migrations', {
      metadata: { name: 'mlflow-migrations' },
      data: { 'migrate.py': migrateScript },
    });
    const value = (name: string, text: string) => ({ name, value: text });
    const databaseEnv = [
      value('PGHOST', db.host),
      value('PGPORT', String(db.port)),
      value('PGDATABASE', database.database),
      value('PGUSER', database.user),
      value('PGSERVICE', PG_SERVICE),
      value('PGSERVICEFILE', `${DATABASE_PATH}/${login.key('pg_service.conf')}`),
      value('PGAPPNAME', 'mlflow'),
    ];
    const commonEnv = [
      value('HOME', '/tmp'),
      value('MLFLOW_DISABLE_TELEMETRY', 'true'),
      value('DO_NOT_TRACK', 'true'),
      // Jobs would start eight more processes and 1.7 GiB for features that nobody here uses.
      value('MLFLOW_SERVER_ENABLE_JOB_EXECUTION', 'false'),
    ];
    const databaseMount = { name: 'database-login', mountPath: DATABASE_PATH, readOnly: true };
    const tmpMount = { name: 'tmp', mountPath: '/tmp' };

    new k8s.KubeDeployment(this, 'server', {
      metadata: { name: 'mlflow' },
      spec: {
        replicas: props.replicas,
        selector: { matchLabels: pods.labels },
        strategy: ONE_BY_ONE,
        template: {
          metadata: { labels: this.podLabels(pods) },
          spec: {
            ...podBase({ serviceAccountName: account.name, uid: UID, pullSecret: props.pullSecret }),
            terminationGracePeriodSeconds: 60,
            initContainers: [
              {
                name: 'mlflow-db-migration',
                ...imageOf(props.image),
                command: ['python', `${MIGRATIONS_PATH}/migrate.py`],
                env: [...commonEnv, ...databaseEnv, value('MLFLOW_BACKEND_STORE_URI', BACKEND_STORE)],
                resources: resourceRequirements(props.resources),
                securityContext: RESTRICTED_CONTAINER,
                volumeMounts: [
                  { name: 'migrations', mountPath: MIGRATIONS_PATH, readOnly: true },
                  databaseMount,
                  tmpMount,
                ],
              },
            ],
            containers: [
              {
                name: 'mlflow',
                ...imageOf(props.image),
                command: ['mlflow', 'server'],
                args: [
                  '--host=0.0.0.0',
                  `--port=${PORT}`,
                  `--workers=${props.workers}`,
                  `--backend-store-uri=${BACKEND_STORE}`,
                  '--serve-artifacts',
                  `--artifacts-destination=${bucketUri(artifacts.bucket)}`,
                  '--expose-prometheus=/tmp/metrics',
                ],
                ports: [{ name: PORT_NAME, containerPort: PORT }],
                env: [
                  ...commonEnv,
                  ...databaseEnv,
                  { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
                  value('MLFLOW_SERVER_ALLOWED_HOSTS', allowedHosts(props).join(',')),
                  value('MLFLOW_S3_ENDPOINT_URL', s3.origin),
                  value('AWS_SHARED_CREDENTIALS_FILE', `${S3_PATH}/${keys.key('credentials')}`),
                  // boto3 asks the instance metadata service otherwise, which the policies cut off.
                  value('AWS_EC2_METADATA_DISABLED', 'true'),
                  value('AWS_DEFAULT_REGION', 'us-east-1'),
                ],
                // /health needs no login and is exempt from the Host check.
                startupProbe: { ...health, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 60 },
                readinessProbe: { ...health, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
                // Busy workers answer late; only a process that no longer accepts connections is restarted.
                livenessProbe: {
                  tcpSocket: { port: k8s.IntOrString.fromString(PORT_NAME) },
                  periodSeconds: 20,
                  timeoutSeconds: 5,
                  failureThreshold: 6,
                },
                // Endpoints are removed while the pod already stops: new requests still arrive for a moment.
                lifecycle: { preStop: { exec: { command: ['sleep', '5'] } } },
                resources: resourceRequirements(props.resources),
                securityContext: RESTRICTED_CONTAINER,
                volumeMounts: [
                  databaseMount,
                  { name: 'object-store-key', mountPath: S3_PATH, readOnly: true },
                  tmpMount,
                ],
              },
            ],
            volumes: [
              { name: 'migrations', configMap: { name: migrations.name } },
              secretVolume('database-login', login, 'pg_service.conf'),
              // Artifacts are staged here on their way to the bucket.
              scratchVolume('tmp', '4Gi'),
              secretVolume('object-store-key', keys, 'credentials'),
            ],
          },
        },
      },
    });
  }

  private monitor(monitoring: NonNullable<MlflowProps['monitoring']>, pods: Pods): void {
    new ServiceMonitor(this, 'monitor', {
      metadata: { name: 'mlflow', labels: { ...monitoring.labels } },
      spec: {
        selector: { matchLabels: { 'app.kubernetes.io/name': this.componentName } },
        endpoints: [
          {
            targetPort: ServiceMonitorSpecEndpointsTargetPort.fromString(PORT_NAME),
            path: '/metrics',
            interval: '30s',
            scrapeTimeout: '10s',
          },
        ],
      },
    });
    this.allow({ kind: 'namespace', name: monitoring.namespace }, pods, PORT);
  }
}

const health = { httpGet: { path: '/health', port: k8s.IntOrString.fromString(PORT_NAME) } };

/**
 * The Host headers that MLflow answers: it compares the whole header, port included, and refuses with 403 what is not
 * in the list. Prometheus calls a pod by its address, a port-forward by localhost and any port.
 */
function allowedHosts({ namespace, clusterDomain, host }: MlflowProps): string[] {
  const service = `mlflow.${namespace}`;
  const names = ['mlflow', service, `${service}.svc`, `${service}.svc.${clusterDomain}`, '$(POD_IP)'];
  return [
    ...[...names, ...(host === undefined ? [] : [host])].flatMap((name) => [name, `${name}:${PORT}`]),
    ...['localhost', '127.0.0.1'].flatMap((name) => [name, `${name}:*`]),
  ];
}
