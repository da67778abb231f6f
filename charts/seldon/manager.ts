/** The container of the operator. Source: helm-charts/seldon-core-operator and operator/main.go at v1.17.1. */

import { SELDON_UID } from '../images/catalogue';
import type { Images } from '../images/resolve';
import type { ContainerProps, Resources, Variables } from '../lib/container';
import type { Logging } from '../lib/logging';
import { httpCheck, probes, tcpCheck } from '../lib/probes';
import type { NamedPort } from '../lib/service';
import type { Mount } from '../lib/volumes';
import { MANAGER_METRICS_PORT } from './config';
import { HTTP_PORT } from './contract';
import { EXECUTOR, EXECUTOR_RESOURCES } from './executor';
import { FIRST_PORTS } from './expansion/ports';

export interface ManagerProps {
  readonly images: Images;
  readonly resources: Resources;
  /** Port of the pod that the API server calls the webhook on. */
  readonly webhookPort: number;
  /**
   * The label that tells this operator's models from those of others in the cluster.
   * @default - the models that have none
   */
  readonly controllerId?: string;
  readonly istio: { readonly enabled: boolean; readonly gateway: string };
  readonly keda: { readonly enabled: boolean };
  readonly ambassador: { readonly enabled: boolean; readonly namespace?: string };
  /** ServiceAccount of the pods that the operator makes for itself, such as a separate executor. */
  readonly modelsServiceAccount: string;
  /** User of the containers that the operator adds, or that the cluster chooses it. @default - that of their images */
  readonly containerUser?: number | 'assigned';
  /** @default - it logs as it does by itself */
  readonly logging?: Logging;
}

/** Where the API server reaches the webhook, behind its Service. */
export const webhookPort = ({ webhookPort: containerPort }: Pick<ManagerProps, 'webhookPort'>): NamedPort => ({
  name: 'webhook-server',
  containerPort,
});
export const METRICS_PORT: NamedPort = { name: 'metrics', containerPort: MANAGER_METRICS_PORT };

/** @param ownWebhook whether the operator makes its certificate and registers its webhook itself */
export function managerContainer(props: ManagerProps, ownWebhook: boolean, mounts: readonly Mount[]): ContainerProps {
  const port = webhookPort(props);
  const webhook = tcpCheck(port);
  return {
    name: 'manager',
    image: props.images.seldonOperator,
    command: ['/manager'],
    args: [
      '--enable-leader-election',
      // The default also locks a ConfigMap, which would need write access to ConfigMaps.
      '--leader-election-resource-lock=leases',
      `--webhook-port=${port.containerPort}`,
      `--metrics-addr=:${METRICS_PORT.containerPort}`,
      `--log-level=${(props.logging?.level ?? 'info').toUpperCase()}`,
      ...(ownWebhook ? ['--create-resources=true'] : []),
    ],
    ports: [port, METRICS_PORT],
    env: { ...ownEnv(props), ...executorEnv(props), ...serverEnv() },
    // The manager has no health endpoint. Its webhook listens once it has a certificate and has, if that is its task,
    // registered it: from then on SeldonDeployments can be applied.
    ...probes({
      startup: { periodSeconds: 2, failureThreshold: 150 },
      ready: webhook,
      live: httpCheck(METRICS_PORT, '/metrics'),
    }),
    readinessProbe: { ...webhook, periodSeconds: 20, timeoutSeconds: 5 },
    resources: props.resources,
    mounts,
  };
}

const userOf = (user: ManagerProps['containerUser'] = SELDON_UID) => (user === 'assigned' ? '' : user);

function ownEnv({ controllerId, ambassador, istio, keda, containerUser }: ManagerProps): Variables {
  return {
    POD_NAMESPACE: { fieldRef: { fieldPath: 'metadata.namespace' } },
    WATCH_NAMESPACE: '',
    ...(controllerId !== undefined && { CONTROLLER_ID: controllerId }),
    AMBASSADOR_ENABLED: String(ambassador.enabled),
    AMBASSADOR_VERSION: 'v2',
    AMBASSADOR_SINGLE_NAMESPACE: 'false',
    ISTIO_ENABLED: String(istio.enabled),
    ISTIO_GATEWAY: istio.gateway,
    ISTIO_TLS_MODE: '',
    KEDA_ENABLED: String(keda.enabled),
    USE_EXECUTOR: 'true',
    // Where it is empty the operator gives pods no securityContext (createSecurityContext of controllers/security.go).
    DEFAULT_USER_ID: userOf(containerUser),
    DEPLOYMENT_NAME_AS_PREFIX: 'false',
  };
}

function executorEnv({ images: { seldonExecutor }, modelsServiceAccount, containerUser }: ManagerProps): Variables {
  const { prometheusPath, fullHealthChecks, requestLogger } = EXECUTOR;
  const { cpu, memory } = EXECUTOR_RESOURCES;
  return {
    EXECUTOR_CONTAINER_IMAGE_AND_VERSION: seldonExecutor.reference,
    EXECUTOR_CONTAINER_IMAGE_PULL_POLICY: seldonExecutor.pullPolicy,
    EXECUTOR_CONTAINER_SERVICE_ACCOUNT_NAME: modelsServiceAccount,
    // Where it is empty executors get no user (getSvcOrchUser of controllers/seldondeployment_engine.go).
    EXECUTOR_CONTAINER_USER: userOf(containerUser),
    EXECUTOR_PROMETHEUS_PATH: prometheusPath,
    EXECUTOR_SERVER_PORT: HTTP_PORT,
    EXECUTOR_SERVER_METRICS_PORT_NAME: 'metrics',
    EXECUTOR_FULL_HEALTH_CHECKS: String(fullHealthChecks),
    EXECUTOR_REQUEST_LOGGER_DEFAULT_ENDPOINT: requestLogger.defaultEndpoint,
    EXECUTOR_REQUEST_LOGGER_WORK_QUEUE_SIZE: requestLogger.workQueueSize,
    EXECUTOR_REQUEST_LOGGER_WRITE_TIMEOUT_MS: requestLogger.writeTimeoutMs,
    EXECUTOR_DEFAULT_CPU_REQUEST: cpu[0],
    EXECUTOR_DEFAULT_CPU_LIMIT: cpu[1],
    EXECUTOR_DEFAULT_MEMORY_REQUEST: memory[0],
    EXECUTOR_DEFAULT_MEMORY_LIMIT: memory[1],
  };
}

function serverEnv(): Variables {
  return {
    PREDICTIVE_UNIT_HTTP_SERVICE_PORT: FIRST_PORTS.http,
    PREDICTIVE_UNIT_GRPC_SERVICE_PORT: FIRST_PORTS.grpc,
    PREDICTIVE_UNIT_METRICS_PORT_NAME: 'metrics',
    PREDICTIVE_UNIT_DEFAULT_ENV_SECRET_REF_NAME: '',
  };
}
