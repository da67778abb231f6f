/** What the settings of the database and its backup are refused for. */
import { postgresqlSchema } from '../../../charts/postgresql/config';
import { embedded } from '../../support/platform';
import { platformRefuses } from '../../support/refusals';

platformRefuses({
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
  const { requests, limits } = embedded({ postgresql: postgresqlSchema.parse(settings) }).resources;
  expect([requests.memory, limits.memory]).toEqual(expected);
});

test('the write-ahead log of a cluster has a volume that an archive which fails does not fill in a night', () => {
  expect(postgresqlSchema.parse({ kind: 'cloudNativePg' })).toMatchObject({ walStorage: { size: '10Gi' } });
});
