import { anyOf } from '../rules/rule';
import { type Dashboard, type Panel, volumesPanel, WINDOW } from './dashboard';

export interface OverviewFacts {
  /** Every namespace of the platform. */
  readonly namespaces: readonly string[];
  /** Those of models. */
  readonly modelsNamespaces: readonly string[];
  /** Whether something makes copies of the data. */
  readonly backups: boolean;
}

export function overviewDashboard({ namespaces, modelsNamespaces, backups }: OverviewFacts): Dashboard {
  const of = anyOf('namespace', namespaces);
  const models = anyOf('namespace', modelsNamespaces);
  const number = (title: string, unit: Panel['unit'], expr: string, stat: Panel['stat'] = {}): Panel => ({
    title,
    unit,
    queries: [{ expr: `${expr} or vector(0)`, legend: title }],
    stat,
  });
  const byNamespace = (title: string, unit: Panel['unit'], expr: string): Panel => ({
    title,
    unit,
    queries: [{ expr: `sum by (namespace) (${expr})`, legend: '{{namespace}}' }],
  });
  return {
    name: 'overview',
    title: 'Overview',
    rows: [
      {
        title: 'Now',
        panels: [
          number('Alerts', 'short', `count(ALERTS{${of},alertstate="firing"})`, { redFrom: 1 }),
          number('Pods that cannot be scraped', 'short', `count(up{${of}} == 0)`, { redFrom: 1 }),
          number('Models that are scraped', 'short', `count(count by (model) (up{${models},job="models"}))`),
          number('Predictions', 'reqps', `sum(model:requests:rate5m{${models}})`),
        ],
      },
      {
        title: 'What answers',
        panels: [
          {
            title: 'Pods that are scraped',
            unit: 'short',
            queries: [{ expr: `sum by (namespace) (up{${of}})`, legend: '{{namespace}}' }],
          },
          {
            title: 'Predictions by code',
            unit: 'reqps',
            queries: [{ expr: `sum by (code) (model:requests:rate5m{${models}})`, legend: '{{code}}' }],
          },
          byNamespace(
            'Restarts within an hour',
            'short',
            `increase(kube_pod_container_status_restarts_total{${of}}[1h])`,
          ),
        ],
      },
      {
        title: 'What is used',
        panels: [
          byNamespace('CPU', 'cores', `rate(container_cpu_usage_seconds_total{${of},container!=""}${WINDOW})`),
          byNamespace('Memory', 'bytes', `container_memory_working_set_bytes{${of},container!=""}`),
          volumesPanel(of),
          ...(backups
            ? [
                {
                  title: 'Since CronJobs last succeeded',
                  unit: 's',
                  queries: [
                    {
                      expr: `time() - max by (namespace, cronjob) (kube_cronjob_status_last_successful_time{${of}})`,
                      legend: '{{cronjob}}',
                    },
                  ],
                } as const,
              ]
            : []),
        ],
      },
    ],
  };
}
