/** The settings of a Prometheus, an Alertmanager and a Grafana of the platform's own. */
import * as z from 'zod';
import { cidr, count, flag } from '../../config/fields';
import { resources, storage } from '../../config/resources';
import { rules } from '../../config/rules';
import { workloadFields } from '../../config/workload';
import { parseQuantity } from '../lib/quantity';
import { commonFields, folder, STACK } from './fields';
import { receiversSchema } from './receivers-config';

/** Rules about objectives look back three days. */
const LEAST_DAYS = 4;
/** Below, the part that is left for what is not yet in a block does not hold two hours of it. */
const LEAST_STORAGE = '1Gi';

const prometheus = z
  .strictObject({
    storage: storage('8Gi'),
    retentionDays: count(LEAST_DAYS, 3650, 15)
      .default(15)
      .describe('Days that series are kept; fewer where the volume is full before'),
    resources: resources({ cpu: ['100m', '1'], memory: ['256Mi', '512Mi'], scratch: ['16Mi', '64Mi'] }),
    ...workloadFields,
  })
  .superRefine(
    rules(({ storage: { size } }) => {
      if ((parseQuantity(size) ?? 0) >= (parseQuantity(LEAST_STORAGE) ?? 0)) return [];
      const message = `is ${size}, too small for the hours that Prometheus keeps before it packs them; make it at least ${LEAST_STORAGE}`;
      return [{ path: ['storage', 'size'], message }];
    }),
  )
  .prefault({})
  .describe('Prometheus, which scrapes and computes');

const alertmanager = z
  .strictObject({
    receivers: receiversSchema,
    storage: storage('1Gi'),
    resources: resources({ cpu: ['10m', '200m'], memory: ['32Mi', '64Mi'], scratch: ['16Mi', '64Mi'] }),
    ...workloadFields,
  })
  .prefault({})
  .describe('Alertmanager, which groups alerts, keeps silences and tells receivers');

const grafana = z
  .strictObject({
    enabled: flag(true).describe('Has a Grafana, with the dashboards'),
    folder: folder(' that has the dashboards'),
    storage: storage('1Gi'),
    resources: resources({ cpu: ['50m', '500m'], memory: ['128Mi', '352Mi'], scratch: ['32Mi', '256Mi'] }),
    ...workloadFields,
  })
  .prefault({})
  .describe('Grafana, which shows dashboards');

const kubeStateMetrics = z
  .strictObject({
    resources: resources({ cpu: ['10m', '200m'], memory: ['32Mi', '96Mi'], scratch: ['8Mi', '32Mi'] }),
    ...workloadFields,
  })
  .prefault({})
  .describe('kube-state-metrics, which tells Prometheus of Jobs, CronJobs, Deployments and pods');

const kubelets = z
  .strictObject({
    enabled: flag(true).describe('Has Prometheus ask kubelets how full volumes are, and what containers use'),
    verified: flag(false).describe(
      'Checks their certificates, where the authority of the cluster has signed them; most kubelets sign their own',
    ),
    cidrs: z
      .array(cidr('10.0.0.0/16'))
      .default([])
      .meta({ examples: [['10.0.0.0/16']] })
      .describe('Addresses of nodes; any address where empty, since no selector finds them'),
  })
  .prefault({})
  .describe('The kubelets of the nodes that pods of the platform are on');

export const embeddedSchema = z.strictObject({
  stack: z.literal('embedded').describe(STACK),
  ...commonFields,
  prometheus,
  alertmanager,
  grafana,
  kubeStateMetrics,
  kubelets,
});
