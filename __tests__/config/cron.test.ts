/** Schedules that a CronJob does not take. */
import { cron, longestGap } from '../../config/cron';
import { platformRefuses, type Row } from '../support/refusals';

platformRefuses({
  'a schedule that no CronJob takes': [
    '0 3 * *',
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
  'a schedule that never comes': [
    [
      'on a day that its months do not have',
      'postgresql: {backup: {schedule: "0 3 31 2,4 *"}}',
      'postgresql.backup.schedule: must be a schedule that comes: none of its months has such a day, not "0 3 31 2,4 *", such as "0 3 * * *"',
    ],
    [
      'of six fields',
      'postgresql: {kind: cloudNativePg, backup: {schedule: "0 0 3 30 2 *"}}',
      'postgresql.backup.schedule: must be a schedule that comes: none of its months has such a day, not "0 0 3 30 2 *", such as "0 0 3 * * *"',
    ],
  ],
  'six fields': [
    [
      'of which the first are seconds',
      'postgresql: {backup: {schedule: "0 0 3 * * *"}}',
      'postgresql.backup.schedule: must be a cron schedule without seconds, which a CronJob does not know: minute (0-59), hour (0-23), day (1-31), month (1-12), weekday (0-6), not "0 0 3 * * *", such as "0 3 * * *"',
    ],
  ],
});

test.each(['0 3 29 2 *', '0 3 31 2 mon', '0 3 31 2,3 *'])('%s comes', (schedule) => {
  expect(cron('@daily').safeParse(schedule).success).toBe(true);
});

const HOUR = 60;
const DAY = 24 * HOUR;

test.each([
  ['* * * * *', 1],
  ['@hourly', HOUR],
  ['5/25 * * * *', 25],
  ['0 3 * * *', DAY],
  ['0 3,15 * * *', 12 * HOUR],
  ['30 22 * * mon-fri', 3 * DAY],
  ['0 3 * * 0', 7 * DAY],
  ['0 3 1 * *', 31 * DAY],
  ['0 3 31 * *', 61 * DAY],
  // The day or the weekday: the first to the next Monday, or from it.
  ['0 3 1 * mon', 7 * DAY],
  ['@yearly', 366 * DAY],
  ['0 3 29 2 *', (4 * 365 + 1) * DAY],
  // With seconds, as CloudNativePG takes it.
  ['30 0 3 * * 0', 7 * DAY],
])('the longest time between two runs of %j is %d minutes', (schedule, expected) => {
  expect(longestGap(schedule)).toBe(expected);
});
