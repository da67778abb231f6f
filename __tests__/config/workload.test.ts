/** Settings of pods that Kubernetes refuses, or that cannot be meant. */
import { platformRefuses } from '../support/refusals';

platformRefuses({
  'placement that is none': [
    [
      'a label value with a space',
      'mlflow: {nodeSelector: {pool: "a b"}}',
      'mlflow.nodeSelector.pool: must be a label value: at most 63 letters, digits, "-", "_" or ".", starting and ending with a letter or digit, not "a b", such as "data"',
    ],
    [
      'an unknown effect of a taint',
      'postgresql: {tolerations: [{effect: Never}]}',
      'postgresql.tolerations[0].effect: must be one of NoSchedule, PreferNoSchedule, NoExecute, not "Never", such as "NoSchedule"',
    ],
    [
      'a value of a taint that nobody looks at',
      'mlflow: {tolerations: [{key: pool, value: gpu}]}',
      'mlflow.tolerations[0].value: is gpu, which operator: Exists does not look at; write operator: Equal beside it, or remove it',
    ],
    [
      'a value of a taint without its key',
      'mlflow: {tolerations: [{operator: Equal, value: gpu}]}',
      'mlflow.tolerations[0].operator: is Equal, and compares the value of a taint whose key is not said; add key, such as "nvidia.com/gpu"',
    ],
    [
      'a key of a taint with a space',
      'mlflow: {tolerations: [{key: "a b"}]}',
      'mlflow.tolerations[0].key: must be a label key, such as "example.com/team", not "a b", such as "nvidia.com/gpu"',
    ],
    [
      'a value of a taint with a space',
      'mlflow: {tolerations: [{key: pool, operator: Equal, value: "a b"}]}',
      'mlflow.tolerations[0].value: must be a label value: at most 63 letters, digits, "-", "_" or ".", starting and ending with a letter or digit, not "a b", such as "present"',
    ],
    [
      'one domain twice',
      'mlflow: {topologySpread: [{topologyKey: rack}, {topologyKey: rack, whenUnsatisfiable: DoNotSchedule}, {topologyKey: rack, maxSkew: 2}]}',
      'mlflow.topologySpread[2].topologyKey: is rack, which stands with whenUnsatisfiable: ScheduleAnyway before; remove one of the two',
    ],
    [
      'an affinity in a field that Kubernetes has not',
      'seldon: {affinity: {nodeAffinity: {required: []}}}',
      'seldon.affinity.nodeAffinity.required: unknown field; the fields here are requiredDuringSchedulingIgnoredDuringExecution, preferredDuringSchedulingIgnoredDuringExecution',
    ],
    [
      'a node affinity that no node fits',
      'seldon: {affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: []}}}}',
      'seldon.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: must have at least one term, not an empty list',
    ],
    [
      'a spread without domains',
      'frontend: {topologySpread: [{maxSkew: 1}]}',
      'frontend.topologySpread[0].topologyKey: is required, such as "topology.kubernetes.io/zone"',
    ],
    [
      'a capital letter in a priority class',
      'objectStore: {priorityClassName: High}',
      'objectStore.priorityClassName: must be a lower-case DNS name of at most 253 characters, not "High", such as "high-priority"',
    ],
  ],
  'a label or a variable that cannot be given': [
    [
      'a label by which pods are found',
      'mlflow: {podLabels: {app.kubernetes.io/name: other}}',
      'mlflow.podLabels.app.kubernetes.io/name: is a label that the platform sets itself, and finds objects by; choose another',
    ],
    [
      'such a label of all objects',
      'commonLabels: {app.kubernetes.io/part-of: other}',
      'commonLabels.app.kubernetes.io/part-of: is a label that the platform sets itself, and finds objects by; choose another',
    ],
    [
      'an annotation that is no text',
      'commonAnnotations: {a: 1}',
      'commonAnnotations.a: must be text, not 1, such as "ml-team@example.com"',
    ],
    [
      'a dash in a variable',
      'mlflow: {env: {a-b: "1"}}',
      'mlflow.env.a-b: must be the name of a variable, such as "THREADS"',
    ],
    [
      'a Secret without its key',
      'mlflow: {env: {A: {secret: s}}}',
      'mlflow.env.A: must be text, or name a key such as {"secret": "tracker", "key": "token"}, not a mapping',
    ],
  ],
  'a limit that cannot be left out': [
    [
      'that of the disk, from which the sizes of volumes follow',
      'mlflow: {resources: {limits: {ephemeral-storage: none}}}',
      'mlflow.resources.limits.ephemeral-storage: must be an amount of bytes, not "none", such as "5Gi"',
    ],
    [
      'a request',
      'mlflow: {resources: {requests: {cpu: none}}}',
      'mlflow.resources.requests.cpu: must be an amount of CPU, not "none", such as "100m"',
    ],
  ],
});
