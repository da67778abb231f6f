/** The vocabulary of the configuration: the Affinity of Kubernetes, field by field. */
import * as z from 'zod';
import { count, dnsLabel, labelKey, labels, oneOf, text } from './fields';

const values = z.array(text('a')).optional();

const nodeExpression = z.strictObject({
  key: labelKey,
  operator: oneOf(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'], 'In'),
  values,
});
const nodeTerm = z.strictObject({
  matchExpressions: z.array(nodeExpression).optional(),
  matchFields: z.array(nodeExpression).optional(),
});

const labelSelector = z.strictObject({
  matchLabels: labels('app', 'mlflow').optional(),
  matchExpressions: z
    .array(z.strictObject({ key: labelKey, operator: oneOf(['In', 'NotIn', 'Exists', 'DoesNotExist'], 'In'), values }))
    .optional(),
});
const podTerm = z.strictObject({
  topologyKey: labelKey,
  labelSelector: labelSelector.optional(),
  namespaces: z.array(dnsLabel('mlflow')).optional(),
  namespaceSelector: labelSelector.optional(),
});

const weight = count(1, 100, 50);
const podRules = z.strictObject({
  requiredDuringSchedulingIgnoredDuringExecution: z.array(podTerm).optional(),
  preferredDuringSchedulingIgnoredDuringExecution: z
    .array(z.strictObject({ weight, podAffinityTerm: podTerm }))
    .optional(),
});

const example = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] }],
    },
  },
};

export const affinity = z
  .strictObject({
    nodeAffinity: z
      .strictObject({
        requiredDuringSchedulingIgnoredDuringExecution: z
          .strictObject({ nodeSelectorTerms: z.array(nodeTerm).min(1, { error: 'must have at least one term' }) })
          .optional(),
        preferredDuringSchedulingIgnoredDuringExecution: z
          .array(z.strictObject({ weight, preference: nodeTerm }))
          .optional(),
      })
      .optional(),
    podAffinity: podRules.optional(),
    podAntiAffinity: podRules.optional(),
  })
  // Said once in the JSON Schema, and a single row of the documents.
  .meta({ id: 'Affinity', examples: [example] })
  .describe('Rules for nodes and neighbours, in the words of Kubernetes');
