import { type Dashboard, percentiles, podsRow, WINDOW } from './dashboard';

export function mlflowDashboard(namespace: string): Dashboard {
  const of = `job="mlflow",namespace="${namespace}"`;
  const rate = (name: string, ...matchers: string[]) => `rate(${name}{${[of, ...matchers].join(',')}}${WINDOW})`;
  const requests = (...matchers: string[]) => `sum(${rate('mlflow_http_request_total', ...matchers)})`;
  return {
    name: 'mlflow',
    title: 'MLflow',
    rows: [
      {
        title: 'Requests',
        panels: [
          {
            title: 'Requests by status',
            unit: 'reqps',
            queries: [
              { expr: `sum by (status) (${rate('mlflow_http_request_total')})`, legend: '{{status}}' },
              {
                expr: `sum by (status) (${rate('mlflow_http_request_exceptions_total')})`,
                legend: '{{status}} by an exception',
              },
            ],
          },
          {
            title: 'Share of errors of the server',
            unit: 'percentunit',
            queries: [{ expr: `(${requests('status=~"5.."')} or vector(0)) / ${requests()}`, legend: 'errors' }],
          },
          {
            title: 'Time to answer',
            description: 'MLflow answers calls about artifacts, traces and jobs beside what counts here.',
            unit: 's',
            queries: percentiles((by) => `sum by (${by}) (${rate('mlflow_http_request_duration_seconds_bucket')})`),
          },
        ],
      },
      podsRow(namespace),
    ],
  };
}
