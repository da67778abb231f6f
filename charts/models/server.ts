/** What is known of the servers that load models: users, ports, variables, probes and paths. */
import { k8s } from 'cdk8s-plus-27';
import { SELDON_UID } from '../images/catalogue';
import type { NodeProps, Protocol } from './props';

/** The predictor's Service listens here, and so do the pods behind it: the executor, or the server in its place. */
export const HTTP_PORT = 8000;
export const GRPC_PORT = 5001;
/** Where the Service of an explainer listens. */
export const EXPLAINER_PORT = 9000;
/** Where servers find the files of their model. */
export const MODEL_PATH = '/mnt/models';

/** MLServer's image gives its own folders to this user; the others run as any. */
const MLSERVER_UID = 1000;

/** The user that a node's container runs as. */
export function userOf(node: NodeProps, protocol: Protocol): number {
  return node.container.uid ?? serverUser(protocol);
}

/** The user of Seldon's and MLServer's own images. */
export const serverUser = (protocol: Protocol) => (protocol === 'v2' ? MLSERVER_UID : SELDON_UID);

/** The path of a prediction, such as "/v2/models/classifier/infer"; TensorFlow Serving's own differs from the executor's. */
export function predictionPath(protocol: Protocol, node: string, engine: boolean): string {
  return {
    v2: `/v2/models/${node}/infer`,
    seldon: '/api/v1.0/predictions',
    tensorflow: `/v1/models/${node}${engine ? '/' : ''}:predict`,
  }[protocol];
}

/** The port that the Service of a predictor leads to. */
export function servicePort(engine: boolean, root: NodeProps): number {
  return engine ? HTTP_PORT : (root.container.port ?? HTTP_PORT);
}

/** Variables of a node's container. */
export function serverEnv(node: NodeProps, protocol: Protocol): k8s.EnvVar[] {
  const own = Object.entries(node.container.env).map(([name, value]) => ({ name, value }));
  return [{ name: 'HOME', value: '/tmp' }, ...(protocol === 'v2' && node.server ? MLSERVER_ENV : []), ...own];
}

const MLSERVER_ENV: k8s.EnvVar[] = [
  // A failed request would be answered with the server's stack trace.
  { name: 'MLSERVER_DEBUG', value: 'false' },
  // No worker processes: one model in one process, for about half of the memory.
  { name: 'MLSERVER_PARALLEL_WORKERS', value: '0' },
];

/** The ports that a node's container declares; the operator deals those that are not said, from 9000 on. */
export function serverPorts(node: NodeProps, engine: boolean): k8s.ContainerPort[] | undefined {
  const { port } = node.container;
  if (port !== undefined) return [{ name: 'http', containerPort: port }];
  if (engine) return undefined;
  // Without an executor the Services follow these ports, so that callers keep theirs.
  return [
    { name: 'http', containerPort: HTTP_PORT },
    { name: 'grpc', containerPort: GRPC_PORT },
  ];
}

/**
 * The operator would probe after fixed delays and with a timeout of a second, which restarts a server that loads a
 * large model. It keeps these timings, and for v2 puts in the same paths.
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
