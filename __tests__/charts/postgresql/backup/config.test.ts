/** What the settings of backups are refused for, and what follows from them. */

import { backupSchema } from '../../../../charts/postgresql/backup/config';
import { backupProps } from '../../../../charts/postgresql/backup/props';
import { foreignImage } from '../../../support/foreign';
import { platformRefuses } from '../../../support/refusals';

const COPIED = 'postgresql: {backup: {enabled: true, schedule: "0 3 * * 0", bucket: {enabled: true}}}';

platformRefuses({
  'a backup without a target': [
    [
      'copies without a bucket for backups',
      'postgresql: {backup: {enabled: true, bucket: {enabled: true}}}',
      'postgresql.backup.bucket.enabled: is true, and there is no bucket for backups; set objectStore.backups.enabled: true',
    ],
  ],
  'a retention that is shorter than the gap of the schedule': [
    [
      'weekly dumps that are deleted after a week',
      `${COPIED}\nobjectStore: {backups: {enabled: true, keptDays: 7}}`,
      'postgresql.backup.schedule: leaves up to 168 hours between dumps, and objectStore.backups.keptDays: 7 would delete the last one before the next is made; make that at least 8',
    ],
  ],
  'an age that every dump reaches': [
    [
      'a day, of dumps that are made each day',
      'postgresql: {backup: {maxAgeHours: 24}}',
      'postgresql.backup.maxAgeHours: is 24, and the schedule "0 3 * * *" leaves up to 24 hours between dumps, so that good ones would be too old; make it at least 25, or leave it out',
    ],
    [
      'two days, of dumps on workdays',
      'postgresql: {backup: {maxAgeHours: 48, schedule: "0 22 * * mon-fri"}}',
      'postgresql.backup.maxAgeHours: is 48, and the schedule "0 22 * * mon-fri" leaves up to 72 hours between dumps, so that good ones would be too old; make it at least 73, or leave it out',
    ],
  ],
  'a schedule of a restore test with seconds': [
    [
      'six fields',
      'postgresql: {backup: {restoreTest: {schedule: "0 0 5 * * *"}}}',
      'postgresql.backup.restoreTest.schedule: must be a cron schedule without seconds, which a CronJob does not know: minute (0-59), hour (0-23), day (1-31), month (1-12), weekday (0-6), not "0 0 5 * * *", such as "0 5 * * *"',
    ],
  ],
  'encryption without a key of its own': [
    [
      'a key in the file',
      'postgresql: {backup: {bucket: {encrypted: "my key"}}}',
      'postgresql.backup.bucket.encrypted: must be true or false, not "my key", such as true',
    ],
  ],
});

test.each([
  [{}, 48],
  [{ schedule: '@hourly' }, 2],
  [{ schedule: '0 3 * * 0' }, 336],
  [{ maxAgeHours: 30 }, 30],
])('with %j the newest dump may be %d hours old', (settings, expected) => {
  expect(backupProps(backupSchema.parse(settings), foreignImage, undefined).restoreTest?.maxAgeHours).toBe(expected);
});
