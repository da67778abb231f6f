/** The vocabulary of the configuration: what every component's pods can be given. charts/lib/workload-settings.ts applies it. */
import * as z from 'zod';
import { affinity } from './affinity';
import { annotations, count, labelKey, labels, labelValue, objectName, oneOf, text } from './fields';
import type { Fault } from './problems';
import { rules } from './rules';

export const nodeSelector = labels('node-pool', 'data').describe('Labels of the nodes that may run the pods');

export const tolerations = z
  .array(
    z
      .strictObject({
        key: labelKey
          .meta({ examples: ['nvidia.com/gpu'] })
          .optional()
          .describe('Key of the taint; any where absent'),
        operator: oneOf(['Exists', 'Equal'], 'Exists').default('Exists').describe('How the value is compared'),
        value: labelValue('present').optional().describe('Value of the taint'),
        effect: oneOf(['NoSchedule', 'PreferNoSchedule', 'NoExecute'], 'NoSchedule')
          .optional()
          .describe('Effect of the taint; any where absent'),
      })
      .superRefine(rules(tolerationFaults))
      .meta({ examples: [{ key: 'nvidia.com/gpu', effect: 'NoSchedule' }] }),
  )
  .meta({ examples: [[{ key: 'nvidia.com/gpu', effect: 'NoSchedule' }]] })
  .describe('Taints of nodes that the pods may run on all the same');

export const topologySpread = z
  .array(
    z
      .strictObject({
        topologyKey: labelKey
          .meta({ examples: ['topology.kubernetes.io/zone'] })
          .describe('Label of nodes; nodes with the same value are one domain'),
        maxSkew: count(1, 100, 1).default(1).describe('By how many pods two domains may differ'),
        whenUnsatisfiable: oneOf(['ScheduleAnyway', 'DoNotSchedule'], 'ScheduleAnyway')
          .default('ScheduleAnyway')
          .describe('What happens to a pod that would make them differ more'),
      })
      .meta({ examples: [{ topologyKey: 'topology.kubernetes.io/zone' }] }),
  )
  .superRefine(rules(sameDomainFaults))
  .meta({ examples: [[{ topologyKey: 'topology.kubernetes.io/zone' }]] })
  .describe('Domains that the pods of the component are spread over');

interface Toleration {
  readonly key?: string;
  readonly operator: string;
  readonly value?: string;
}

/** Source: ValidateTolerations in pkg/apis/core/validation/validation.go, Kubernetes. */
function tolerationFaults({ key, operator, value }: Toleration): Fault[] {
  // An empty value is none, to the API server as well.
  if (operator === 'Exists' && value) {
    const message = `is ${value}, which operator: Exists does not look at; write operator: Equal beside it, or remove it`;
    return [{ path: ['value'], message }];
  }
  if (operator === 'Exists' || key !== undefined) return [];
  const message =
    'is Equal, and compares the value of a taint whose key is not said; add key, such as "nvidia.com/gpu"';
  return [{ path: ['operator'], message }];
}

interface Domain {
  readonly topologyKey: string;
  readonly whenUnsatisfiable: string;
}

/** Source: validateTopologySpreadConstraints in pkg/apis/core/validation/validation.go, Kubernetes. */
function sameDomainFaults(domains: readonly Domain[]): Fault[] {
  const names = domains.map(({ topologyKey, whenUnsatisfiable }) => `${topologyKey} ${whenUnsatisfiable}`);
  return domains.flatMap(({ topologyKey, whenUnsatisfiable }, index) => {
    if (names.indexOf(names[index] ?? '') === index) return [];
    const message = `is ${topologyKey}, which stands with whenUnsatisfiable: ${whenUnsatisfiable} before; remove one of the two`;
    return [{ path: [index, 'topologyKey'], message }];
  });
}

export const variableName = z.string().refine((name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name), {
  error: 'must be the name of a variable, such as "THREADS"',
});

const key = text('token').refine((name) => /^[-._a-zA-Z0-9]{1,253}$/.test(name), {
  error: 'must be a key of letters, digits, "-", "_" or "."',
});

const VALUE = 'must be text, or name a key such as {"secret": "tracker", "key": "token"}';

/** Variables by name: a value, or the key of a Secret or ConfigMap in the pod's namespace. */
export const variables = z
  .record(
    variableName,
    z.union(
      [
        text('Europe/Berlin'),
        z.strictObject({ secret: objectName('tracker'), key }),
        z.strictObject({ configMap: objectName('tracker'), key }),
      ],
      { error: VALUE },
    ),
  )
  .meta({ examples: [{ TZ: 'Europe/Berlin', TOKEN: { secret: 'tracker', key: 'token' } }] })
  .describe(
    "Variables of every container, which replace the component's own of the same name: a value, or {secret, key} or {configMap, key} of the namespace",
  );

export const priorityClassName = objectName('high-priority').describe('PriorityClass of the pods, which must exist');

/** Labels that the platform sets itself; selectors find pods by some of them. */
const OWN_LABELS = /^app\.kubernetes\.io\/(name|component|part-of|managed-by|version)$/;

/** Labels that are added to the platform's own. */
export const addedLabels = (key: string, value: string) =>
  labels(key, value).superRefine((added, context) => {
    for (const own of Object.keys(added).filter((name) => OWN_LABELS.test(name))) {
      const message = 'is a label that the platform sets itself, and finds objects by; choose another';
      context.addIssue({ code: 'custom', path: [own], message, params: { complete: true } });
    }
  });

/** What stands in the section of every component that has pods. All of it is absent by default. */
export const workloadFields = {
  nodeSelector: nodeSelector.optional(),
  tolerations: tolerations.optional(),
  affinity: affinity.optional(),
  topologySpread: topologySpread.optional(),
  priorityClassName: priorityClassName.optional(),
  podLabels: addedLabels('example.com/team', 'ml').optional().describe('Further labels of the pods'),
  podAnnotations: annotations('example.com/scrape', 'false').optional().describe('Annotations of the pods'),
  env: variables.optional(),
  serviceAccount: z
    .strictObject({
      annotations: annotations('eks.amazonaws.com/role-arn', 'arn:aws:iam::123456789012:role/ml')
        .optional()
        .describe("Annotations of the pods' ServiceAccount, such as for workload identity"),
    })
    .optional()
    .describe("The pods' ServiceAccount"),
} as const;
