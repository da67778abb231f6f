/** What a dashboard shows, as data; render.ts makes Grafana's JSON of it. */

export interface Query {
  /** PromQL. */
  readonly expr: string;
  /** What a line is called; "{{job}}" stands for a label. */
  readonly legend: string;
}

/** Units that Grafana knows. */
export type Unit = 'short' | 'reqps' | 's' | 'bytes' | 'binBps' | 'percentunit' | 'percent' | 'decmbytes' | 'cores';

export interface Panel {
  readonly title: string;
  /** What a reader would not guess. @default - the title says it all */
  readonly description?: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** One number, and from which value on it is shown in red. @default - lines over time */
  readonly stat?: { readonly redFrom?: number };
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** A label that the reader chooses a value of, from those that a series has. */
export interface Choice {
  readonly name: string;
  readonly label: string;
  readonly series: string;
}

export interface Dashboard {
  /** Part of its address, of the name of its ConfigMap and of the file that the sidecar writes. */
  readonly name: string;
  readonly title: string;
  readonly choices?: readonly Choice[];
  readonly rows: readonly Row[];
}

/** The window of a rate: Grafana makes it fit the width of the panel, and no shorter than four scrapes. */
export const WINDOW = '[$__rate_interval]';

/** Lines of one quantile each of a histogram. */
export const percentiles = (bucket: (label: string) => string, by: readonly string[] = []): Query[] =>
  (['0.5', '0.95', '0.99'] as const).map((quantile) => ({
    expr: `histogram_quantile(${quantile}, ${bucket(['le', ...by].join(', '))})`,
    legend: [...by.map((label) => `{{${label}}}`), `p${Number(quantile) * 100}`].join(' '),
  }));

/** What the pods of a namespace use. */
export function podsRow(namespace: string): Row {
  const containers = `{namespace="${namespace}",container!=""}`;
  const each = (expr: string): Query[] => [{ expr: `sum by (pod) (${expr})`, legend: '{{pod}}' }];
  return {
    title: 'Pods',
    panels: [
      { title: 'CPU', unit: 'cores', queries: each(`rate(container_cpu_usage_seconds_total${containers}${WINDOW})`) },
      { title: 'Memory', unit: 'bytes', queries: each(`container_memory_working_set_bytes${containers}`) },
      {
        title: 'Restarts within an hour',
        unit: 'short',
        queries: each(`increase(kube_pod_container_status_restarts_total{namespace="${namespace}"}[1h])`),
      },
    ],
  };
}

/** How full the volumes of a namespace are. */
export const volumesPanel = (matcher: string): Panel => ({
  title: 'Volumes: share used',
  unit: 'percentunit',
  queries: [
    {
      expr: `1 - kubelet_volume_stats_available_bytes{${matcher}} / kubelet_volume_stats_capacity_bytes{${matcher}}`,
      legend: '{{persistentvolumeclaim}}',
    },
  ],
});
