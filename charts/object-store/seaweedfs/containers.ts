/** The containers of SeaweedFS, and of the etcd that it keeps names in. */
import type { ContainerProps, Resources } from '../../lib/container';
import type { Image } from '../../lib/image';
import { httpCheck, probes, tcpCheck } from '../../lib/probes';
import type { NamedPort } from '../../lib/service';
import type { Mount, Storage } from '../../lib/volumes';
import { databaseQuota } from './metadata';
import { ETCD, ETCD_METRICS, ETCD_PEER, FILER, grpcOf, MASTER, METRICS, S3, VOLUME } from './ports';

export const DATA_PATH = '/data';
/** The name of a pod, which its address starts with. */
const POD_NAME = { POD_NAME: { fieldRef: { fieldPath: 'metadata.name' } } };
const POD_IP = { POD_IP: { fieldRef: { fieldPath: 'status.podIP' } } };
/** Every address of the pod; otherwise the one that its name has while it starts. */
const ANY_ADDRESS = '-ip.bind=0.0.0.0';
const SLOW_START = { periodSeconds: 2, failureThreshold: 150 };

interface Props {
  readonly image: Image;
  readonly resources: Resources;
  readonly mounts: readonly Mount[];
}

interface ServerProps extends Props {
  /** Whether it serves what it measures. */
  readonly metrics: boolean;
}

const metricsArgs = (metrics: boolean) => (metrics ? [`-metricsPort=${METRICS.containerPort}`] : []);
const metricsPorts = (metrics: boolean) => (metrics ? [METRICS] : []);

/** "$(POD_NAME).service.namespace.svc", of the pod that asks. */
const ownHost = (domain: string) => `$(POD_NAME).${domain}`;

export function masterContainer(
  props: ServerProps & { readonly domain: string; readonly peers: readonly string[]; readonly copies: number },
): ContainerProps {
  const { domain, peers, copies, metrics, ...rest } = props;
  return {
    name: 'master',
    command: ['weed', '-logtostderr=true', 'master'],
    args: [
      `-ip=${ownHost(domain)}`,
      ANY_ADDRESS,
      `-port=${MASTER.containerPort}`,
      `-peers=${peers.join(',')}`,
      `-mdir=${DATA_PATH}`,
      // The copies beside the first, on other servers.
      `-defaultReplication=00${copies - 1}`,
      '-volumeSizeLimitMB=1024',
      '-telemetry=false',
      ...metricsArgs(metrics),
    ],
    env: POD_NAME,
    ports: [MASTER, grpcOf(MASTER), ...metricsPorts(metrics)],
    // A master without a leader serves nothing and is not made better by a restart.
    ...probes({ startup: SLOW_START, ready: httpCheck(MASTER, '/healthz'), live: tcpCheck(MASTER) }),
    ...rest,
  };
}

export function volumeContainer(
  props: ServerProps & { readonly domain: string; readonly masters: readonly string[] },
): ContainerProps {
  const { domain, masters, metrics, ...rest } = props;
  return {
    name: 'volume',
    command: ['weed', '-logtostderr=true', 'volume'],
    args: [
      `-ip=${ownHost(domain)}`,
      ANY_ADDRESS,
      `-port=${VOLUME.containerPort}`,
      `-master=${masters.join(',')}`,
      `-dir=${DATA_PATH}`,
      // As many as the disk has room for.
      '-max=0',
      ...metricsArgs(metrics),
    ],
    env: POD_NAME,
    ports: [VOLUME, grpcOf(VOLUME), ...metricsPorts(metrics)],
    ...probes({ startup: SLOW_START, ready: httpCheck(VOLUME, '/healthz'), live: tcpCheck(VOLUME) }),
    ...rest,
  };
}

export interface GatewayFiles {
  readonly users: string;
  /** Of its certificate; none where it speaks no TLS. */
  readonly certificate?: { readonly certificate: string; readonly key: string };
}

export function gatewayContainer(
  props: ServerProps & { readonly masters: readonly string[]; readonly files: GatewayFiles },
): ContainerProps {
  const { masters, files, metrics, ...rest } = props;
  const { users, certificate } = files;
  const check = httpCheck(S3, '/healthz');
  const probed = { httpGet: check.httpGet && { ...check.httpGet, ...(certificate && { scheme: 'HTTPS' }) } };
  return {
    name: 'gateway',
    command: ['weed', '-logtostderr=true', 'filer'],
    args: [
      '-ip=$(POD_IP)',
      ANY_ADDRESS,
      `-port=${FILER.containerPort}`,
      `-master=${masters.join(',')}`,
      '-defaultStoreDir=/tmp',
      '-disableDirListing=true',
      '-s3',
      `-s3.port=${S3.containerPort}`,
      `-s3.config=${users}`,
      ...(certificate ? [`-s3.cert.file=${certificate.certificate}`, `-s3.key.file=${certificate.key}`] : []),
      ...metricsArgs(metrics),
    ],
    env: POD_IP,
    ports: [FILER, grpcOf(FILER), S3, ...metricsPorts(metrics)],
    ...probes({ startup: SLOW_START, ready: probed, live: tcpCheck(S3) }),
    ...rest,
  };
}

export function etcdContainer(
  props: Props & { readonly domain: string; readonly members: readonly string[]; readonly storage: Storage },
): ContainerProps {
  const { domain, members, storage, ...rest } = props;
  const at = (port: NamedPort, host = '0.0.0.0') => `http://${host}:${port.containerPort}`;
  return {
    name: 'etcd',
    command: ['etcd'],
    args: [
      '--name=$(POD_NAME)',
      `--data-dir=${DATA_PATH}/etcd`,
      `--listen-client-urls=${at(ETCD)}`,
      `--advertise-client-urls=${at(ETCD, ownHost(domain))}`,
      `--listen-peer-urls=${at(ETCD_PEER)}`,
      `--initial-advertise-peer-urls=${at(ETCD_PEER, ownHost(domain))}`,
      `--listen-metrics-urls=${at(ETCD_METRICS)}`,
      `--initial-cluster=${members.map((name) => `${name}=${at(ETCD_PEER, `${name}.${domain}`)}`).join(',')}`,
      // One hour of old revisions; without it the disk fills.
      '--auto-compaction-mode=periodic',
      '--auto-compaction-retention=1h',
      `--quota-backend-bytes=${databaseQuota(storage)}`,
    ],
    env: POD_NAME,
    ports: [ETCD, ETCD_PEER, ETCD_METRICS],
    ...probes({
      startup: SLOW_START,
      ready: httpCheck(ETCD_METRICS, '/readyz'),
      live: httpCheck(ETCD_METRICS, '/livez'),
    }),
    ...rest,
  };
}
