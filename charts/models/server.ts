/** The container of a model server: its user, image, ports, variables, probes and volumes. */

import { SELDON_UID } from '../images/catalogue';
import type { PullPolicy } from '../lib/image';
import { k8s } from '../lib/k8s';
import { scratchVolume } from '../lib/volumes';
import { type VariableSetting, variable } from '../lib/workload-settings';
import { ENVIRONMENT_PATH, GRPC_PORT, HTTP_PORT } from '../seldon/contract';
import { containerImage } from './image';
import { isMlserver, type NodeProps, SHARED_MEMORY_PATH } from './node';
import type { Protocol } from './protocol';

/** MLServer's image gives its own folders to this user; the others run as any. */
const MLSERVER_UID = 1000;

/** The user that a node's container runs as. */
export function userOf(node: NodeProps, protocol: Protocol): number {
  return node.container.uid ?? serverUser(protocol);
}

/** The user of Seldon's and MLServer's own images. */
export const serverUser = (protocol: Protocol) => (protocol === 'v2' ? MLSERVER_UID : SELDON_UID);

/** What the environment says of servers. */
export interface ServerSettings {
  /** When their images are pulled. @default - IfNotPresent */
  readonly pullPolicy?: PullPolicy;
  /** Variables, which those of a node's own file replace. */
  readonly variables: Readonly<Record<string, string>>;
}

/** The container of a node, but for its resources and what it mounts of the pod's common volumes. */
export function serverContainer(node: NodeProps, protocol: Protocol, engine: boolean, settings: ServerSettings) {
  const { pullPolicy, variables } = settings;
  const { command, args, secrets, volumes } = node.container;
  const ports = serverPorts(node, engine);
  return {
    // The operator knows by the name which node of the graph the container is.
    name: node.name,
    ...containerImage(node, pullPolicy),
    ...(command && { command: [...command] }),
    ...(args && { args: [...args] }),
    env: serverEnv(node, protocol, variables),
    ...(secrets.length > 0 && { envFrom: secrets.map((name) => ({ secretRef: { name } })) }),
    ...(ports && { ports }),
    ...probes(node, protocol),
    volumeMounts: [
      ...writtenMounts(node, protocol),
      ...volumes.map(({ path }, index) => ({ name: volumeName(node, index), mountPath: path, readOnly: true })),
      ...writableFolders(node).map(({ volume, path }) => ({ name: volume.name, mountPath: path })),
    ],
  };
}

/** The volumes of one container alone. */
export function ownVolumes(node: NodeProps): k8s.Volume[] {
  const read = node.container.volumes.map(({ secret, configMap, claim }, index) => ({
    name: volumeName(node, index),
    ...(secret !== undefined && { secret: { secretName: secret } }),
    ...(configMap !== undefined && { configMap: { name: configMap } }),
    ...(claim !== undefined && { persistentVolumeClaim: { claimName: claim, readOnly: true } }),
  }));
  return [...read, ...writableFolders(node).map(({ volume }) => volume)];
}

/** Empty folders of one container. Its memory holds what is in /dev/shm. */
function writableFolders({ name, container }: NodeProps): { readonly volume: k8s.Volume; readonly path: string }[] {
  const { scratch = [], sharedMemory } = container;
  return [
    ...scratch.map((path, index) => ({ volume: scratchVolume(`${name}-scratch-${index}`), path })),
    ...(sharedMemory === undefined
      ? []
      : [
          {
            volume: {
              name: `${name}-shm`,
              emptyDir: { medium: 'Memory', sizeLimit: k8s.Quantity.fromString(sharedMemory) },
            },
            path: SHARED_MEMORY_PATH,
          },
        ]),
  ];
}

const volumeName = ({ name }: NodeProps, index: number) => `${name}-volume-${index}`;

/** Variables of a node's container. What the file says comes in place of what is said here. */
function serverEnv(node: NodeProps, protocol: Protocol, variables: ServerSettings['variables']): k8s.EnvVar[] {
  const settings: Readonly<Record<string, VariableSetting>> = {
    HOME: '/tmp',
    ...(isMlserver(node, protocol) && mlserverEnv(node)),
    ...variables,
    ...node.container.env,
  };
  return Object.entries(settings).map(([name, value]) => variable(name, value));
}

/**
 * The image's working directory, /opt/mlserver, cannot be written, and MLServer and what it loads write there unless they
 * are told otherwise.
 *
 * Source: mlserver/settings.py and Dockerfile of MLServer 1.7.1. Without these two folders it stops with
 * "OSError: [Errno 30] Read-only file system: '/opt/mlserver/.metrics'" where it has worker processes.
 */
export const mlserverEnv = ({ name }: Pick<NodeProps, 'name'>) => ({
  // A failed request would be answered with the server's stack trace.
  MLSERVER_DEBUG: 'false',
  // One model runs in one process, without worker processes, which takes about half of the memory.
  MLSERVER_PARALLEL_WORKERS: '0',
  // By node: the servers of a graph share /tmp, and call their files after process numbers, which are the same in each.
  MLSERVER_METRICS_DIR: `/tmp/${name}/metrics`,
  MLSERVER_ENVIRONMENTS_DIR: `/tmp/${name}/environments`,
  // The image has these two below /opt/mlserver; the operator sets the third to it for HUGGINGFACE_SERVER.
  HF_HOME: '/tmp/huggingface',
  NUMBA_CACHE_DIR: '/tmp/numba',
  XDG_CACHE_HOME: '/tmp/cache',
});

const environmentVolume = ({ name }: NodeProps) => `${name}-environment`;

/** What the server of a node writes to beside /tmp. */
export const writtenVolumes = (node: NodeProps, protocol: Protocol): k8s.Volume[] =>
  isMlserver(node, protocol) ? [scratchVolume(environmentVolume(node))] : [];

const writtenMounts = (node: NodeProps, protocol: Protocol): k8s.VolumeMount[] =>
  isMlserver(node, protocol) ? [{ name: environmentVolume(node), mountPath: ENVIRONMENT_PATH }] : [];

/** The ports that a node's container declares. The operator gives numbers from 9000 on to those that are not declared. */
function serverPorts(node: NodeProps, engine: boolean): k8s.ContainerPort[] | undefined {
  const { port } = node.container;
  if (port !== undefined) return [{ name: 'http', containerPort: port }];
  if (engine) return undefined;
  // Without an executor the Services lead to these ports, so that callers use the same ones with and without it.
  return [
    { name: 'http', containerPort: HTTP_PORT },
    { name: 'grpc', containerPort: GRPC_PORT },
  ];
}

/**
 * The probes of a server. The operator's own have fixed delays and a timeout of a second, which restarts a server while
 * it loads a large model. It keeps the timings of these, and for v2 sets the same paths.
 */
export function probes(
  node: NodeProps,
  protocol: Protocol,
  port = k8s.IntOrString.fromString('http'),
): Pick<k8s.Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'> {
  const http = protocol === 'v2' && node.server !== undefined;
  const probe = (health: string): k8s.Probe =>
    http ? { httpGet: { path: `/v2/health/${health}`, port } } : { tcpSocket: { port } };
  return {
    startupProbe: { ...probe('ready'), periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 120 },
    readinessProbe: { ...probe('ready'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    livenessProbe: { ...probe('live'), periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
  };
}
