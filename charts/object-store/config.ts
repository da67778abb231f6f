/** The schema of `objectStore` in platform.yaml. */
import { z } from 'zod';
import { bucketName, count, flag, oneOf } from '../../config/fields';
import type { Fault } from '../../config/problems';
import { resources, storage } from '../../config/resources';
import { rules } from '../../config/rules';
import { workloadFields } from '../../config/workload';

const versioning = z
  .strictObject({
    enabled: flag(false).describe('Keeps what is replaced or deleted in the bucket, as old versions'),
    days: count(1, 3650, 30).default(30).describe('Days that an old version stays'),
  })
  .prefault({})
  .describe('Old versions of objects');

const backups = z
  .strictObject({
    enabled: flag(false).describe('Makes a bucket for backups, whose users can add objects and not delete them'),
    bucket: bucketName('backups').default('backups').describe('The bucket of backups'),
    lock: oneOf(['governance', 'compliance'], 'governance')
      .default('governance')
      .describe('Who may delete an object before lockedDays are over: root (governance), or nobody (compliance)'),
    lockedDays: count(1, 3650, 7).default(7).describe('Days in which an object can be neither deleted nor changed'),
    keptDays: count(1, 3650, 30).default(30).describe('Days after which the store deletes an object'),
  })
  .prefault({})
  .describe('The bucket of backups');

type Settings = {
  readonly bucket: string;
  readonly backups: z.output<typeof backups>;
};

function backupFaults({ bucket, backups }: Settings): Fault[] {
  if (!backups.enabled) return [];
  const faults: Fault[] = [];
  if (backups.bucket === bucket) {
    const message = `is ${bucket}, the bucket of models, whose users delete objects; name another, such as "backups"`;
    faults.push({ path: ['backups', 'bucket'], message });
  }
  if (backups.lockedDays > backups.keptDays) {
    const message = `is ${backups.lockedDays}, and objects are deleted after keptDays: ${backups.keptDays}, which a lock would forbid; make it at most ${backups.keptDays}`;
    faults.push({ path: ['backups', 'lockedDays'], message });
  }
  return faults;
}

export const objectStoreSchema = z
  .strictObject({
    bucket: bucketName('models').default('models').describe('The bucket of models and MLflow artifacts'),
    storage: storage('20Gi'),
    console: flag(true).describe('Serves the web console on port 9001; it is reached by port-forward only'),
    versioning,
    backups,
    resources: resources({ cpu: ['100m', '1'], memory: ['256Mi', '1Gi'], scratch: ['64Mi', '1Gi'] }),
    ...workloadFields,
  })
  .superRefine(rules(backupFaults))
  .prefault({})
  .describe('The MinIO-compatible object store');
