/** Fields of the object store that several of its kinds have. */
import * as z from 'zod';
import { cron } from '../../config/cron';
import { bucketName, count, flag, oneOf } from '../../config/fields';
import { resources } from '../../config/resources';
import { workloadFields } from '../../config/workload';
import { mirrorBucket, placeFields } from './place-config';
import { CONSOLE } from './server';

export const bucket = bucketName('models').default('models').describe('The bucket of models and MLflow artifacts');

export const tls = flag(false).describe('Speaks TLS, with certificates of certificates.kind');

export const console = flag(true).describe(
  `Serves the web console on port ${CONSOLE.containerPort}; it is reached by port-forward only`,
);

export const versioning = z
  .strictObject({
    enabled: flag(false).describe('Keeps what is replaced or deleted in the bucket, as old versions'),
    days: count(1, 3650, 30).default(30).describe('Days that an old version stays'),
  })
  .prefault({})
  .describe('Old versions of objects');

const backupBucket = bucketName('backups').default('backups').describe('The bucket of backups');

/** Of a store that keeps objects for a time by itself. */
export const lockedBackups = z
  .strictObject({
    enabled: flag(false).describe('Makes a bucket for backups, whose users can add objects and not delete them'),
    bucket: backupBucket,
    lock: oneOf(['governance', 'compliance'], 'governance')
      .default('governance')
      .describe('Who may delete an object before lockedDays are over: root (governance), or nobody (compliance)'),
    lockedDays: count(1, 3650, 7).default(7).describe('Days in which an object can be neither deleted nor changed'),
    keptDays: count(1, 3650, 30).default(30).describe('Days after which the store deletes an object'),
  })
  .prefault({})
  .describe('The bucket of backups');

/** Of a store whose own settings say what it keeps. */
export const backups = z
  .strictObject({
    enabled: flag(false).describe('Has a bucket for backups, with a key to add to it and one to read it'),
    bucket: backupBucket,
  })
  .prefault({})
  .describe('The bucket of backups');

export const mirror = z
  .strictObject({
    bucket: mirrorBucket.describe('The bucket there, which exists'),
    ...placeFields,
    schedule: cron('30 1 * * *')
      .default('30 1 * * *')
      .describe("When: minute, hour, day, month, weekday, in the controller manager's time zone"),
    deletes: flag(false).describe('Whether what is no longer in the bucket is deleted there, too'),
    resources: resources({ cpu: ['50m', '1'], memory: ['64Mi', '512Mi'], scratch: ['16Mi', '64Mi'] }),
    ...workloadFields,
  })
  .optional()
  .meta({
    examples: [{ endpoint: 'https://s3.eu-west-1.amazonaws.com', region: 'eu-west-1', bucket: 'models-mirror' }],
  })
  .describe('A copy of the bucket at a second place, brought up to date on a schedule, with a key of its own');
