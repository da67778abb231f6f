/** The PodMonitor by which the Prometheus operator scrapes some pods. */
import type { Construct } from 'constructs';
import {
  PodMonitorSpecPodMetricsEndpointsMetricRelabelingsAction as MetricAction,
  PodMonitor,
  PodMonitorSpecPodMetricsEndpointsScheme,
  PodMonitorSpecPodMetricsEndpointsRelabelingsAction as TargetAction,
} from '../../imports/monitoring.coreos.com';
import { type PodScrape, type Relabeling, SCRAPE_TIMES } from './pod-scrape';

const TARGET_ACTIONS = { replace: TargetAction.REPLACE, keep: TargetAction.KEEP } as const;
const METRIC_ACTIONS = { replace: MetricAction.REPLACE, keep: MetricAction.KEEP } as const;

/** @param found labels by which the operator finds it */
export function podMonitor(scope: Construct, scrape: PodScrape, found: Readonly<Record<string, string>>): void {
  const { name, labels, port, path, tls, honorLabels, relabelings, metricRelabelings } = scrape;
  new PodMonitor(scope, `${name}-monitor`, {
    metadata: { name, labels: { ...found } },
    spec: {
      selector: { matchLabels: { ...labels } },
      podMetricsEndpoints: [
        {
          port,
          path,
          ...SCRAPE_TIMES,
          honorLabels,
          ...(tls && {
            scheme: PodMonitorSpecPodMetricsEndpointsScheme.HTTPS,
            tlsConfig: {
              ca: { secret: { name: tls.authoritySecret, key: tls.authorityKey } },
              serverName: tls.serverName,
            },
          }),
          relabelings: relabelings.map((each) => ({ ...fields(each), action: TARGET_ACTIONS[each.action] })),
          ...(metricRelabelings && {
            metricRelabelings: metricRelabelings.map((each) => ({
              ...fields(each),
              action: METRIC_ACTIONS[each.action],
            })),
          }),
        },
      ],
    },
  });
}

const fields = ({ action: _, sourceLabels, ...rest }: Relabeling) => ({
  ...rest,
  ...(sourceLabels && { sourceLabels: [...sourceLabels] }),
});
