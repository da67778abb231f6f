import type { Construct } from 'constructs';
import { CertificateSpecUsages } from '../../../imports/cert-manager.io';
import type { CertificateIssuer } from '../../certificates/issuer';
import { serviceNames, signedCertificate } from '../../certificates/signed-certificate';
import type { ContainerProps } from '../../lib/container';
import { type Endpoint, hostOf, type Pods } from '../../lib/endpoint';
import type { k8s } from '../../lib/k8s';
import { podSpec, serviceAccount } from '../../lib/pod';
import { endpointOf, type NamedPort, service, servicePort } from '../../lib/service';
import { claimTemplate, type Mount, tmp } from '../../lib/volumes';
import { deployment, statefulSet } from '../../lib/workload';
import { MonitoredComponent } from '../../monitoring/monitored';
import { bucketsOf } from '../in-cluster';
import { onNodesOfTheirOwn } from '../placement';
import type { BucketUser } from '../policies';
import type { Buckets } from '../store';
import { listOf, usersOf } from '../users';
import { bucketsJob } from './buckets-job';
import { DATA_PATH, etcdContainer, gatewayContainer, masterContainer, volumeContainer } from './containers';
import { edgesBetween } from './edges';
import { filerConfig, gatewayFiles, usersSecret } from './gateway-files';
import { ETCD, ETCD_METRICS, ETCD_PEER, FILER, grpcOf, MASTER, METRICS, portsOf, S3, VOLUME } from './ports';
import type { SeaweedfsProps, Stored } from './props';

/** The fewest of which a majority is left when one is away. */
const QUORUM = 3;
/** The image's user may not be root, and the image names none. */
const UID = 10001;
const NAME = 'seaweedfs';

/**
 * SeaweedFS: gateways that speak S3, servers that hold objects in copies, masters that place them, and an etcd that has
 * their names. There are several of each, none has what no other has, and any one may be away.
 */
export class Seaweedfs extends MonitoredComponent {
  readonly buckets: Buckets<Endpoint>;
  private readonly account: string;

  constructor(
    scope: Construct,
    private readonly props: SeaweedfsProps,
  ) {
    super(scope, { name: NAME, stage: '30-data', namespace: props.namespace, version: props.image.label });
    const users = usersOf(props);
    this.account = serviceAccount(this, 'account', NAME, props).name;
    const groups = {
      etcd: this.group('etcd'),
      master: this.group('master'),
      volume: this.group('volume'),
      gateway: this.group('gateway'),
    };
    for (const { from, to, ports } of edgesBetween(groups)) this.allow(from, to, ...ports);
    const etcd = this.etcd(groups.etcd);
    const masters = this.masters(groups.master);
    this.volumes(groups.volume, masters);
    const endpoint = this.gateways(groups.gateway, masters, etcd, listOf(users));
    this.setUp(groups, masters);

    this.buckets = bucketsOf(users, { endpoint, provider: 'SeaweedFS', issuer: props.issuer });
  }

  private group(component: string): Pods {
    return this.pods(this.props.namespace, component, `${NAME}-${component}`);
  }

  private etcd(pods: Pods): string {
    const { metadataImage: image, metadata } = this.props;
    const { domain, names } = this.named(pods, [ETCD, ETCD_PEER], QUORUM);
    const inFront = service(this, `${pods.name}-client`, {
      name: `${pods.name}-client`,
      pods,
      ports: [servicePort(ETCD)],
    });
    this.stored(pods, ETCD_METRICS, QUORUM, metadata, (mounts) =>
      etcdContainer({ image, ...metadata, mounts, domain, members: names }),
    );
    return `${hostOf(endpointOf(inFront, pods, ETCD))}:${ETCD.containerPort}`;
  }

  /** @returns the address of each */
  private masters(pods: Pods): string[] {
    const { image, masters, copies } = this.props;
    const { domain, names } = this.named(pods, [MASTER, grpcOf(MASTER)], QUORUM);
    const peers = names.map((name) => `${name}.${domain}:${MASTER.containerPort}`);
    this.stored(pods, METRICS, QUORUM, masters, (mounts) =>
      masterContainer({ image, ...masters, mounts, domain, peers, copies, metrics: this.measured }),
    );
    return peers;
  }

  private volumes(pods: Pods, masters: readonly string[]): void {
    const { image, servers } = this.props;
    const { domain } = this.named(pods, [VOLUME, grpcOf(VOLUME)], servers);
    this.stored(pods, METRICS, servers, this.props, (mounts) =>
      volumeContainer({ image, resources: this.props.resources, mounts, domain, masters, metrics: this.measured }),
    );
  }

  private gateways(pods: Pods, masters: readonly string[], etcd: string, users: readonly BucketUser[]): Endpoint {
    const { props } = this;
    const { namespace, image, gateways, issuer } = props;
    const inFront = service(this, NAME, { name: NAME, pods, ports: [servicePort(S3)] });
    const secret = this.requireSecret(usersSecret(namespace, users));
    const filer = filerConfig(this, etcd);
    const { mounts, files } = gatewayFiles({ secret, filer, certificate: issuer && this.certify(issuer) });
    deployment(this, pods.name, {
      name: pods.name,
      replicas: gateways.replicas,
      pods,
      podLabels: this.podLabels(pods),
      // They keep nothing: two on a node are better than one that finds none.
      settings: props,
      podAnnotations: this.scraped(pods, METRICS, gateways.replicas),
      pod: this.pod([
        gatewayContainer({
          image,
          resources: gateways.resources,
          mounts,
          masters,
          files,
          metrics: this.measured,
        }),
      ]),
    });
    return { ...endpointOf(inFront, pods, S3), ...(issuer && { tls: true }) };
  }

  /** @returns the Secret with the certificate */
  private certify(issuer: CertificateIssuer): string {
    const { namespace, clusterDomain } = this.props;
    return signedCertificate(this, 'certificate', {
      name: 'seaweedfs-certificate',
      issuer,
      dnsNames: serviceNames({ service: NAME, namespace }, clusterDomain),
      usages: [CertificateSpecUsages.SERVER_AUTH],
    });
  }

  private setUp(groups: Readonly<Record<'master' | 'volume' | 'gateway', Pods>>, masters: readonly string[]): void {
    const { props } = this;
    const pods = this.pods(props.namespace, 'setup', 'seaweedfs-setup');
    const filer = service(this, 'filer-service', {
      name: 'seaweedfs-filer',
      pods: groups.gateway,
      ports: [servicePort(FILER), servicePort(grpcOf(FILER))],
    });
    this.allow(pods, groups.master, ...portsOf(MASTER));
    this.allow(pods, groups.gateway, ...portsOf(FILER));
    const endpoint = endpointOf(filer, groups.gateway, FILER);
    bucketsJob(this, {
      ...props,
      serviceAccountName: this.account,
      uid: UID,
      pods,
      podLabels: this.podLabels(pods),
      settings: props,
      masters,
      filer: `${hostOf(endpoint)}:${endpoint.port}`,
    });
  }

  /** A headless Service, by which the pods of a StatefulSet have names. */
  private named(pods: Pods, ports: readonly NamedPort[], replicas: number) {
    service(this, `${pods.name}-service`, {
      name: pods.name,
      pods,
      ports: ports.map((port) => servicePort(port)),
      headless: true,
    });
    const domain = hostOf({ service: pods.name, namespace: pods.namespace });
    return { domain, names: Array.from({ length: replicas }, (_, index) => `${pods.name}-${index}`) };
  }

  private get measured(): boolean {
    return this.props.monitoring !== undefined;
  }

  private scraped(pods: Pods, port: NamedPort, replicas: number) {
    return this.scrape(this.props.monitoring, { name: pods.name, pods, port, path: '/metrics', replicas });
  }

  private stored(
    pods: Pods,
    metrics: NamedPort,
    replicas: number,
    { storage }: Stored,
    container: (mounts: readonly Mount[]) => ContainerProps,
  ): void {
    const data = claimTemplate('data', storage);
    statefulSet(this, pods.name, {
      name: pods.name,
      service: this.node.findChild(`${pods.name}-service`) as k8s.KubeService,
      podManagementPolicy: 'Parallel',
      replicas,
      pods,
      podLabels: this.podLabels(pods),
      settings: onNodesOfTheirOwn(this.props, pods, replicas),
      podAnnotations: this.scraped(pods, metrics, replicas),
      claims: [data],
      pod: this.pod([container([{ volume: data, path: DATA_PATH }, tmp()])]),
    });
  }

  private pod(containers: readonly ContainerProps[]): k8s.PodSpec {
    return podSpec({
      serviceAccountName: this.account,
      uid: UID,
      pullSecret: this.props.pullSecret,
      terminationGracePeriodSeconds: 60,
      containers,
    });
  }
}
