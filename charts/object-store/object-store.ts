import type { Construct } from 'constructs';
import { CertificateSpecUsages } from '../../imports/cert-manager.io';
import type { CertificateIssuer } from '../certificates/issuer';
import { CERTIFICATE_KEYS, serviceNames, signedCertificate } from '../certificates/signed-certificate';
import type { Resources } from '../lib/container';
import { type Endpoint, hostOf, originOf, type Pods } from '../lib/endpoint';
import type { Image } from '../lib/image';
import type { k8s } from '../lib/k8s';
import type { Logging } from '../lib/logging';
import { podSpec, serviceAccount } from '../lib/pod';
import { RequiredSecret, secretText } from '../lib/secret';
import { endpointOf, service, servicePort } from '../lib/service';
import { claimTemplate, type Storage, tmp } from '../lib/volumes';
import { statefulSet } from '../lib/workload';
import type { WorkloadSettings } from '../lib/workload-settings';
import { MonitoredComponent, type Scraping } from '../monitoring/monitored';
import { PREREQUISITES } from '../prerequisites/catalogue';
import { bucketsOf } from './in-cluster';
import { onNodesOfTheirOwn } from './placement';
import type { BucketUser } from './policies';
import type { RetentionProps } from './retention';
import { RootCredential } from './root-credential';
import { API, CERTIFICATE_FILES, CERTIFICATES_PATH, CONSOLE, DATA_PATH, serverContainer } from './server';
import { setUpJob } from './setup';
import type { Buckets } from './store';
import { listOf, type UsersProps, usersOf } from './users';

export interface ObjectStoreProps extends WorkloadSettings, RetentionProps {
  readonly namespace: string;
  readonly image: Image;
  /** @default - images are pulled without a login */
  readonly pullSecret?: string;
  readonly console: boolean;
  /** Makes a user for batch predictions. */
  readonly batch: boolean;
  /** Makes a user for the mirror of the bucket. @default false */
  readonly mirrored?: boolean;
  readonly resources: Resources;
  /** The volume of each server. */
  readonly storage: Storage;
  /** The bucket of logged requests, and who of the teams reads what of it. @default - there is none */
  readonly requestLog?: UsersProps['requestLog'];
  /**
   * Servers that hold the objects together, each a part of every object: four or more, or one.
   * @default 1
   */
  readonly servers?: number;
  /** Signs the certificates of the servers. @default - they speak no TLS */
  readonly issuer?: CertificateIssuer;
  /** The cluster's DNS domain, which certificates have. @default - they have none of the names in it */
  readonly clusterDomain?: string;
  /** @default - it logs as it does by itself */
  readonly logging?: Logging;
  /** @default - nothing scrapes the metrics */
  readonly monitoring?: Scraping;
}

const NAME = 'minio';
/** Gives each server a name of its own. */
const HEADLESS = 'minio-hl';
/** The image names no user. */
const UID = 10001;
/** Of the whole store, whichever server answers. */
const METRICS_PATH = '/minio/v2/metrics/cluster';

/**
 * A MinIO-compatible object store with a private bucket and a user for each consumer: a StatefulSet, and a Job that sets
 * up buckets and users. Only those two know the root credential.
 *
 * Several servers keep each object in as many parts, of which some are for correction: of four, two. Reads go on while
 * half of four are away, and writes while one is.
 */
export class ObjectStore extends MonitoredComponent {
  readonly buckets: Buckets<Endpoint>;
  /** The web console, where it is served. */
  readonly page?: Endpoint;
  private readonly root: RootCredential;
  /** The Secret with the servers' certificate. */
  private readonly certificate?: string;

  constructor(
    scope: Construct,
    private readonly props: ObjectStoreProps,
  ) {
    super(scope, { name: NAME, stage: '30-data', namespace: props.namespace, version: props.image.label });
    const users = usersOf(props);
    const pods = this.pods(props.namespace, 'server');
    this.root = new RootCredential(props.namespace);
    this.requireSecret(this.root.secret);
    this.certificate = props.issuer && this.certify(props.issuer);
    const account = serviceAccount(this, 'account', NAME, props);
    const endpoint = this.server(pods, account.name);
    this.setUp(endpoint, account.name, listOf(users));
    if (props.console) this.page = { ...endpointOf({ name: NAME }, pods, CONSOLE), tls: endpoint.tls };

    this.buckets = bucketsOf(users, { endpoint, provider: 'Minio', issuer: props.issuer });
  }

  private server(pods: Pods, serviceAccountName: string): Endpoint {
    const { props, root, certificate } = this;
    const { servers = 1, console } = props;
    const tls = certificate !== undefined;
    const servicePorts = (console ? [API, CONSOLE] : [API]).map((port) => servicePort(port));
    const headless = service(this, HEADLESS, { name: HEADLESS, pods, ports: servicePorts, headless: true });
    const inFront = service(this, NAME, { name: NAME, pods, ports: servicePorts });
    const data = claimTemplate('data', props.storage);
    const mounts = [{ volume: data, path: DATA_PATH }, root.mount, tmp(), ...this.certificateMounts()];
    const several = servers > 1;
    statefulSet(this, 'server', {
      name: NAME,
      service: headless,
      podManagementPolicy: 'Parallel',
      replicas: servers,
      pods,
      podLabels: this.podLabels(pods),
      settings: several ? onNodesOfTheirOwn(props, pods, servers) : props,
      podAnnotations: this.scrape(props.monitoring, {
        name: NAME,
        pods,
        port: API,
        path: METRICS_PATH,
        replicas: servers,
        ...(certificate !== undefined && { tls: this.checkedBy(certificate) }),
      }),
      claims: [data],
      pod: podSpec({
        serviceAccountName,
        uid: UID,
        pullSecret: props.pullSecret,
        terminationGracePeriodSeconds: 60,
        containers: [
          serverContainer({
            ...props,
            tls,
            metrics: props.monitoring !== undefined,
            json: props.logging?.json,
            root,
            volumes: this.volumes(tls),
            mounts,
          }),
        ],
      }),
    });
    if (several) this.allow(pods, pods, API.containerPort);
    return { ...endpointOf(inFront, pods, API), ...(tls && { tls }) };
  }

  private checkedBy(authoritySecret: string) {
    const serverName = hostOf({ service: NAME, namespace: this.props.namespace });
    return { authoritySecret, authorityKey: CERTIFICATE_KEYS.authority, serverName };
  }

  /** The volumes of all servers, in the notation of MinIO; of one alone, its folder. */
  private volumes(tls: boolean): string {
    const { servers = 1, namespace } = this.props;
    if (servers === 1) return DATA_PATH;
    const service = `${NAME}-{0...${servers - 1}}.${HEADLESS}`;
    return `${originOf({ service, namespace, port: API.containerPort, tls })}${DATA_PATH}`;
  }

  private certify(issuer: CertificateIssuer): string {
    this.requireInstalled(PREREQUISITES.certManager);
    const { namespace, clusterDomain } = this.props;
    const names = (service: string, pods: boolean) =>
      serviceNames({ service, namespace }, clusterDomain ?? 'cluster.local', pods);
    return signedCertificate(this, 'certificate', {
      name: `${NAME}-certificate`,
      issuer,
      dnsNames: [...names(NAME, false), ...names(HEADLESS, true)],
      commonName: NAME,
      // Each server is a client of the others.
      usages: [CertificateSpecUsages.SERVER_AUTH, CertificateSpecUsages.CLIENT_AUTH],
    });
  }

  private certificateMounts() {
    const secretName = this.certificate;
    if (secretName === undefined) return [];
    const names = ['certificate', 'key', 'authority'] as const;
    const items = names.map((name) => ({ key: CERTIFICATE_KEYS[name], path: CERTIFICATE_FILES[name] }));
    const volume: k8s.Volume = { name: 'certificate', secret: { secretName, items, defaultMode: 0o440 } };
    return [{ volume, path: CERTIFICATES_PATH }];
  }

  private setUp(endpoint: Endpoint, serviceAccountName: string, users: readonly BucketUser[]) {
    const { root, props, certificate } = this;
    const { namespace, image, pullSecret, bucket, requestLog, versioning, backups } = props;
    const keys = this.requireSecret(
      new RequiredSecret({
        namespace,
        name: 'minio-users',
        purpose: 'Keys that the set-up Job gives to the users of the object store, each named by its access key',
        data: Object.fromEntries(users.map((user) => [user.accessKeyId, secretText`${user.secretAccessKey}`])),
      }),
    );
    const pods = this.pods(namespace, 'setup', 'minio-setup');
    const { origin } = this.connect(pods, endpoint);
    setUpJob(this, {
      ...{ image, pullSecret, bucket, requestLog, versioning, backups, users, origin, root, keys, serviceAccountName },
      certificate,
      uid: UID,
      pods,
      podLabels: this.podLabels(pods),
      settings: props,
    });
  }
}
