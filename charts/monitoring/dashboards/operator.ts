import { type Dashboard, percentiles, podsRow, WINDOW } from './dashboard';

export function operatorDashboard(namespace: string): Dashboard {
  const of = `job="seldon-core-operator",namespace="${namespace}"`;
  const rate = (name: string) => `rate(${name}{${of}}${WINDOW})`;
  return {
    name: 'seldon-operator',
    title: 'Seldon operator',
    rows: [
      {
        title: 'Models',
        panels: [
          {
            title: 'Looks at models, by how they end',
            unit: 'reqps',
            queries: [
              { expr: `sum by (result) (${rate('controller_runtime_reconcile_total')})`, legend: '{{result}}' },
              { expr: `sum(${rate('controller_runtime_reconcile_errors_total')})`, legend: 'errors in all' },
            ],
          },
          {
            title: 'Time for one look',
            unit: 's',
            queries: percentiles(
              (by) => `sum by (${by}) (${rate('controller_runtime_reconcile_time_seconds_bucket')})`,
            ),
          },
          {
            title: 'Models that wait',
            unit: 'short',
            queries: [{ expr: `max by (name) (workqueue_depth{${of}})`, legend: '{{name}}' }],
          },
        ],
      },
      {
        title: 'Webhook',
        panels: [
          {
            title: 'Questions of the API server, by code',
            unit: 'reqps',
            queries: [
              { expr: `sum by (code) (${rate('controller_runtime_webhook_requests_total')})`, legend: '{{code}}' },
            ],
          },
          {
            title: 'Time to answer',
            unit: 's',
            queries: percentiles(
              (by) => `sum by (${by}) (${rate('controller_runtime_webhook_latency_seconds_bucket')})`,
            ),
          },
        ],
      },
      podsRow(namespace),
    ],
  };
}
