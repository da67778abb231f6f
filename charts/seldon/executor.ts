/**
 * How Seldon's executor runs. The operator is told so, and passes it on; expansion/ repeats what it makes of it.
 *
 * Source: helm-charts/seldon-core-operator/values.yaml at v1.17.1.
 */
import type { ResourceDefaults } from '../../config/resources';

export const EXECUTOR = {
  /** Where metrics are scraped, of the executor and of the servers. */
  prometheusPath: '/prometheus',
  /** Whether its readiness asks every node of the graph. */
  fullHealthChecks: false,
  requestLogger: {
    /** For a logger without an address: charts/models writes one into each. */
    defaultEndpoint: 'http://default-broker',
    workQueueSize: 10000,
    writeTimeoutMs: 2000,
  },
} as const;

/** Requests and limits where a model says none. */
export const EXECUTOR_RESOURCES: ResourceDefaults = {
  cpu: ['100m', '500m'],
  memory: ['128Mi', '512Mi'],
  scratch: ['32Mi', '256Mi'],
};
