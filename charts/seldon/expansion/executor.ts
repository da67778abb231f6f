/**
 * Seldon's executor, the container that the operator puts in front of a graph.
 *
 * It has no preStop hook, and stops listening as soon as it gets SIGTERM, while nodes may still send to the pod. Nothing in a
 * SeldonDeployment changes that: svcOrchSpec has resources, env and replicas alone, the operator does not pass the executor's
 * flag --shutdown_delay, which no variable sets either, and a container of this name that a pod brings itself is taken for a
 * finished executor, without the graph and the labels that the operator would give it. In a pod of its own
 * (seldon.io/engine-separate-pod) it has no hook either.
 *
 * Source: createExecutorContainer and addEngineToDeployment in operator/controllers/seldondeployment_engine.go, SvcOrchSpec in
 * operator/apis/, waitForShutdown in executor/cmd/executor/main.go, Seldon Core.
 */

import type { Image } from '../../lib/image';
import { k8s } from '../../lib/k8s';
import { EXECUTOR_CONTAINER, GRPC_PORT, HTTP_PORT, POD_INFO_PATH } from '../contract';
import { EXECUTOR } from '../executor';
import type { PredictorJson, SeldonDeploymentJson } from './seldon-json';

/** Where containers find what the operator knows of their pod. */
export const INFO_MOUNT = { name: 'seldon-podinfo', mountPath: POD_INFO_PATH };

export function executor(
  { metadata, spec }: SeldonDeploymentJson,
  { name, svcOrchSpec }: PredictorJson,
  user: number,
  image: Image | undefined,
): k8s.Container {
  const { requestLogger } = EXECUTOR;
  const probe = (path: string) => ({
    httpGet: { path, port: k8s.IntOrString.fromNumber(HTTP_PORT) },
    initialDelaySeconds: 20,
    periodSeconds: 5,
    timeoutSeconds: 60,
  });
  return {
    name: EXECUTOR_CONTAINER,
    image: image?.reference,
    imagePullPolicy: image?.pullPolicy ?? 'IfNotPresent',
    args: [
      ...['--sdep', metadata.name, '--namespace', metadata.namespace ?? '', '--predictor', name],
      ...['--http_port', String(HTTP_PORT), '--grpc_port', String(GRPC_PORT)],
      ...['--protocol', spec.protocol ?? 'seldon', '--transport', 'rest', '--prometheus_path', EXECUTOR.prometheusPath],
      ...['--server_type', 'rpc', '--log_work_buffer_size', String(requestLogger.workQueueSize)],
      ...['--log_write_timeout_ms', String(requestLogger.writeTimeoutMs)],
      `--full_health_checks=${EXECUTOR.fullHealthChecks}`,
    ],
    env: [
      // The graph, as the operator has filled it in.
      { name: 'ENGINE_PREDICTOR' },
      { name: 'REQUEST_LOGGER_DEFAULT_ENDPOINT', value: requestLogger.defaultEndpoint },
      ...(svcOrchSpec?.env ?? []),
    ],
    ports: [
      { name: 'http', containerPort: HTTP_PORT },
      { name: 'metrics', containerPort: HTTP_PORT },
      { name: 'grpc', containerPort: GRPC_PORT },
    ],
    readinessProbe: probe('/ready'),
    livenessProbe: probe('/live'),
    volumeMounts: [INFO_MOUNT],
    // All that it gets: no dropped capabilities, so that Pod Security "restricted" refuses it. With podSecurity.uids:
    // assigned it gets no user either, which is not shown here.
    securityContext: { runAsUser: user, allowPrivilegeEscalation: false },
    resources: svcOrchSpec?.resources,
  };
}
