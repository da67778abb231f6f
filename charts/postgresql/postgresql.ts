import type { Construct } from 'constructs';
import type { CertificateIssuer } from '../certificates/issuer';
import type { ContainerProps, Resources, Variables } from '../lib/container';
import type { Endpoint, Pods } from '../lib/endpoint';
import type { Image } from '../lib/image';
import { k8s } from '../lib/k8s';
import type { Logging } from '../lib/logging';
import { podSpec, serviceAccount } from '../lib/pod';
import { probes, tcpCheck } from '../lib/probes';
import { Credential, RequiredSecret, secretText } from '../lib/secret';
import { endpointOf, type NamedPort, service, servicePort } from '../lib/service';
import {
  claimTemplate,
  configMapVolume,
  type Mount,
  type Storage,
  scratchVolume,
  secretVolume,
  tmp,
} from '../lib/volumes';
import { statefulSet } from '../lib/workload';
import type { WorkloadSettings } from '../lib/workload-settings';
import { MonitoredComponent, type Scraping } from '../monitoring/monitored';
import type { DatabaseAdmin, DatabaseConnection, ServerCheck } from './connection';
import { applicationConnections } from './connections';
import { type EmbeddedTls, embeddedTls } from './embedded-tls';
import { exporterContainer, METRICS, SOCKET_PATH } from './exporter';
import initScript from './init.sh';
import { MLFLOW } from './roles';

export interface PostgresqlProps extends WorkloadSettings {
  readonly namespace: string;
  readonly image: Image;
  /** @default - images are pulled without a login */
  readonly pullSecret?: string;
  readonly resources: Resources;
  readonly storage: Storage;
  /** Connections at a time. */
  readonly maxConnections: number;
  /** Size of /dev/shm, which counts as memory of the container. */
  readonly sharedMemory: string;
  /** Who signs its certificate; it takes connections by TLS alone then. @default - it has none, and no TLS */
  readonly certificate?: { readonly issuer: CertificateIssuer; readonly clusterDomain: string };
  /** @default - it logs as it does by itself */
  readonly logging?: Logging;
  /** Who scrapes it, and the image of the exporter that is then beside it. @default - nobody, and there is none */
  readonly monitoring?: Scraping & { readonly exporter: Image };
}

const PORT: NamedPort = { name: 'tcp-postgresql', containerPort: 5432 };
/** The user that the Debian variant of the official image makes. */
export const POSTGRES_UID = 999;
const SUPERUSER = 'postgres';
const SUPERUSER_KEY = 'postgres-password';
const MLFLOW_KEY = 'mlflow-password';
/** Where the passwords are in the container. */
export const PASSWORDS_PATH = '/run/secrets/postgresql';
/** From major version 18 the image keeps its data in a folder per version below this one, so that upgrades can link. */
const VOLUME_PATH = '/var/lib/postgresql';

/**
 * Where an image of an older release keeps its data. By itself it takes a folder that it declares as a volume of its own: the
 * container runtime mounts an empty one there for each new container, over the volume of the pod.
 */
function dataFolder({ version }: Image): Variables {
  const major = Number(/^\d+/.exec(version)?.[0]);
  return major < 18 ? { PGDATA: `${VOLUME_PATH}/${major}/docker` } : {};
}

/**
 * PostgreSQL with one database for MLflow: a StatefulSet of one pod on the official image.
 *
 * MLflow logs in as a role that is neither superuser nor owner: it may act as the owner of its own schema, and as
 * nothing else.
 */
export class Postgresql extends MonitoredComponent {
  /** The connection for MLflow. */
  readonly mlflow: DatabaseConnection<Endpoint>;
  /** The connection for what administers MLflow's database. */
  readonly admin: DatabaseAdmin<Endpoint>;

  constructor(scope: Construct, props: PostgresqlProps) {
    super(scope, { name: 'postgresql', stage: '30-data', namespace: props.namespace, version: props.image.label });
    const pods = this.pods(props.namespace, 'primary');
    const password = new Credential('MLFLOW_DB_PASSWORD', "MLflow's login to PostgreSQL");
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
    const endpoint = this.server(props, pods, secret);
    const check: ServerCheck = props.certificate
      ? { sslMode: 'verify-full', authority: { kind: 'issuer', issuer: props.certificate.issuer } }
      : { sslMode: 'prefer' };
    this.mlflow = {
      endpoint,
      check,
      database: MLFLOW.database,
      user: MLFLOW.user,
      password,
      connections: applicationConnections({ kind: 'embedded', maxConnections: props.maxConnections }),
    };
    this.admin = {
      endpoint,
      check,
      database: MLFLOW.database,
      schema: MLFLOW.schema,
      user: SUPERUSER,
      secret,
      passwordKey: secret.key(SUPERUSER_KEY),
    };
  }

  private server(props: PostgresqlProps, pods: Pods, secret: RequiredSecret): Endpoint {
    const scripts = new k8s.KubeConfigMap(this, 'init', {
      metadata: { name: 'postgresql-init-scripts' },
      data: { 'mlflow.sh': initScript },
    });
    const account = serviceAccount(this, 'account', 'postgresql', props);
    const ports = [servicePort(PORT)];
    const headless = service(this, 'postgresql-hl', { name: 'postgresql-hl', pods, ports, headless: true });
    const inFront = service(this, 'postgresql', { name: 'postgresql', pods, ports });
    const data = claimTemplate('data', props.storage);
    const tls = props.certificate && embeddedTls(this, { name: inFront.name, ...props, ...props.certificate });
    const socket = { volume: scratchVolume('run'), path: SOCKET_PATH };
    const exporter = props.monitoring && {
      image: props.monitoring.exporter,
      user: SUPERUSER,
      database: MLFLOW.database,
    };
    statefulSet(this, 'server', {
      name: 'postgresql',
      service: headless,
      pods,
      podLabels: this.podLabels(pods),
      settings: props,
      podAnnotations: this.scrape(
        props.monitoring,
        { name: this.componentName, pods, port: METRICS, path: '/metrics' },
        'pg_up',
      ),
      claims: [data],
      pod: podSpec({
        serviceAccountName: account.name,
        uid: POSTGRES_UID,
        pullSecret: props.pullSecret,
        // The image's stop signal is SIGINT, a fast shutdown: it ends sessions and writes a checkpoint.
        terminationGracePeriodSeconds: 120,
        containers: [
          serverContainer(props, tls, [
            { volume: data, path: VOLUME_PATH },
            // Executable, so that the entrypoint runs the script in a shell of its own.
            { volume: configMapVolume('init', scripts, 0o555), path: '/docker-entrypoint-initdb.d' },
            { volume: secretVolume('passwords', secret, SUPERUSER_KEY, MLFLOW_KEY), path: PASSWORDS_PATH },
            { volume: sharedMemory(props), path: '/dev/shm' },
            socket,
            tmp(),
            ...(tls?.mounts ?? []),
          ]),
          ...(exporter ? [exporterContainer({ ...exporter, socket })] : []),
        ],
      }),
    });
    return { ...endpointOf(inFront, pods, PORT), ...(tls && { tls: true }) };
  }
}

/** Parallel queries need more shared memory than the 64Mi that a container has without a volume for it. */
const sharedMemory = (props: PostgresqlProps): k8s.Volume => ({
  name: 'shared-memory',
  emptyDir: { medium: 'Memory', sizeLimit: k8s.Quantity.fromString(props.sharedMemory) },
});

/** PostgreSQL has five levels of "debug", of which the first is the least. */
const levelOf = (logging: Logging | undefined) =>
  logging?.level ? ['-c', `log_min_messages=${logging.level === 'debug' ? 'debug1' : logging.level}`] : [];

function serverContainer(
  { image, resources, maxConnections, logging }: PostgresqlProps,
  tls: EmbeddedTls | undefined,
  mounts: readonly Mount[],
): ContainerProps {
  return {
    name: 'postgresql',
    image,
    // The image's entrypoint hands options on to the server.
    ...(tls && { command: tls.command }),
    args: ['-c', `max_connections=${maxConnections}`, ...levelOf(logging), ...(tls?.args ?? [])],
    ports: [PORT],
    env: {
      POSTGRES_USER: SUPERUSER,
      POSTGRES_PASSWORD_FILE: `${PASSWORDS_PATH}/${SUPERUSER_KEY}`,
      POSTGRES_DB: MLFLOW.database,
      ...dataFolder(image),
      // What init.sh reads.
      APP_DATABASE: MLFLOW.database,
      APP_SCHEMA: MLFLOW.schema,
      APP_OWNER: MLFLOW.owner,
      APP_USER: MLFLOW.user,
      APP_PASSWORD_FILE: `${PASSWORDS_PATH}/${MLFLOW_KEY}`,
    },
    ...probes({
      startup: { periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 120 },
      // On 127.0.0.1, where the server that runs the init scripts does not listen yet.
      ready: {
        exec: {
          command: ['pg_isready', '--host=127.0.0.1', `--port=${PORT.containerPort}`, `--username=${SUPERUSER}`],
        },
      },
      // A server that recovers refuses logins, and must not be restarted for it.
      live: tcpCheck(PORT),
    }),
    resources,
    mounts,
  };
}
