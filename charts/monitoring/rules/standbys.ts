/** Alerts about copies of a database on other servers, of which the database itself knows best. */
import type { Alert } from './alert';

export interface Standbys {
  readonly namespace: string;
  /** The label "job" of its instances. */
  readonly job: string;
  /** How many there should be. */
  readonly count: number;
  /** How many of them must have a change before it is acknowledged, however long that takes. @default - nobody waits for them */
  readonly awaited?: number;
}

/**
 * The primary counts those that follow it, the others have none. A standby may answer Prometheus, and not follow.
 * Source: pg_replication in config/manager/default-monitoring.yaml of CloudNativePG.
 */
export function standbyAlerts({ namespace, job, count, awaited = 0 }: Standbys): Alert[] {
  const of = `{namespace="${namespace}",job="${job}"}`;
  const following = `max by (namespace, job) (cnpg_pg_replication_streaming_replicas${of})`;
  const missing: Alert = {
    name: 'DatabaseStandbys',
    severity: 'warning',
    // An instance whose queries fail has no such series, and answers otherwise.
    expr: `(${following} or 0 * max by (namespace, job) (up${of} == 1)) < ${count}`,
    for: '15m',
    summary: `{{ $value }} of ${count} standbys of {{ $labels.job }} in {{ $labels.namespace }} follow the primary`,
  };
  if (awaited === 0) return [missing];
  return [
    missing,
    {
      name: 'DatabaseWritesWait',
      severity: 'critical',
      expr: `${following} < ${awaited}`,
      for: '5m',
      summary: `Nothing can be written to {{ $labels.job }} in {{ $labels.namespace }}: {{ $value }} standbys follow the primary, and each change waits for ${awaited}`,
    },
  ];
}
