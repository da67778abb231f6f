/** The schema of `monitoring` in platform.yaml. */
import { z } from 'zod';
import { dnsLabel, flag, labels } from '../../config/fields';

export const monitoringSchema = z
  .strictObject({
    enabled: flag(false).describe('Renders ServiceMonitors and PodMonitors; needs the CRDs of the Prometheus operator'),
    namespace: dnsLabel('monitoring').default('monitoring').describe('Namespace of Prometheus'),
    labels: labels('release', 'prometheus')
      .default({ release: 'prometheus' })
      .describe('Labels by which Prometheus finds its monitors'),
  })
  .prefault({})
  .describe('Metrics for the Prometheus operator');
