/** How many connections a server has, and how many of them MLflow may have. */
import { count } from '../../config/fields';

/** The field that says how many connections at a time there are. */
export const connectionsField = (standard: number) =>
  count(24, 2000, 200)
    .default(standard)
    .describe("Connections at a time, PostgreSQL's max_connections; MLflow's pools follow from it");

interface ConnectionSettings {
  readonly kind: 'embedded' | 'cloudNativePg' | 'external';
  readonly maxConnections: number;
}

/**
 * Connections of the server that are not for MLflow. Three are PostgreSQL's own for its superuser; then come five for a
 * backup, a clean-up and people; the instance manager of CloudNativePG takes up to eight more for its checks, the
 * exporter of metrics and the roles that it keeps. Of a server outside, the number is what MLflow's user may have.
 */
const RESERVED = { embedded: 8, cloudNativePg: 16, external: 0 };

/** How many connections of the server MLflow may have. */
export const applicationConnections = ({ kind, maxConnections }: ConnectionSettings) => maxConnections - RESERVED[kind];

/** The least maxConnections that leaves as many to MLflow. */
export const maxConnectionsFor = (kind: ConnectionSettings['kind'], connections: number) =>
  connections + RESERVED[kind];
