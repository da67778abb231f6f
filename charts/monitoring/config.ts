/** The schema of `monitoring` in platform.yaml. */
import { z } from 'zod';
import { count, dnsLabel, flag, labels, oneOf, text } from '../../config/fields';
import type { Scraping } from './monitored';

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
  })
  .prefault({})
  .describe('Metrics');

/** Who scrapes in an environment; nobody where it has no monitoring. */
export const scrapingOf = ({
  monitoring,
}: {
  readonly monitoring: z.output<typeof monitoringSchema>;
}): Scraping | undefined => (monitoring.enabled ? monitoring : undefined);
