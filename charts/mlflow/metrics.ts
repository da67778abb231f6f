/**
 * The metrics of MLflow. Its workers write what they count into a folder, and any of them shows all of it at a path. With
 * users of its own MLflow shows it to administrators alone, so that Prometheus would have to be one: then a container
 * beside the server shows it, at a port that the NetworkPolicy opens for Prometheus.
 *
 * Source: _before_request in mlflow/server/auth of MLflow 3.17, which refuses every path that it has no rule for.
 */

import type { ContainerProps, Resources } from '../lib/container';
import type { Image } from '../lib/image';
import type { k8s } from '../lib/k8s';
import { httpCheck, probes, tcpCheck } from '../lib/probes';
import type { NamedPort } from '../lib/service';
import { type Mount, scratchVolume } from '../lib/volumes';

export const METRICS_FOLDER = '/tmp/metrics';
/** Under a static prefix as well. */
export const METRICS_PATH = '/metrics';
/** Of the container beside the server. */
export const METRICS: NamedPort = { name: 'metrics', containerPort: 9464 };
const SCRIPTS_PATH = '/opt/metrics';
/** Measured: 25 MiB. */
const RESOURCES: Resources = {
  requests: { cpu: '10m', memory: '48Mi', 'ephemeral-storage': '16Mi' },
  limits: { cpu: '200m', memory: '128Mi', 'ephemeral-storage': '32Mi' },
};

/** The folder, where both containers see it. */
export const COUNTED: Mount = { volume: scratchVolume('metrics'), path: METRICS_FOLDER };

export interface MetricsContainerProps {
  readonly image: Image;
  /** The volume with metrics.py. */
  readonly scripts: k8s.Volume;
  /** Where MLflow says that it works, in the same pod. */
  readonly health: { readonly port: number; readonly path: string };
}

export function metricsContainer({ image, scripts, health }: MetricsContainerProps): ContainerProps {
  return {
    name: 'metrics',
    image,
    command: ['python', `${SCRIPTS_PATH}/metrics.py`],
    ports: [METRICS],
    env: {
      METRICS_FOLDER,
      METRICS_PORT: METRICS.containerPort,
      SERVER_PORT: health.port,
      HEALTH_PATH: health.path,
    },
    ...probes({
      startup: { periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 60 },
      // A path that prometheus_client answers without counting anything, so that MLflow's own health is not asked here.
      ready: httpCheck(METRICS, '/favicon.ico'),
      live: tcpCheck(METRICS),
    }),
    resources: RESOURCES,
    mounts: [
      { volume: scripts, path: SCRIPTS_PATH },
      { ...COUNTED, readOnly: true },
    ],
  };
}
