/** Schedules that a CronJob does not take. */
import { platformRefuses, type Row } from '../support/refusals';

platformRefuses({
  'a schedule that no CronJob takes': [
    '0 3 * *',
    '0 0 3 * * *',
    '60 3 * * *',
    '0 24 * * *',
    '0 3 0 * *',
    '0 3 * 13 *',
    '0 3 * * 7',
    '*/0 * * * *',
    '5-1 * * * *',
    '@reboot',
    'TZ=UTC 0 3 * * *',
    'daily',
  ].map(
    (schedule): Row => [
      schedule,
      `postgresql: {backup: {schedule: "${schedule}"}}`,
      `postgresql.backup.schedule: must be a cron schedule: minute (0-59), hour (0-23), day (1-31), month (1-12), weekday (0-6), not "${schedule}", such as "0 3 * * *"`,
    ],
  ),
});
