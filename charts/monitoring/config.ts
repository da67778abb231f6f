/** The schema of `monitoring` in platform.yaml. */
import { z } from 'zod';
import { dnsLabel, flag, labels, oneOf } from '../../config/fields';
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
  })
  .prefault({})
  .describe('Metrics');

/** Who scrapes in an environment; nobody where it has no monitoring. */
export const scrapingOf = ({
  monitoring,
}: {
  readonly monitoring: z.output<typeof monitoringSchema>;
}): Scraping | undefined => (monitoring.enabled ? monitoring : undefined);
