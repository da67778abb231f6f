/** Sizes, requests and limits that Kubernetes refuses, or that cannot be meant. */
import { platformRefuses, type Row } from '../support/refusals';

/** The quantities that Kubernetes refuses, or that cannot be meant. */
const BAD_SIZES: readonly (readonly [text: string, shown: string])[] = [
  ['1K', '"1K"'],
  ['1GiB', '"1GiB"'],
  ['1gb', '"1gb"'],
  ['20GB', '"20GB"'],
  ['20gi', '"20gi"'],
  ['1e', '"1e"'],
  ['""', '""'],
  ['1Zi', '"1Zi"'],
  ['"0x10"', '"0x10"'],
  ['1_000', '"1_000"'],
  ['1:30', '"1:30"'],
  ['" 1Gi"', '" 1Gi"'],
  ['1e5Gi', '"1e5Gi"'],
  ['-1', '-1'],
  ['0', '0'],
  ['400m', '"400m"'],
  ['1.5', '1.5'],
  ['.inf', 'Infinity'],
  ['.nan', 'NaN'],
  ['true', 'true'],
  ['[8Gi]', 'a list'],
  ['{size: 8Gi}', 'a mapping'],
];

platformRefuses({
  'more than any cluster has': [
    [
      'of bytes',
      'postgresql: {storage: {size: 100Pi}}',
      'postgresql.storage.size: must be at most 4Pi, not "100Pi", such as "8Gi"',
    ],
    [
      'of bytes, without end',
      'postgresql: {storage: {size: "1e400"}}',
      'postgresql.storage.size: must be at most 4Pi, not "1e400", such as "8Gi"',
    ],
    [
      'of CPU',
      'mlflow: {resources: {limits: {cpu: 1e30}}}',
      'mlflow.resources.limits.cpu: must be at most 100k, not 1e+30, such as "2"',
    ],
  ],
  'a size that is none': BAD_SIZES.map(
    ([text, shown]): Row => [
      text,
      `postgresql: {storage: {size: ${text}}}`,
      `postgresql.storage.size: must be an amount of bytes, not ${shown}, such as "8Gi"`,
    ],
  ),
  'an amount that a container cannot have': [
    [
      'millibytes of memory',
      'mlflow: {resources: {requests: {memory: 400m}}}',
      'mlflow.resources.requests.memory: must be an amount of bytes, not "400m", such as "640Mi"',
    ],
    [
      'a unit that Kubernetes has not',
      'mlflow: {resources: {limits: {memory: 2GB}}}',
      'mlflow.resources.limits.memory: must be an amount of bytes, not "2GB", such as "2Gi"',
    ],
    [
      'no disk',
      'seldon: {resources: {requests: {ephemeral-storage: 0}}}',
      'seldon.resources.requests.ephemeral-storage: must be an amount of bytes, not 0, such as "32Mi"',
    ],
    [
      'no limit of disk, from which the sizes of folders follow',
      'mlflow: {resources: {limits: {ephemeral-storage: none}}}',
      'mlflow.resources.limits.ephemeral-storage: must be an amount of bytes, not "none", such as "5Gi"',
    ],
    [
      'no request at all',
      'mlflow: {resources: {requests: {memory: none}}}',
      'mlflow.resources.requests.memory: must be an amount of bytes, not "none", such as "640Mi"',
    ],
    [
      'less than a thousandth of a CPU',
      'seldon: {resources: {requests: {cpu: 0.0001}}}',
      'seldon.resources.requests.cpu: must be an amount of CPU, not 0.0001, such as "50m"',
    ],
    [
      'millionths of a CPU',
      'frontend: {resources: {requests: {cpu: 1u}}}',
      'frontend.resources.requests.cpu: must be an amount of CPU, not "1u", such as "50m"',
    ],
    [
      'a limit of no CPU, which is said once',
      'objectStore: {resources: {limits: {cpu: 0}}}',
      'objectStore.resources.limits.cpu: must be an amount of CPU, not 0, such as "1"',
    ],
    [
      'a request over the default limit',
      'postgresql: {resources: {requests: {cpu: 2}}}',
      'postgresql.resources.requests.cpu: is 2, more than the limit of 1; raise limits.cpu or lower it',
    ],
    [
      'a limit under the default request',
      'objectStore: {resources: {limits: {memory: 128Mi}}}',
      'objectStore.resources.requests.memory: is 256Mi, more than the limit of 128Mi; raise limits.memory or lower it',
    ],
    [
      'a request over its limit, in other units',
      'mlflow: {resources: {requests: {memory: 1Gi}, limits: {memory: 1G}}}',
      'mlflow.resources.requests.memory: is 1Gi, more than the limit of 1G; raise limits.memory or lower it',
    ],
    [
      'a request of disk over its limit',
      'frontend: {resources: {requests: {ephemeral-storage: 2Gi}}}',
      'frontend.resources.requests.ephemeral-storage: is 2Gi, more than the limit of 256Mi; raise limits.ephemeral-storage or lower it',
    ],
  ],
});
