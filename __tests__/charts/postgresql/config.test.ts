/** What the settings of the database and its backup are refused for. */
import { postgresqlSchema } from '../../../charts/postgresql/config';
import { platformRefuses, type Row } from '../../support/refusals';

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
  'memory that does not hold the connections and the shared memory': [
    [
      'two hundred connections in 512Mi',
      'postgresql: {maxConnections: 200, resources: {requests: {memory: 256Mi}, limits: {memory: 512Mi}}}',
      'postgresql.resources.limits.memory: is 512Mi, too little for a sharedMemory of 128Mi, 128Mi of buffers and 2Mi for each of 200 connections; make it at least 656Mi, or leave it out: it follows from them',
    ],
    [
      'shared memory of 1Gi in 1Gi',
      'postgresql: {sharedMemory: 1Gi, resources: {requests: {memory: 256Mi}, limits: {memory: 1Gi}}}',
      'postgresql.resources.limits.memory: is 1Gi, too little for a sharedMemory of 1Gi, 128Mi of buffers and 2Mi for each of 100 connections; make it at least 1352Mi, or leave it out: it follows from them',
    ],
  ],
  'fewer connections than a platform needs': [
    [
      'twenty',
      'postgresql: {maxConnections: 20}',
      'postgresql.maxConnections: must be a whole number from 24 to 2000, not 20, such as 200',
    ],
  ],
});

test.each([
  [{}, ['256Mi', '512Mi']],
  [{ maxConnections: 50, sharedMemory: '64Mi' }, ['256Mi', '512Mi']],
  [{ maxConnections: 200 }, ['456Mi', '712Mi']],
  [{ maxConnections: 200, sharedMemory: '256Mi' }, ['584Mi', '840Mi']],
  [{ maxConnections: 200, resources: { limits: { memory: '2Gi' } } }, ['456Mi', '2Gi']],
])('the memory of %j is %j', (settings, expected) => {
  const { requests, limits } = postgresqlSchema.parse(settings).resources;
  expect([requests.memory, limits.memory]).toEqual(expected);
});
