/** The schema of `postgresql.backup` in platform.yaml, with its defaults and rules. */
import * as z from 'zod';
import { cron, longestGap } from '../../../config/cron';
import { bucketName, count, flag } from '../../../config/fields';
import type { Fault } from '../../../config/problems';
import { resources, storage } from '../../../config/resources';
import { rules } from '../../../config/rules';
import { placeFaults, placeFields } from '../../object-store/place-config';

const WHEN = "When: minute, hour, day, month, weekday, in the controller manager's time zone";

const fields = z.strictObject({
  enabled: flag(false).describe('Dumps the database on a schedule to a volume of its own'),
  schedule: cron('0 3 * * *').default('0 3 * * *').describe(WHEN),
  keep: count(1, 365, 7).default(7).describe('Dumps that are kept on the volume'),
  storage: storage('8Gi'),
  maxAgeHours: count(1, 9000, 48)
    .optional()
    .describe(
      'Hours after which the newest dump is too old, and the restore test fails; two gaps of the schedule where absent',
    ),
  bucket: z
    .strictObject({
      enabled: flag(false).describe('Copies each dump to objectStore.backups, by a key that can delete nothing'),
      encrypted: flag(true).describe('Encrypts the copies, by a key in a Secret that you must keep elsewhere, too'),
    })
    .prefault({})
    .describe('Copies of the dumps in the bucket of backups'),
  store: z
    .strictObject({ bucket: bucketName('database-dumps').describe('The bucket there, which exists'), ...placeFields })
    .optional()
    .meta({
      examples: [{ endpoint: 'https://s3.eu-west-1.amazonaws.com', region: 'eu-west-1', bucket: 'database-dumps' }],
    })
    .describe('A place outside the platform that dumps are copied to instead, with keys of its own'),
  restoreTest: z
    .strictObject({
      enabled: flag(true).describe('Restores the newest dump on a schedule into a PostgreSQL of its own, and compares'),
      schedule: cron('0 5 * * *').default('0 5 * * *').describe(WHEN),
      resources: resources({ cpu: ['100m', '1'], memory: ['256Mi', '1Gi'], scratch: ['256Mi', '8Gi'] }).describe(
        'CPU, memory and disk of the container; the disk holds the dump and the restored database',
      ),
    })
    .prefault({})
    .describe('The test of the newest dump'),
});

export type BackupSettings = z.output<typeof fields>;

export const backupSchema = fields
  .superRefine(rules((settings) => [...ageFaults(settings), ...storeFaults(settings)]))
  .prefault({})
  .describe('Backups of the database');

const HOUR = 60;
/** Hours of the longest gap of a schedule, rounded up. What is no schedule at all has been refused already. */
const gapHours = (schedule: string) => Math.ceil((longestGap(schedule) ?? 0) / HOUR);

/** How old the newest dump may be, in hours. */
export const maxAgeHours = ({ maxAgeHours: said, schedule }: Pick<BackupSettings, 'maxAgeHours' | 'schedule'>) =>
  said ?? 2 * gapHours(schedule);

/** For how long no test may have succeeded, in hours: one that fails may be of a night on which much else failed. */
export const restoreTestHours = ({ restoreTest }: Pick<BackupSettings, 'restoreTest'>) =>
  2 * gapHours(restoreTest.schedule);

function ageFaults({ schedule, maxAgeHours: said }: BackupSettings): Fault[] {
  const gap = gapHours(schedule);
  if (said === undefined || said > gap) return [];
  const message = `is ${said}, and the schedule "${schedule}" leaves up to ${gap} hours between dumps, so that good ones would be too old; make it at least ${gap + 1}, or leave it out`;
  return [{ path: ['maxAgeHours'], message }];
}

function storeFaults({ bucket, store }: BackupSettings): Fault[] {
  if (!store) return [];
  const faults = placeFaults(store, store.bucket).map(({ path, message }) => ({ path: ['store', ...path], message }));
  if (!bucket.enabled) return faults;
  const message = 'is true, and dumps are copied to one place, which is backup.store; remove one of them';
  return [...faults, { path: ['bucket', 'enabled'], message }];
}

/** What is wrong with the copies in the bucket of backups, as a path below `postgresql.backup`. */
export function bucketFaults(
  { enabled, schedule, bucket }: BackupSettings,
  // A store outside deletes by rules of its own.
  store: { readonly enabled: boolean; readonly keptDays?: number },
): Fault[] {
  if (!enabled || !bucket.enabled) return [];
  if (!store.enabled) {
    const message = 'is true, and there is no bucket for backups; set objectStore.backups.enabled: true';
    return [{ path: ['bucket', 'enabled'], message }];
  }
  const gap = gapHours(schedule);
  if (store.keptDays === undefined || store.keptDays * 24 > gap) return [];
  const days = Math.floor(gap / 24) + 1;
  const message = `leaves up to ${gap} hours between dumps, and objectStore.backups.keptDays: ${store.keptDays} would delete the last one before the next is made; make that at least ${days}`;
  return [{ path: ['schedule'], message }];
}
