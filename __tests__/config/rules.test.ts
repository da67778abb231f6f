/** Rules over several fields are asked where each of these is good by itself. */
import { modelRefuses, platformRefuses } from '../support/refusals';

platformRefuses({
  'a field by itself, and gives no advice that follows from it': [
    [
      'a number',
      'postgresql: {kind: cloudNativePg, instances: 0}',
      'postgresql.instances: must be a whole number from 1 to 9, not 0, such as 3',
    ],
    [
      'a number that another section follows from',
      'mlflow: {workers: 99, resources: {limits: {memory: 2Gi}}}',
      'mlflow.workers: must be a whole number from 1 to 32, not 99, such as 4',
    ],
    [
      'an address',
      'objectStore: {kind: external, endpoint: s3.test}',
      'objectStore.endpoint: must be an http or https address without a path, and without the bucket, not "s3.test", such as "https://s3.eu-central-1.amazonaws.com"',
    ],
  ],
});

modelRefuses({
  'a field by itself, with which no rule counts': [
    [
      'an amount',
      'server: SKLEARN_SERVER\nuri: s3://models/a\nsize: big',
      'size: must be an amount of bytes, not "big", such as "12Gi"',
    ],
  ],
});
