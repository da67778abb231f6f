import type { Construct } from 'constructs';
import { CertificateSpecUsages } from '../../imports/cert-manager.io';
import { Cluster } from '../../imports/postgresql.cnpg.io';
import { serviceNames, signedCertificate } from '../certificates/signed-certificate';
import type { Endpoint, Pods } from '../lib/endpoint';
import { Credential, RequiredSecret, secretText } from '../lib/secret';
import type { NamedPort } from '../lib/service';
import { MonitoredComponent } from '../monitoring/monitored';
import { PREREQUISITES } from '../prerequisites/catalogue';
import { archiveKey, archiveServer, archiveStore } from './archive';
import type { CloudNativePgProps } from './cluster-props';
import { clusterSpec } from './cluster-spec';
import type { DatabaseAdmin, DatabaseConnection, ServerCheck } from './connection';
import { applicationConnections } from './connections';
import { MLFLOW } from './roles';

/** Of the Cluster; another name than the embedded server has, so that both can be there while data moves. */
export const DATABASE_CLUSTER = 'postgres';
const NAME = DATABASE_CLUSTER;
/** Ports of an instance; constants of the operator. */
const PORTS = { postgresql: 5432, status: 8000 } as const;
const METRICS: NamedPort = { name: 'metrics', containerPort: 9187 };
/** A label by which the instance manager notices new contents of a Secret. */
const RELOAD = { 'cnpg.io/reload': 'true' };

/** PostgreSQL as a primary with replicas, which the CloudNativePG operator runs. */
export class CloudNativePg extends MonitoredComponent {
  /** The connection for MLflow: to the primary, whichever instance that is. */
  readonly mlflow: DatabaseConnection<Endpoint>;
  /** The connection for what copies MLflow's database; no superuser logs in over the network. */
  readonly admin: DatabaseAdmin<Endpoint>;

  constructor(
    scope: Construct,
    private readonly props: CloudNativePgProps,
  ) {
    super(scope, { name: NAME, stage: '30-data', namespace: props.namespace, version: props.image.label });
    this.requireInstalled(PREREQUISITES.certManager);
    this.requireInstalled(PREREQUISITES.cloudNativePg);
    // The operator's labels: instances have them, and the Jobs that make an instance. The latter have no role.
    const pods: Pods = { kind: 'pods', name: NAME, namespace: props.namespace, labels: { 'cnpg.io/cluster': NAME } };
    const password = new Credential('MLFLOW_DB_PASSWORD', "MLflow's login to PostgreSQL");
    const login = this.login('mlflow', "MLflow's login, which the operator sets up", MLFLOW.user, password);
    const readerLogin = this.login(
      'reader',
      'The login of what copies the database',
      MLFLOW.reader,
      new Credential('DATABASE_READER_PASSWORD', 'the login that reads the whole database'),
    );
    this.connections(pods);
    const annotations = this.scraped(pods);
    new Cluster(this, 'cluster', {
      metadata: { name: NAME },
      spec: clusterSpec(
        annotations ? { ...props, podAnnotations: { ...props.podAnnotations, ...annotations } } : props,
        {
          labels: pods.labels,
          certificate: this.certificate(),
          login,
          readerLogin,
          archive: this.archive(pods),
        },
      ),
    });
    this.mlflow = {
      endpoint: this.endpoint('rw', pods),
      check: this.check(),
      database: MLFLOW.database,
      user: MLFLOW.user,
      password,
      connections: applicationConnections({ kind: 'cloudNativePg', maxConnections: props.maxConnections }),
    };
    this.admin = {
      // A copy is as good from a replica, where there is one.
      endpoint: this.endpoint('r', pods),
      check: this.check(),
      database: MLFLOW.database,
      schema: MLFLOW.schema,
      user: MLFLOW.reader,
      secret: readerLogin,
      passwordKey: readerLogin.key('password'),
    };
  }

  private check(): ServerCheck {
    return { sslMode: 'verify-full', authority: { kind: 'issuer', issuer: this.props.issuer } };
  }

  /** A Service of the operator: "rw" leads to the primary, "r" to any instance. */
  private endpoint(to: 'rw' | 'r', pods: Pods): Endpoint {
    return {
      service: `${NAME}-${to}`,
      namespace: this.props.namespace,
      port: PORTS.postgresql,
      targetPort: PORTS.postgresql,
      pods,
      tls: true,
    };
  }

  private login(name: string, purpose: string, username: string, password: Credential): RequiredSecret {
    return this.requireSecret(
      new RequiredSecret({
        namespace: this.props.namespace,
        name: `${NAME}-${name}`,
        purpose,
        type: 'kubernetes.io/basic-auth',
        labels: RELOAD,
        data: { username: [username], password: secretText`${password}` },
      }),
    );
  }

  private certificate(): string {
    const { issuer, namespace, clusterDomain } = this.props;
    return signedCertificate(this, 'certificate', {
      name: `${NAME}-server-certificate`,
      issuer,
      dnsNames: ['rw', 'ro', 'r'].flatMap((to) => serviceNames({ service: `${NAME}-${to}`, namespace }, clusterDomain)),
      usages: [CertificateSpecUsages.SERVER_AUTH],
      secretLabels: RELOAD,
    });
  }

  private archive(pods: Pods): string | undefined {
    const { store, namespace, retention } = this.props;
    if (!store) return undefined;
    this.requireInstalled(PREREQUISITES.barmanPlugin);
    const archive = { namespace, name: NAME, store, retention };
    this.connect(pods, archiveServer(store));
    return archiveStore(this, archive, this.requireSecret(archiveKey(archive)));
  }

  private connections(pods: Pods): void {
    const { operatorNamespace, apiServerPorts } = this.props;
    // Replicas copy from the primary, and the primary asks replicas whether it is cut off.
    this.allow(pods, pods, PORTS.postgresql, PORTS.status);
    this.allow({ kind: 'namespace', name: operatorNamespace }, pods, PORTS.postgresql, PORTS.status);
    this.allow(pods, { kind: 'apiServer' }, ...apiServerPorts);
  }

  /** The operator can make a monitor itself, which is deprecated and knows no labels. */
  private scraped(pods: Pods) {
    const instances = { ...pods, labels: { ...pods.labels, 'cnpg.io/podRole': 'instance' } };
    const scraped = { name: NAME, pods: instances, port: METRICS, path: '/metrics', replicas: this.props.instances };
    return this.scrape(this.props.monitoring, scraped);
  }
}
