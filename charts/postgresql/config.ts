/** The schema of `postgresql` in platform.yaml, with its defaults. */
import { z } from 'zod';
import { count, cron, flag } from '../../config/fields';
import { resources, storage } from '../../config/resources';
import { workloadFields } from '../../config/workload';

export const postgresqlSchema = z
  .strictObject({
    storage: storage('8Gi'),
    resources: resources({ cpu: ['100m', '1'], memory: ['256Mi', '512Mi'], scratch: ['64Mi', '1Gi'] }),
    ...workloadFields,
    backup: z
      .strictObject({
        enabled: flag(false).describe('Dumps the database on a schedule to a volume of its own'),
        schedule: cron('0 3 * * *')
          .default('0 3 * * *')
          .describe("When: minute, hour, day, month, weekday, in the controller manager's time zone"),
        keep: count(1, 365, 7).default(7).describe('Dumps that are kept'),
        storage: storage('8Gi'),
      })
      .prefault({})
      .describe('Backups of the database'),
  })
  .prefault({})
  .describe('PostgreSQL, the database of the tracking server');
