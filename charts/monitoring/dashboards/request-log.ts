import { type Dashboard, podsRow, WINDOW } from './dashboard';

/** The receivers of logged requests: one for the platform's own models, and one for each team. */
export function requestLogDashboard(namespace: string): Dashboard {
  const of = `{namespace="${namespace}"}`;
  const rate = (name: string) => `sum by (job) (rate(${name}${of}${WINDOW}))`;
  return {
    name: 'request-log',
    title: 'Log of requests',
    rows: [
      {
        title: 'Events',
        panels: [
          {
            title: 'Events taken',
            unit: 'reqps',
            queries: [{ expr: rate('request_log_events_total'), legend: '{{job}}' }],
          },
          {
            title: 'Events lost within an hour, by reason',
            description: 'Nobody sends them again. The runbook of RequestsNotLogged says what each reason means.',
            unit: 'short',
            queries: [
              {
                expr: `sum by (job, reason) (increase(request_log_dropped_events_total${of}[1h])) > 0`,
                legend: '{{job}} {{reason}}',
              },
            ],
          },
        ],
      },
      {
        title: 'Into the bucket',
        panels: [
          {
            title: 'Objects put',
            unit: 'reqps',
            queries: [
              { expr: rate('request_log_objects_total'), legend: '{{job}}' },
              { expr: rate('request_log_failed_puts_total'), legend: '{{job}}: failed' },
            ],
          },
          {
            title: 'Waiting on the disk',
            unit: 'bytes',
            queries: [{ expr: `sum by (pod) (request_log_waiting_bytes${of})`, legend: '{{pod}}' }],
          },
          {
            title: 'Age of the oldest event that waits',
            unit: 's',
            queries: [{ expr: `max by (pod) (request_log_oldest_seconds${of})`, legend: '{{pod}}' }],
          },
        ],
      },
      podsRow(namespace),
    ],
  };
}
