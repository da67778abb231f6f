/** The settings of monitoring by a Prometheus that the cluster has. */
import * as z from 'zod';
import { dnsLabel, flag, labels, oneOf } from '../../config/fields';
import { rules } from '../../config/rules';
import { commonFields, folder, STACK } from './fields';

const dashboards = z
  .strictObject({
    enabled: flag(false).describe('Makes dashboards for Grafana: ConfigMaps that its sidecar finds'),
    labels: labels('grafana_dashboard', '1')
      .default({ grafana_dashboard: '1' })
      .describe('Labels by which the sidecar finds them'),
    folder: folder(', where its sidecar looks at the annotation grafana_folder'),
  })
  .prefault({})
  .describe('Dashboards');

export const externalSchema = z
  .strictObject({
    stack: z.literal('external').default('external').describe(STACK),
    ...commonFields,
    kind: oneOf(['operator', 'annotations'], 'operator')
      .default('operator')
      .describe(
        'What Prometheus finds its targets by: monitors of the Prometheus operator, whose CRDs the cluster must have (operator), or the annotations prometheus.io/scrape, port, path and scheme of pods (annotations)',
      ),
    namespace: dnsLabel('monitoring').default('monitoring').describe('Namespace of Prometheus'),
    labels: labels('release', 'prometheus')
      .default({ release: 'prometheus' })
      .describe('Labels by which Prometheus finds its monitors and rules; for the kind operator'),
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
  );
