/**
 * The connections that MLflow keeps to its database, in SQLAlchemy's pools.
 *
 * A worker has two pools, one of the tracking store and one of the registry. Where MLflow has users of its own, it has a
 * third for them, and so has the process that starts the workers. While a new version rolls out, there is one pod more
 * than replicas. A connection that PostgreSQL has not is an error 500 to a user.
 */

export interface Workers {
  readonly replicas: number;
  readonly workers: number;
  /** Whether MLflow has users of its own. @default false */
  readonly users?: boolean;
}

/** Connections of one pool. */
export interface ConnectionPool {
  /** Those that stay open. */
  readonly size: number;
  /** Those that are opened on top of them when many requests come. MLflow takes 0 for "not said", which means 10. */
  readonly overflow: number;
}

/** SQLAlchemy's own default is 5 and 10 more. */
const SIZE = 5;
const MOST = 15;
/** With fewer, requests wait for each other. */
const LEAST = 4;

const poolsOf = ({ replicas, workers, users }: Workers) => (replicas + 1) * (users ? 3 * workers + 1 : 2 * workers);

/** The connections that so many workers cannot do without. */
export const leastConnections = (workers: Workers) => poolsOf(workers) * LEAST;

/** What each pool may have, so that all of them together never ask for more than there are. */
export function connectionPool(workers: Workers, connections: number): ConnectionPool {
  const all = Math.min(MOST, Math.floor(connections / poolsOf(workers)));
  const size = Math.min(SIZE, all - 1);
  return { size, overflow: all - size };
}
