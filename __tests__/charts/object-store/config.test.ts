/** What the settings of the object store are refused for. */
import { platformRefuses, type Row } from '../../support/refusals';

const a = (length: number) => 'a'.repeat(length);

platformRefuses({
  'a bucket that S3 refuses': [
    '192.168.0.1',
    'Models',
    'ab',
    a(64),
    'a..b',
    'a.-b',
    '-models',
    'models.',
    'my_bucket',
  ].map(
    (bucket): Row => [
      bucket,
      `objectStore: {bucket: ${bucket}}`,
      `objectStore.bucket: must be a bucket name: 3 to 63 lower-case letters, digits, "-" or ".", and no IP address, not "${bucket}", such as "models"`,
    ],
  ),
  'backups that would not last': [
    [
      'in the bucket of models',
      'objectStore: {bucket: lake, backups: {enabled: true, bucket: lake}}',
      'objectStore.backups.bucket: is lake, the bucket of models, whose users delete objects; name another, such as "backups"',
    ],
    [
      'that are deleted while they are locked',
      'objectStore: {backups: {enabled: true, lockedDays: 60, keptDays: 30}}',
      'objectStore.backups.lockedDays: is 60, and objects are deleted after keptDays: 30, which a lock would forbid; make it at most 30',
    ],
  ],
});
