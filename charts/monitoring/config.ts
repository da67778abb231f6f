/** The schema of `monitoring` in platform.yaml. */
import * as z from 'zod';
import { count, dnsLabel, flag, labels, matching, oneOf, text } from '../../config/fields';
import { rules } from '../../config/rules';
import type { Scraping } from './monitored';

const dashboards = z
  .strictObject({
    enabled: flag(false).describe('Makes dashboards for Grafana: ConfigMaps that its sidecar finds'),
    labels: labels('grafana_dashboard', '1')
      .default({ grafana_dashboard: '1' })
      .describe('Labels by which the sidecar finds them'),
    folder: matching(
      /^[A-Za-z0-9]([A-Za-z0-9 ._-]*[A-Za-z0-9])?$/,
      100,
      'the name of a folder: at most 100 letters, digits, spaces, "-", "_" or ".", starting and ending with a letter or digit',
      'ML platform',
    )
      .default('ML platform')
      .describe('Folder in Grafana, where its sidecar looks at the annotation grafana_folder'),
  })
  .prefault({})
  .describe('Dashboards');

export const monitoringSchema = z
  .strictObject({
    enabled: flag(false).describe('Has Prometheus scrape the components and the models'),
    kind: oneOf(['operator', 'annotations'], 'operator')
      .default('operator')
      .describe(
        'What Prometheus finds its targets by: monitors of the Prometheus operator, whose CRDs the cluster must have (operator), or the annotations prometheus.io/scrape, port, path and scheme of pods (annotations)',
      ),
    namespace: dnsLabel('monitoring').default('monitoring').describe('Namespace of Prometheus'),
    labels: labels('release', 'prometheus')
      .default({ release: 'prometheus' })
      .describe('Labels by which Prometheus finds its monitors and rules; for the kind operator'),
    runbooks: text('https://docs.example.com/runbooks')
      .default('docs/runbooks.md')
      .describe('The address of the page with the runbooks, which alerts lead to'),
    backupAge: count(1, 8784, 26)
      .default(26)
      .describe('Hours after which the newest copy of the database counts as too old'),
    dashboards,
  })
  .superRefine(
    rules(({ enabled, kind, dashboards: { enabled: shown } }) => {
      if (!shown || (enabled && kind === 'operator')) return [];
      const message = enabled
        ? 'is true, and dashboards name series as the monitors of the Prometheus operator call them; set monitoring.kind: operator, or leave them out'
        : 'is true, and nothing is scraped that they could show; set monitoring.enabled: true';
      return [{ path: ['dashboards', 'enabled'], message }];
    }),
  )
  .prefault({})
  .describe('Metrics');

/** Who scrapes in an environment; nobody where it has no monitoring. */
export const scrapingOf = ({
  monitoring,
}: {
  readonly monitoring: z.output<typeof monitoringSchema>;
}): Scraping | undefined => (monitoring.enabled ? monitoring : undefined);
