/** PostgreSQL, by what measures it. */
import { LAST_BACKUP } from '../rules/backups';
import { type Dashboard, type Panel, podsRow, type Query, volumesPanel, WINDOW } from './dashboard';

/** What both exporters count of each database, under names that differ in their start. */
function activity(prefix: 'pg' | 'cnpg_pg', of: string): Panel[] {
  const rate = (name: string) => `sum by (datname) (rate(${prefix}_stat_database_${name}{${of}}${WINDOW}))`;
  const each = (name: string, what: string): Query => ({ expr: rate(name), legend: `{{datname}} ${what}` });
  return [
    {
      title: 'Transactions each second',
      unit: 'short',
      queries: [each('xact_commit', 'committed'), each('xact_rollback', 'rolled back')],
    },
    {
      title: 'Share of blocks found in memory',
      unit: 'percentunit',
      queries: [{ expr: `${rate('blks_hit')} / (${rate('blks_hit')} + ${rate('blks_read')})`, legend: '{{datname}}' }],
    },
    { title: 'Deadlocks each second', unit: 'short', queries: [each('deadlocks', '')] },
  ];
}

const sizes = (metric: string, of: string): Panel => ({
  title: 'Size of databases',
  unit: 'bytes',
  queries: [{ expr: `max by (datname) (${metric}{${of}})`, legend: '{{datname}}' }],
});

export function postgresqlDashboard(namespace: string): Dashboard {
  const of = `job="postgresql",namespace="${namespace}"`;
  return {
    name: 'postgresql',
    title: 'PostgreSQL',
    rows: [
      {
        title: 'Connections and size',
        panels: [
          {
            title: 'Connections',
            unit: 'short',
            queries: [
              { expr: `sum by (datname) (pg_stat_database_numbackends{${of}})`, legend: '{{datname}}' },
              { expr: `max(pg_settings_max_connections{${of}})`, legend: 'at most' },
            ],
          },
          sizes('pg_database_size_bytes', of),
          volumesPanel(`namespace="${namespace}"`),
        ],
      },
      {
        title: 'Activity',
        panels: [
          ...activity('pg', of),
          {
            title: 'Written to temporary files',
            description: 'Sorts and joins that did not fit into work_mem.',
            unit: 'binBps',
            queries: [
              {
                expr: `sum by (datname) (rate(pg_stat_database_temp_bytes{${of}}${WINDOW}))`,
                legend: '{{datname}}',
              },
            ],
          },
        ],
      },
      podsRow(namespace),
    ],
  };
}

export function cloudNativePgDashboard(namespace: string): Dashboard {
  const of = `job="postgres",namespace="${namespace}"`;
  return {
    name: 'cloudnative-pg',
    title: 'PostgreSQL by CloudNativePG',
    rows: [
      {
        title: 'Instances',
        panels: [
          {
            title: 'Instances that answer',
            unit: 'short',
            queries: [{ expr: `sum(cnpg_collector_up{${of}})`, legend: 'instances' }],
          },
          {
            title: 'How far replicas are behind',
            unit: 's',
            queries: [{ expr: `cnpg_pg_replication_lag{${of}}`, legend: '{{pod}}' }],
          },
          {
            title: 'Replicas that stream from an instance',
            unit: 'short',
            queries: [{ expr: `cnpg_pg_replication_streaming_replicas{${of}}`, legend: '{{pod}}' }],
          },
        ],
      },
      {
        title: 'Connections and size',
        panels: [
          {
            title: 'Connections',
            unit: 'short',
            queries: [
              { expr: `sum by (pod) (cnpg_backends_total{${of}})`, legend: '{{pod}}' },
              { expr: `max(cnpg_pg_settings_setting{${of},name="max_connections"})`, legend: 'at most' },
            ],
          },
          sizes('cnpg_pg_database_size_bytes', of),
          volumesPanel(`namespace="${namespace}"`),
        ],
      },
      { title: 'Activity', panels: activity('cnpg_pg', of) },
      {
        title: 'Archive',
        panels: [
          {
            title: 'Age of the newest base backup',
            unit: 's',
            queries: [{ expr: `time() - max(${LAST_BACKUP}{${of}} > 0)`, legend: 'base backup' }],
          },
          {
            title: 'Since the last segment was archived',
            description: 'Without an archive it is -1.',
            unit: 's',
            queries: [{ expr: `cnpg_pg_stat_archiver_seconds_since_last_archival{${of}}`, legend: '{{pod}}' }],
          },
          {
            title: 'Segments that could not be archived, within an hour',
            unit: 'short',
            queries: [{ expr: `increase(cnpg_pg_stat_archiver_failed_count{${of}}[1h])`, legend: '{{pod}}' }],
          },
        ],
      },
      podsRow(namespace),
    ],
  };
}
