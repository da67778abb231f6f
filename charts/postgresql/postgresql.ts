import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { Component } from '../lib/component';
import type { Endpoint } from '../lib/endpoint';
import type { Image } from '../lib/image';
import { Credential, RequiredSecret, secretText } from '../lib/secret';
import { RESTRICTED_CONTAINER } from '../lib/security';
import {
  claimSpec,
  imageOf,
  podBase,
  type Resources,
  resourceRequirements,
  type Storage,
  scratchVolume,
  secretVolume,
  serviceAccount,
} from '../lib/workload';
import initScript from './init.sh';

export interface PostgresqlProps {
  readonly namespace: string;
  readonly image: Image;
  readonly pullSecret?: string;
  readonly resources: Resources;
  readonly storage: Storage;
}

/** The superuser's login, for who runs beside the server. */
export interface DatabaseAdmin {
  readonly endpoint: Endpoint;
  readonly database: string;
  readonly user: string;
  readonly secret: RequiredSecret;
  /** The key of the password in that Secret. */
  readonly passwordKey: string;
}

/** How a client reaches a database and logs in, except for the password's place in its own namespace. */
export interface DatabaseConnection {
  readonly endpoint: Endpoint;
  readonly database: string;
  readonly user: string;
  readonly password: Credential;
}

const PORT = 5432;
const PORT_NAME = 'tcp-postgresql';
/** The user that the Debian variant of the official image makes. */
export const POSTGRES_UID = 999;
const SUPERUSER = 'postgres';
const SUPERUSER_KEY = 'postgres-password';
const MLFLOW_KEY = 'mlflow-password';
const SECRETS_PATH = '/run/secrets/postgresql';
/** From major version 18 the image keeps its data in a folder per version below this one, so that upgrades can link. */
const VOLUME_PATH = '/var/lib/postgresql';

/**
 * PostgreSQL with one database for MLflow: a StatefulSet of one pod on the official image.
 *
 * MLflow logs in as a role that is neither superuser nor owner: it may act as the owner of its own schema, and as
 * nothing else.
 */
export class Postgresql extends Component {
  /** The connection for MLflow. */
  readonly mlflow: DatabaseConnection;
  /** The connection for what administers MLflow's database. */
  readonly admin: DatabaseAdmin;

  constructor(scope: Construct, props: PostgresqlProps) {
    super(scope, {
      name: 'postgresql',
      stage: '30-data',
      namespace: props.namespace,
      version: props.image.label,
    });
    const pods = this.pods(props.namespace, 'primary');
    const password = new Credential('MLFLOW_DB_PASSWORD', "MLflow's login to PostgreSQL");
    const mlflow = { database: 'mlflowdb', schema: 'mlflow', owner: 'mlflow_owner', user: 'mlflow' };
    const secret = this.requireSecret(
      new RequiredSecret({
        namespace: props.namespace,
        name: 'postgresql',
        purpose: 'Passwords that PostgreSQL sets up',
        data: {
          [SUPERUSER_KEY]: secretText`${new Credential('POSTGRES_PASSWORD', "PostgreSQL's superuser")}`,
          [MLFLOW_KEY]: secretText`${password}`,
        },
      }),
    );

    const scripts = new k8s.KubeConfigMap(this, 'init', {
      metadata: { name: 'postgresql-init-scripts' },
      data: { 'mlflow.sh': initScript },
    });
    const account = serviceAccount(this, 'account', 'postgresql');

    const headless = this.service('postgresql-hl', pods.labels, {
      clusterIp: 'None',
      publishNotReadyAddresses: true,
    });
    const service = this.service('postgresql', pods.labels, {});

    new k8s.KubeStatefulSet(this, 'server', {
      metadata: { name: 'postgresql' },
      spec: {
        serviceName: headless.name,
        replicas: 1,
        selector: { matchLabels: pods.labels },
        // Deleting or shrinking the StatefulSet never deletes data.
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        template: {
          metadata: { labels: this.podLabels(pods) },
          spec: {
            ...podBase({ serviceAccountName: account.name, uid: POSTGRES_UID, pullSecret: props.pullSecret }),
            // The image's stop signal is SIGINT, a fast shutdown: it ends sessions and writes a checkpoint.
            terminationGracePeriodSeconds: 120,
            containers: [
              {
                name: 'postgresql',
                ...imageOf(props.image),
                ports: [{ name: PORT_NAME, containerPort: PORT }],
                env: [
                  { name: 'POSTGRES_USER', value: SUPERUSER },
                  { name: 'POSTGRES_PASSWORD_FILE', value: `${SECRETS_PATH}/${SUPERUSER_KEY}` },
                  { name: 'POSTGRES_DB', value: mlflow.database },
                  { name: 'APP_DATABASE', value: mlflow.database },
                  { name: 'APP_SCHEMA', value: mlflow.schema },
                  { name: 'APP_OWNER', value: mlflow.owner },
                  { name: 'APP_USER', value: mlflow.user },
                  { name: 'APP_PASSWORD_FILE', value: `${SECRETS_PATH}/${MLFLOW_KEY}` },
                ],
                // On 127.0.0.1, where the server that runs the init scripts does not listen yet.
                startupProbe: { ...ready(SUPERUSER), periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 120 },
                readinessProbe: { ...ready(SUPERUSER), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
                // Laxer than readiness: a server that recovers refuses logins and must not be restarted for it.
                livenessProbe: {
                  tcpSocket: { port: k8s.IntOrString.fromString(PORT_NAME) },
                  periodSeconds: 20,
                  timeoutSeconds: 5,
                  failureThreshold: 6,
                },
                resources: resourceRequirements(props.resources),
                securityContext: RESTRICTED_CONTAINER,
                volumeMounts: [
                  { name: 'data', mountPath: VOLUME_PATH },
                  { name: 'init', mountPath: '/docker-entrypoint-initdb.d', readOnly: true },
                  { name: 'passwords', mountPath: SECRETS_PATH, readOnly: true },
                  { name: 'shared-memory', mountPath: '/dev/shm' },
                  { name: 'run', mountPath: '/var/run/postgresql' },
                  { name: 'tmp', mountPath: '/tmp' },
                ],
              },
            ],
            volumes: [
              // Executable, so that the entrypoint runs the script in a shell of its own.
              { name: 'init', configMap: { name: scripts.name, defaultMode: 0o555 } },
              secretVolume('passwords', secret, SUPERUSER_KEY, MLFLOW_KEY),
              // Parallel queries need more shared memory than a container's 64Mi; it counts as memory of the container.
              { name: 'shared-memory', emptyDir: { medium: 'Memory', sizeLimit: k8s.Quantity.fromString('128Mi') } },
              scratchVolume('run', '16Mi'),
              scratchVolume('tmp', '512Mi'),
            ],
          },
        },
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: claimSpec(props.storage),
          },
        ],
      },
    });

    const endpoint = { service: service.name, namespace: props.namespace, port: PORT, targetPort: PORT, pods };
    this.mlflow = { endpoint, database: mlflow.database, user: mlflow.user, password };
    this.admin = {
      endpoint,
      database: mlflow.database,
      user: SUPERUSER,
      secret,
      passwordKey: secret.key(SUPERUSER_KEY),
    };
  }

  private service(name: string, selector: Readonly<Record<string, string>>, spec: Partial<k8s.ServiceSpec>) {
    return new k8s.KubeService(this, name, {
      metadata: { name },
      spec: {
        ...spec,
        selector,
        ports: [{ name: PORT_NAME, port: PORT, targetPort: k8s.IntOrString.fromString(PORT_NAME) }],
      },
    });
  }
}

const ready = (user: string) => ({
  exec: { command: ['pg_isready', '--host=127.0.0.1', `--port=${PORT}`, `--username=${user}`] },
});
