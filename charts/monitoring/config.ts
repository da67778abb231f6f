/** The schema of `monitoring` in platform.yaml: by a Prometheus of the cluster, or by one of the platform's own. */
import * as z from 'zod';
import { isMapping } from '../lib/mapping';
import type { NamespaceNames } from '../namespaces/config';
import { embeddedSchema } from './embedded-config';
import { externalSchema } from './external-config';
import type { Scraping } from './monitored';
import { prometheusPods } from './stack/address';

export const monitoringSchema = z
  .discriminatedUnion('stack', [externalSchema, embeddedSchema], {
    error: ({ input }) => (isMapping(input) ? 'must be one of external, embedded' : 'must be a mapping'),
  })
  .prefault({})
  .describe('Metrics');

/** Who scrapes in an environment; nobody where it has no monitoring. */
export function scrapingOf({
  monitoring,
  namespaces,
}: {
  readonly monitoring: z.output<typeof monitoringSchema>;
  readonly namespaces: NamespaceNames;
}): Scraping | undefined {
  if (!monitoring.enabled) return undefined;
  if (monitoring.stack === 'external') return monitoring;
  const namespace = namespaces.monitoring;
  return { kind: 'file', namespace, labels: {}, pods: prometheusPods(namespace) };
}
