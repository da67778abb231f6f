/**
 * What the CloudNativePG operator makes of a Cluster, so that nothing else has to guess it: capacity, the inventory, the
 * picture and the tests' invariants ask here. `npm run e2e:api` compares it with the operator's own objects.
 *
 * Source: pkg/specs of CloudNativePG 1.30.0, and internal/cnpgi/operator/lifecycle.go of the Barman Cloud plugin 0.15.0.
 * Left out: the Jobs that make an instance, which run its container in its place and end before it starts, and commands.
 */
import type {
  ClaimJson,
  ContainerJson,
  ObjectJson,
  PodJson,
  PodTemplateJson,
  ResourcesJson,
  WorkloadJson,
} from '../lib/workload-json';
import { SIDECAR } from './archive';

/** A Cluster as it stands in dist/, as far as it is read here. */
export interface ClusterJson extends ObjectJson {
  readonly spec: {
    readonly instances: number;
    readonly imageName: string;
    readonly imagePullPolicy?: string;
    readonly imagePullSecrets?: readonly { readonly name: string }[];
    readonly resources: ResourcesJson;
    readonly storage: VolumeJson;
    readonly walStorage?: VolumeJson;
    readonly env?: ContainerJson['env'];
    readonly ephemeralVolumesSizeLimit?: { readonly shm?: string; readonly temporaryData?: string };
    readonly inheritedMetadata?: { readonly labels?: Readonly<Record<string, string>> };
    readonly plugins?: readonly unknown[];
    readonly externalClusters?: readonly unknown[];
  };
}

interface VolumeJson {
  readonly size: string;
  readonly storageClass?: string;
}

export const isCluster = (object: ObjectJson): object is ClusterJson =>
  object.kind === 'Cluster' && object.apiVersion.startsWith('postgresql.cnpg.io/');

/** The user and the group of the image, which the operator sets. */
const UID = 26;
const POD_SECURITY = {
  runAsNonRoot: true,
  runAsUser: UID,
  runAsGroup: UID,
  fsGroup: UID,
  seccompProfile: { type: 'RuntimeDefault' },
};
const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};
const PORTS = [
  { name: 'postgresql', containerPort: 5432, protocol: 'TCP' },
  { name: 'metrics', containerPort: 9187, protocol: 'TCP' },
  { name: 'status', containerPort: 8000, protocol: 'TCP' },
];

/** Over TLS, with the certificate of the server. */
const check = (path: string) => ({ httpGet: { path, port: 8000, scheme: 'HTTPS' }, timeoutSeconds: 5 });
const PROBES = {
  startupProbe: { ...check('/startupz'), failureThreshold: 360, periodSeconds: 10 },
  readinessProbe: check('/readyz'),
  livenessProbe: check('/healthz'),
};
/** What every container sees, besides the data. */
const MOUNTS = [
  { name: 'scratch-data', mountPath: '/run' },
  { name: 'scratch-data', mountPath: '/controller' },
  { name: 'shm', mountPath: '/dev/shm' },
];

const labelsOf = ({ metadata: { name } }: ClusterJson) => ({ 'cnpg.io/cluster': name, 'cnpg.io/podRole': 'instance' });

/** Instances, claims and all, as a StatefulSet has them. */
interface InstancesJson extends WorkloadJson {
  readonly spec: NonNullable<WorkloadJson['spec']> & { readonly template: PodTemplateJson };
}

/** The instances as if they were those of one workload: the operator makes pods and claims without one. */
export function instancesOf(cluster: ClusterJson): InstancesJson {
  const { metadata, spec } = cluster;
  return {
    apiVersion: 'apps/v1',
    kind: cluster.kind,
    metadata,
    spec: {
      replicas: spec.instances,
      template: {
        metadata: {
          labels: {
            ...spec.inheritedMetadata?.labels,
            ...labelsOf(cluster),
            'app.kubernetes.io/name': 'postgresql',
            'app.kubernetes.io/instance': metadata.name,
            'app.kubernetes.io/component': 'database',
            'app.kubernetes.io/managed-by': 'cloudnative-pg',
          },
        },
        spec: podOf(cluster),
      },
      volumeClaimTemplates: [claim('data', spec.storage), ...(spec.walStorage ? [claim('wal', spec.walStorage)] : [])],
    },
  };
}

function podOf({ metadata, spec }: ClusterJson): PodJson {
  const container = {
    imagePullPolicy: spec.imagePullPolicy,
    resources: spec.resources,
    securityContext: CONTAINER_SECURITY,
    volumeMounts: MOUNTS,
  };
  const hasPlugin = spec.plugins !== undefined || spec.externalClusters !== undefined;
  const { shm, temporaryData } = spec.ephemeralVolumesSizeLimit ?? {};
  const server = { ...container, name: 'postgres', image: spec.imageName, env: spec.env, ports: PORTS, ...PROBES };
  // Both images are those of the operator and of the plugin, which the Cluster does not name.
  const bootstrap = { ...container, name: 'bootstrap-controller' };
  const sidecar = {
    ...container,
    name: 'plugin-barman-cloud',
    resources: SIDECAR,
    restartPolicy: 'Always',
    // It shares the volume, and has no use for the sockets of the server.
    volumeMounts: MOUNTS.filter(({ mountPath }) => mountPath !== '/run'),
  };
  const pod = {
    serviceAccountName: metadata.name,
    securityContext: POD_SECURITY,
    imagePullSecrets: spec.imagePullSecrets,
    volumes: [
      { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: shm } },
      { name: 'scratch-data', emptyDir: { sizeLimit: temporaryData } },
    ],
    initContainers: hasPlugin ? [bootstrap, sidecar] : [bootstrap],
    containers: [server],
  };
  return pod;
}

const claim = (name: string, { size, storageClass }: VolumeJson): ClaimJson => ({
  metadata: { name },
  spec: {
    accessModes: ['ReadWriteOnce'],
    ...(storageClass && { storageClassName: storageClass }),
    resources: { requests: { storage: size } },
  },
});

/** The Services in front of the instances: "rw" of the primary, "ro" of the replicas, "r" of any. */
export function servicesOf(cluster: ClusterJson) {
  const { name, namespace } = cluster.metadata;
  const role = { rw: { 'cnpg.io/instanceRole': 'primary' }, ro: { 'cnpg.io/instanceRole': 'replica' }, r: {} };
  return Object.entries(role).map(([suffix, label]) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `${name}-${suffix}`, namespace, labels: { 'cnpg.io/cluster': name } },
    spec: {
      type: 'ClusterIP',
      ports: [{ name: 'postgres', port: 5432, targetPort: 5432, protocol: 'TCP' }],
      selector: { 'cnpg.io/cluster': name, ...(suffix === 'r' ? { 'cnpg.io/podRole': 'instance' } : label) },
    },
  }));
}
