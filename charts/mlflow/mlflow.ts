import type { Construct } from 'constructs';
import {
  ServiceMonitor,
  ServiceMonitorSpecEndpointsRelabelingsAction,
  ServiceMonitorSpecEndpointsTargetPort,
} from '../../imports/monitoring.coreos.com';
import { checksum } from '../lib/checksum';
import type { ContainerProps, Resources } from '../lib/container';
import type { Endpoint, Pods } from '../lib/endpoint';
import type { Image } from '../lib/image';
import { k8s } from '../lib/k8s';
import type { Logging } from '../lib/logging';
import { podSpec, serviceAccount } from '../lib/pod';
import type { RequiredSecret } from '../lib/secret';
import { endpointOf, type NamedPort, service, servicePort } from '../lib/service';
import { configMapVolume, secretVolume } from '../lib/volumes';
import { deployment } from '../lib/workload';
import type { WorkloadSettings } from '../lib/workload-settings';
import {
  hasOperator,
  MonitoredComponent,
  podScrape,
  type Scraping,
  scrapeAnnotations,
  type Target,
} from '../monitoring/monitored';
import { jobLabel, SCRAPE_TIMES } from '../monitoring/pod-scrape';
import { type BucketAccess, identityEdges } from '../object-store/bucket';
import { storeAuthority } from '../object-store/rclone';
import type { DatabaseConnection } from '../postgresql/connection';
import { ADMIN, type AuthProps, authConfig, formKeySecret, usersSecret } from './auth/auth';
import { type AuthFiles, authFiles, authVolume, usersContainer } from './auth/containers';
import { healthPath, type MlflowContainersProps, migrationContainer, PORT, serverContainer } from './containers';
import { DATABASE_KEY, databaseLogin, objectStoreKey, S3_KEY } from './credentials';
import { databaseAuthority } from './database';
import { METRICS, METRICS_PATH, metricsContainer } from './metrics';
import migrateScript from './migrate.py';

export interface MlflowProps extends WorkloadSettings {
  readonly namespace: string;
  readonly image: Image;
  /** @default - images are pulled without a login */
  readonly pullSecret?: string;
  readonly database: DatabaseConnection;
  /** Where artifacts go; needs to be read-write. */
  readonly artifacts: BucketAccess;
  readonly clusterDomain: string;
  /** Hosts outside the cluster that browsers reach the server by, with the port where they show one. */
  readonly hosts: readonly string[];
  /** @default - all addresses start with "/" */
  readonly staticPrefix?: string;
  readonly replicas: number;
  readonly workers: number;
  readonly resources: Resources;
  /** @default - it logs as it does by itself */
  readonly logging?: Logging;
  /** @default - nothing scrapes the metrics */
  readonly monitoring?: Scraping;
  /** Namespaces outside the platform whose pods may call the server. */
  readonly clientNamespaces: readonly string[];
  /** Users of its own. @default - there are none: whoever reaches it may do everything */
  readonly auth?: AuthProps;
}

/** The image names no user and would run as root. */
export const MLFLOW_UID = 10001;

/** The MLflow tracking server: metadata in PostgreSQL, artifacts through the server into a bucket. */
export class Mlflow extends MonitoredComponent {
  /** The tracking server and model registry. */
  readonly endpoint: Endpoint;
  /** What the path of every address starts with, such as "/mlflow"; often empty. */
  readonly path: string;
  /** The login to the database, for what else runs in this namespace. */
  readonly login: RequiredSecret;
  /** @default - the cloud knows the pod by its ServiceAccount */
  private readonly key?: RequiredSecret;
  private readonly storeAuthority?: k8s.Volume;
  private readonly auth?: AuthFiles;
  /** The volume with the authority that the database's certificate is checked by, for the same. */
  readonly databaseAuthority?: k8s.Volume;

  constructor(
    scope: Construct,
    private readonly props: MlflowProps,
  ) {
    super(scope, { name: 'mlflow', stage: '40-tracking', namespace: props.namespace, version: props.image.label });
    this.path = props.staticPrefix ?? '';
    this.login = this.requireSecret(databaseLogin(props.namespace, props.database));
    const { key } = props.artifacts;
    this.key = key && this.requireSecret(objectStoreKey(props.namespace, key));
    this.storeAuthority = storeAuthority(this, props.artifacts);
    this.databaseAuthority = databaseAuthority(this, props.database.check);
    this.auth = props.auth && this.authOf(props.auth);
    const pods = this.pods(props.namespace, 'server');
    const inFront = service(this, 'service', { name: 'mlflow', pods, ports: [servicePort(PORT)] });
    this.endpoint = endpointOf(inFront, pods, PORT);
    this.server(pods);
    for (const name of props.clientNamespaces) this.allow({ kind: 'namespace', name }, pods, PORT.containerPort);
    if (props.monitoring) this.monitor(props.monitoring, pods);
  }

  private authOf(auth: AuthProps): AuthFiles {
    const { namespace, monitoring } = this.props;
    const measured = monitoring !== undefined;
    return {
      ...auth,
      passwords: this.requireSecret(usersSecret(namespace, [ADMIN, ...auth.users])),
      formKey: this.requireSecret(formKeySecret(namespace)),
      files: authFiles(this, auth, measured),
      measured,
    };
  }

  private server(pods: Pods): void {
    const { props, auth } = this;
    const wiring = this.wire(pods);
    const account = serviceAccount(this, 'account', 'mlflow', props);
    const migrations = new k8s.KubeConfigMap(this, 'migrations', {
      metadata: { name: 'mlflow-migrations' },
      data: { 'migrate.py': migrateScript },
    });
    deployment(this, 'server', {
      name: 'mlflow',
      replicas: props.replicas,
      pods,
      podLabels: this.podLabels(pods),
      settings: props,
      podAnnotations: {
        ...(props.monitoring?.kind === 'annotations' &&
          scrapeAnnotations({ port: this.metricsPort, path: METRICS_PATH })),
        // It reads the file when it starts.
        ...(auth && checksum('auth', authConfig(auth))),
      },
      pod: podSpec({
        serviceAccountName: account.name,
        uid: MLFLOW_UID,
        pullSecret: props.pullSecret,
        terminationGracePeriodSeconds: 60,
        initContainers: [
          migrationContainer(wiring, configMapVolume('migrations', migrations)),
          ...(auth ? [usersContainer(wiring, auth)] : []),
        ],
        containers: [serverContainer(wiring), ...(auth?.measured ? [this.metricsContainer(auth)] : [])],
      }),
    });
  }

  /** Opens the ways to the database and the bucket. */
  private wire(pods: Pods): MlflowContainersProps {
    const { database, artifacts } = this.props;
    for (const { from, to, ports } of identityEdges(pods, artifacts)) this.allow(from, to, ...ports);
    return {
      ...this.props,
      databaseAddress: this.connect(pods, database.endpoint),
      storeAddress: this.connect(pods, artifacts.endpoint),
      databaseLogin: secretVolume('database-login', this.login, DATABASE_KEY),
      storeKey: this.key && secretVolume('object-store-key', this.key, S3_KEY),
      storeAuthority: this.storeAuthority,
      databaseAuthority: this.databaseAuthority,
      auth: this.auth,
    };
  }

  private metricsContainer(auth: AuthFiles): ContainerProps {
    const health = { port: PORT.containerPort, path: healthPath(this.path) };
    return metricsContainer({ image: this.props.image, scripts: authVolume(auth), health });
  }

  private get metricsPort(): NamedPort {
    return this.auth ? METRICS : PORT;
  }

  private monitor(monitoring: Scraping, pods: Pods): void {
    const job = this.componentName;
    const target: Target = { job, namespace: pods.namespace, up: 'up', replicas: this.props.replicas };
    this.admit(monitoring, target, pods, this.metricsPort.containerPort);
    if (monitoring.kind === 'annotations') return;
    if (!hasOperator(monitoring)) {
      this.lead(monitoring, podScrape({ name: job, pods, port: this.metricsPort, path: METRICS_PATH }));
      return;
    }
    new ServiceMonitor(this, 'monitor', {
      metadata: { name: 'mlflow', labels: { ...monitoring.labels } },
      spec: {
        selector: { matchLabels: { 'app.kubernetes.io/name': this.componentName } },
        endpoints: [
          {
            targetPort: ServiceMonitorSpecEndpointsTargetPort.fromString(this.metricsPort.name),
            path: METRICS_PATH,
            ...SCRAPE_TIMES,
            relabelings: [{ action: ServiceMonitorSpecEndpointsRelabelingsAction.REPLACE, ...jobLabel(job) }],
          },
        ],
      },
    });
  }
}
