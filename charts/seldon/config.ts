/** The schema of `seldon` in platform.yaml: the operator, and how it exposes models. */
import * as z from 'zod';
import { count, dnsLabel, flag, oneOf } from '../../config/fields';
import { resources } from '../../config/resources';
import { workloadFields } from '../../config/workload';

const SUPPORTED_SELDON = /^1\.(17|18|19)\.(0|[1-9]\d?)$/;

/** Where the operator serves its metrics. */
export const MANAGER_METRICS_PORT = 8080;

export const seldonSchema = z
  .strictObject({
    version: z
      .string()
      .regex(SUPPORTED_SELDON, { error: 'must be a release of Seldon Core v1 from 1.17.0 to 1.19' })
      .default('1.17.1')
      .meta({ examples: ['1.17.1'] })
      .describe('Release of the operator, executor and seldon-protocol servers; 1.17.1 is the last under Apache-2.0'),
    acceptBusinessSourceLicense: flag(false).describe(
      'Says that you accept the Business Source License 1.1, which 1.18 and later and explainers of the v2 protocol are under',
    ),
    certificates: oneOf(['manager', 'cert-manager'], 'manager')
      .default('manager')
      .describe("Who makes the webhook's certificate: the operator itself, or cert-manager, which must be installed"),
    controllerId: dnsLabel('staging')
      .optional()
      .describe(
        'Label seldon.io/controller-id of the models, by which operators that share a cluster know theirs; needs cert-manager',
      ),
    replicas: count(1, 5, 2)
      .default(1)
      .describe('Pods of the operator: one leads, all answer the webhook; several need cert-manager'),
    webhookPort: count(1024, 65535, 10250)
      .refine((port) => port !== MANAGER_METRICS_PORT, { error: 'must be another port than that of its metrics' })
      .default(4443)
      .describe(
        "Port of the operator's pod that the API server calls; 10250 where a firewall lets it reach nodes on 443 and 10250 only",
      ),
    istio: z
      .strictObject({
        enabled: flag(false).describe('Makes a VirtualService and DestinationRules for each model'),
        gateway: z
          .string()
          .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\/[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, {
            error: 'must be the namespace and the name of a Gateway',
          })
          .default('istio-system/seldon-gateway')
          .meta({ examples: ['istio-system/seldon-gateway'] })
          .describe('The Gateway that VirtualServices attach to; the pods of its namespace call the models'),
      })
      .prefault({})
      .describe('Istio ingress for models'),
    ambassador: z
      .strictObject({
        enabled: flag(false).describe('Makes a Mapping for each model'),
        namespace: dnsLabel('ambassador')
          .default('ambassador')
          .describe('Namespace of its pods, which call the models'),
      })
      .prefault({})
      .describe('Ambassador (Emissary) ingress for models'),
    keda: z
      .strictObject({ enabled: flag(false).describe('Makes a ScaledObject for each model that has keda') })
      .prefault({})
      .describe('KEDA, which must be installed'),
    // 40 MB, and for 100 MiB of ConfigMaps 250 MB, for 250 MiB 600 MB: measured with the operator's own binary.
    resources: resources({ cpu: ['50m', '500m'], memory: ['128Mi', '1Gi'], scratch: ['32Mi', '256Mi'] }).describe(
      'CPU, memory and disk of the container; it keeps all ConfigMaps of the cluster in memory, and takes up to four times their size: with too little it is killed, and no model can be written',
    ),
    ...workloadFields,
  })
  .superRefine((seldon, context) => {
    if (
      /^1\.1[89]\./.test(seldon.version) &&
      SUPPORTED_SELDON.test(seldon.version) &&
      !seldon.acceptBusinessSourceLicense
    ) {
      context.addIssue({
        code: 'custom',
        path: ['version'],
        message: `is ${seldon.version}, which is under the Business Source License 1.1 and not free for production; set acceptBusinessSourceLicense: true if you have the right to use it, or use "1.17.1"`,
        params: { complete: true },
      });
    }
    if (seldon.replicas > 1 && seldon.certificates === 'manager') {
      context.addIssue({
        code: 'custom',
        path: ['replicas'],
        message: `is ${seldon.replicas}, and each pod would make a certificate of its own and register it in place of the others'; set seldon.certificates: cert-manager`,
        params: { complete: true },
      });
    }
    if (seldon.controllerId !== undefined && seldon.certificates === 'manager') {
      context.addIssue({
        code: 'custom',
        path: ['controllerId'],
        message:
          'is ignored by the webhook that the operator registers itself, so that nothing would check the models; set seldon.certificates: cert-manager',
        params: { complete: true },
      });
    }
  })
  .prefault({})
  .describe('The Seldon Core operator');
