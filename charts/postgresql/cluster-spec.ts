/** The specification of a cluster of CloudNativePG, from what the component is given. */
import {
  type ClusterSpec,
  type ClusterSpecAffinity,
  type ClusterSpecBootstrap,
  type ClusterSpecEnv,
  ClusterSpecEphemeralVolumesSizeLimitShm,
  ClusterSpecEphemeralVolumesSizeLimitTemporaryData,
  ClusterSpecLogLevel,
  type ClusterSpecManagedRoles,
  ClusterSpecManagedRolesEnsure,
  type ClusterSpecPostgresqlSynchronous,
  type ClusterSpecPostgresqlSynchronousDataDurability,
  ClusterSpecPostgresqlSynchronousMethod,
  ClusterSpecResourcesLimits,
  ClusterSpecResourcesRequests,
} from '../../imports/postgresql.cnpg.io';
import { NO_LIMIT } from '../lib/quantity';
import type { RequiredSecret } from '../lib/secret';
import type { Storage } from '../lib/volumes';
import type { VariableSetting } from '../lib/workload-settings';
import { amounts, PLUGIN } from './archive';
import type { CloudNativePgProps } from './cluster-props';
import { applicationConnections } from './connections';
import { MLFLOW, roleStatements } from './roles';
import { slotLimit } from './wal';

export interface ClusterParts {
  /** What every pod of the cluster carries. */
  readonly labels: Readonly<Record<string, string>>;
  /** The Secret with the server's certificate, its key and who has signed it. */
  readonly certificate: string;
  /** Logins, as Secrets with a username and a password. */
  readonly login: RequiredSecret;
  readonly readerLogin: RequiredSecret;
  /** The archive. @default - none */
  readonly archive?: string;
}

/** The name of the archive among what a new cluster may be recovered from. */
const SOURCE = 'archive';

const LOG_LEVEL = {
  debug: ClusterSpecLogLevel.DEBUG,
  info: ClusterSpecLogLevel.INFO,
  warning: ClusterSpecLogLevel.WARNING,
  error: ClusterSpecLogLevel.ERROR,
} as const;

export function clusterSpec(props: CloudNativePgProps, parts: ClusterParts): ClusterSpec {
  const { image, instances, pullSecret, priorityClassName, podLabels, podAnnotations, topologySpread } = props;
  const { backup, recovery, env, walStorage, resources, logging } = props;
  const bounded = Object.entries(resources.limits).filter(([, amount]) => amount !== NO_LIMIT);
  const disk = Object.fromEntries(bounded)['ephemeral-storage'];
  const inherited = {
    ...(podLabels && { labels: { ...podLabels } }),
    ...(podAnnotations && { annotations: { ...podAnnotations } }),
  };
  return {
    imageName: image.reference,
    imagePullPolicy: image.pullPolicy,
    ...(pullSecret && { imagePullSecrets: [{ name: pullSecret }] }),
    instances,
    ...(logging?.level && { logLevel: LOG_LEVEL[logging.level] }),
    // Nobody logs in as the superuser but in a pod.
    enableSuperuserAccess: false,
    bootstrap: bootstrap(props, parts),
    managed: { roles: roles(props, parts) },
    certificates: { serverTlsSecret: parts.certificate, serverCaSecret: parts.certificate },
    postgresql: {
      parameters: {
        max_connections: String(props.maxConnections),
        shared_buffers: '128MB',
        max_slot_wal_keep_size: slotLimit(props),
      },
      // Before the operator's own last rule, which takes passwords without TLS, too.
      pgHba: ['hostssl all all all scram-sha-256', 'host all all all reject'],
      ...(props.synchronous.replicas > 0 && { synchronous: synchronous(props.synchronous) }),
    },
    storage: volume(props.storage),
    ...(walStorage && { walStorage: volume(walStorage) }),
    ephemeralVolumesSizeLimit: {
      shm: ClusterSpecEphemeralVolumesSizeLimitShm.fromString(props.sharedMemory),
      ...(disk && { temporaryData: ClusterSpecEphemeralVolumesSizeLimitTemporaryData.fromString(disk) }),
    },
    resources: {
      requests: amounts(resources.requests, ClusterSpecResourcesRequests.fromString),
      limits: amounts(Object.fromEntries(bounded), ClusterSpecResourcesLimits.fromString),
    },
    affinity: affinity(props),
    ...(topologySpread && {
      topologySpreadConstraints: topologySpread.map((rule) => ({
        ...rule,
        labelSelector: { matchLabels: { ...parts.labels } },
      })),
    }),
    ...(priorityClassName && { priorityClassName }),
    ...(env && { env: Object.entries(env).map(([name, value]) => variable(name, value)) }),
    ...(Object.keys(inherited).length > 0 && { inheritedMetadata: inherited }),
    ...(props.serviceAccount?.annotations && {
      serviceAccountTemplate: { metadata: { annotations: { ...props.serviceAccount.annotations } } },
    }),
    ...(backup && parts.archive && { plugins: [{ ...plugin(parts.archive, backup.folder), isWalArchiver: true }] }),
    ...(recovery &&
      parts.archive && {
        externalClusters: [
          { name: SOURCE, plugin: { ...plugin(parts.archive, recovery.folder), isWalArchiver: false } },
        ],
      }),
  };
}

/** `enabled` and `isWALArchiver` are said, since Argo CD takes a default within a list for a difference. */
const plugin = (barmanObjectName: string, serverName: string) => ({
  name: PLUGIN,
  enabled: true,
  parameters: { barmanObjectName, serverName },
});

function bootstrap({ recovery }: CloudNativePgProps, { login }: ClusterParts): ClusterSpecBootstrap {
  const { database, user } = MLFLOW;
  const application = { database, owner: user, secret: { name: login.name } };
  if (!recovery) return { initdb: { ...application, postInitApplicationSql: roleStatements(MLFLOW) } };
  const { time } = recovery;
  return {
    // The roles are in the backup; the password becomes that of the Secret.
    recovery: { ...application, source: SOURCE, ...(time && { recoveryTarget: { targetTime: time } }) },
  };
}

/** What the operator keeps true of the roles. What is false by default is left out: the operator leaves it out, too. */
function roles(props: CloudNativePgProps, { login, readerLogin }: ClusterParts): ClusterSpecManagedRoles[] {
  const role = { ensure: ClusterSpecManagedRolesEnsure.PRESENT, inherit: true };
  return [
    { ...role, name: MLFLOW.owner, connectionLimit: -1, disablePassword: true },
    {
      ...role,
      name: MLFLOW.user,
      login: true,
      passwordSecret: { name: login.name },
      inRoles: [MLFLOW.owner],
      connectionLimit: applicationConnections({ kind: 'cloudNativePg', maxConnections: props.maxConnections }),
    },
    {
      ...role,
      name: MLFLOW.reader,
      login: true,
      passwordSecret: { name: readerLogin.name },
      inRoles: ['pg_read_all_data'],
      connectionLimit: 2,
    },
  ];
}

/** A quorum of any replicas. A failover then asks a quorum, too, so that it takes none which lacks a transaction. */
const synchronous = ({
  replicas,
  durability,
}: CloudNativePgProps['synchronous']): ClusterSpecPostgresqlSynchronous => ({
  method: ClusterSpecPostgresqlSynchronousMethod.ANY,
  number: replicas,
  dataDurability: durability as ClusterSpecPostgresqlSynchronousDataDurability,
  failoverQuorum: durability === 'required',
});

const volume = ({ size, className }: Storage) => ({ size, ...(className && { storageClass: className }) });

function affinity({ spread, nodeSelector, tolerations, affinity }: CloudNativePgProps): ClusterSpecAffinity {
  return {
    enablePodAntiAffinity: true,
    podAntiAffinityType: spread.required ? 'required' : 'preferred',
    topologyKey: spread.over,
    ...(nodeSelector && { nodeSelector: { ...nodeSelector } }),
    ...(tolerations && { tolerations: tolerations.map((toleration) => ({ ...toleration })) }),
    ...(affinity?.nodeAffinity && { nodeAffinity: affinity.nodeAffinity }),
    ...(affinity?.podAffinity && { additionalPodAffinity: affinity.podAffinity }),
    ...(affinity?.podAntiAffinity && { additionalPodAntiAffinity: affinity.podAntiAffinity }),
  };
}

function variable(name: string, value: VariableSetting): ClusterSpecEnv {
  if (typeof value === 'string') return { name, value };
  const { key } = value;
  return {
    name,
    valueFrom:
      'secret' in value
        ? { secretKeyRef: { name: value.secret, key } }
        : { configMapKeyRef: { name: value.configMap, key } },
  };
}
