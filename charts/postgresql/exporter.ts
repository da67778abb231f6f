/** The exporter beside the embedded server: a container of the same pod, which asks it over its socket. */
import type { ContainerProps, Resources } from '../lib/container';
import type { Image } from '../lib/image';
import { httpCheck, probes, tcpCheck } from '../lib/probes';
import type { NamedPort } from '../lib/service';
import type { Mount } from '../lib/volumes';

export const METRICS: NamedPort = { name: 'metrics', containerPort: 9187 };
export const SOCKET_PATH = '/var/run/postgresql';

const RESOURCES: Resources = {
  requests: { cpu: '10m', memory: '32Mi', 'ephemeral-storage': '8Mi' },
  limits: { cpu: '200m', memory: '128Mi', 'ephemeral-storage': '64Mi' },
};

export interface ExporterProps {
  readonly image: Image;
  /** The folder with the server's socket. */
  readonly socket: Mount;
  readonly user: string;
  readonly database: string;
}

/**
 * The server trusts whoever comes over the socket, which only containers of its pod can see. So the exporter needs no
 * password, and a role of its own would take nothing from it that it could not have.
 *
 * It answers while the server is down, with pg_up 0, and so it must not take the pod out of its Service.
 * Source: README.md and cmd/postgres_exporter of postgres_exporter 0.19.
 */
export function exporterContainer({ image, socket, user, database }: ExporterProps): ContainerProps {
  return {
    name: 'exporter',
    image,
    args: [`--web.listen-address=:${METRICS.containerPort}`],
    ports: [METRICS],
    env: { DATA_SOURCE_NAME: `user=${user} host=${SOCKET_PATH} dbname=${database} sslmode=disable` },
    ...probes({
      startup: { periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 60 },
      ready: httpCheck(METRICS, '/'),
      live: tcpCheck(METRICS),
    }),
    resources: RESOURCES,
    mounts: [socket],
  };
}
