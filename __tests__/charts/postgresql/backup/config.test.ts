/** What the settings of backups are refused for, and what follows from them. */

import { backupSchema } from '../../../../charts/postgresql/backup/config';
import { backupProps } from '../../../../charts/postgresql/backup/props';
import { foreignImage } from '../../../support/foreign';
import { platformRefuses } from '../../../support/refusals';

const PLACE = 'postgresql: {backup: {enabled: true,';
const COPIED = 'postgresql: {backup: {enabled: true, schedule: "0 3 * * 0", bucket: {enabled: true}}}';

platformRefuses({
  'a backup without a target': [
    [
      'copies without a bucket for backups',
      'postgresql: {backup: {enabled: true, bucket: {enabled: true}}}',
      'postgresql.backup.bucket.enabled: is true, and there is no bucket for backups; set objectStore.backups.enabled: true',
    ],
  ],
  'a second place for dumps that is none': [
    [
      'two places',
      `${PLACE} bucket: {enabled: true}, store: {endpoint: "https://s3.example.com", bucket: dumps}}}\nobjectStore: {backups: {enabled: true}}`,
      'postgresql.backup.bucket.enabled: is true, and dumps are copied to one place, which is backup.store; remove one of them',
    ],
    [
      'without a bucket',
      `${PLACE} store: {endpoint: "https://s3.example.com"}}}`,
      'postgresql.backup.store.bucket: is required, such as "database-dumps"',
    ],
    [
      'the bucket in its address',
      `${PLACE} store: {endpoint: "https://dumps.s3.example.com", bucket: dumps}}}`,
      'postgresql.backup.store.endpoint: has the bucket dumps in its host; leave it out, such as "https://s3.example.com"',
    ],
    [
      'a key in its settings',
      `${PLACE} store: {endpoint: "https://s3.example.com", bucket: dumps, accessKeyId: AK}}}`,
      'postgresql.backup.store.accessKeyId: unknown field; the fields here are bucket, endpoint, provider, region, pathStyle, authority, cidrs, credentials, identityEgress',
    ],
    [
      "the platform's own store",
      `${PLACE} store: {endpoint: "http://minio.minio-system.svc:9000", bucket: dumps, pathStyle: true}}}`,
      "postgresql.backup.store.endpoint: is http://minio.minio-system.svc:9000, the platform's own store, whose users it makes itself; set postgresql.backup.bucket.enabled: true in place of store",
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

test('dumps go to the place that is named, by keys that somebody gives: one adds, and one reads', () => {
  const store = { endpoint: 'https://s3.second.example.org:8443', region: 'eu-test-2', bucket: 'far-away' };
  const { copies } = backupProps(backupSchema.parse({ enabled: true, store }), foreignImage, undefined);
  expect(copies).toMatchObject({
    encrypted: true,
    bucket: {
      write: {
        endpoint: { host: 's3.second.example.org', port: 8443, tls: true },
        bucket: 'far-away',
        region: 'eu-test-2',
        key: { secretAccessKey: { id: 'DUMPS_S3_SECRET_KEY', origin: 'given' } },
      },
      read: { bucket: 'far-away', key: { secretAccessKey: { id: 'DUMPS_READER_S3_SECRET_KEY', origin: 'given' } } },
    },
  });
});

test('dumps need no key where the cloud knows the pods', () => {
  const store = { endpoint: 'https://s3.second.example.org', bucket: 'far-away', credentials: 'identity' };
  const { copies } = backupProps(backupSchema.parse({ enabled: true, store }), foreignImage, undefined);
  expect([copies?.bucket.write.key, copies?.bucket.read.key]).toEqual([undefined, undefined]);
});
