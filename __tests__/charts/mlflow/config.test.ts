/** What the settings of MLflow are refused for, and what follows from them. */
import { mlflowSchema } from '../../../charts/mlflow/config';
import { platformRefuses, type Row } from '../../support/refusals';

const HOST = 'must be a lower-case host, with its port where that is not 80 or 443, without scheme or path';

platformRefuses({
  'hosts that no browser shows': [
    ...['https://mlflow.example.com', 'MLflow.example.com', 'mlflow.example.com/', '*.example.com', 'a.test:443'],
    ...['a.test:80', 'a.test:70000', '[::1', 'a_b.test'],
  ].map(
    (host): Row => [
      host,
      `mlflow: {hosts: ["${host}"]}`,
      `mlflow.hosts[0]: ${HOST}, not "${host}", such as "mlflow.example.com"`,
    ],
  ),
  'the name that the field had before': [
    ['mlflow.host', 'mlflow: {host: mlflow.example.com}', 'mlflow.host: unknown field; did you mean "hosts"?'],
    [
      'one host',
      'mlflow: {hosts: mlflow.example.com}',
      'mlflow.hosts: must be a list, not "mlflow.example.com", such as ["mlflow.example.com","mlflow.example.com:8443"]',
    ],
  ],
  'a prefix that MLflow refuses': ['mlflow', '/mlflow/', '/', '/a b', '/{x}'].map(
    (prefix): Row => [
      prefix,
      `mlflow: {staticPrefix: "${prefix}"}`,
      `mlflow.staticPrefix: must be a path that starts with "/" and does not end with it, not "${prefix}", such as "/mlflow"`,
    ],
  ),
  'an age that "mlflow gc" cannot read': ['', '30', 'd', '30 days', '1h2d', '-1d'].map(
    (age): Row => [
      age,
      `mlflow: {gc: {olderThan: "${age}"}}`,
      `mlflow.gc.olderThan: must be an age in days, hours, minutes and seconds, in this order, not "${age}", such as "30d"`,
    ],
  ),
  'memory that does not hold the workers': [
    [
      'eight workers in 2Gi',
      'mlflow: {workers: 8, resources: {requests: {memory: 1Gi}, limits: {memory: 2Gi}}}\npostgresql: {maxConnections: 140}',
      'mlflow.resources.limits.memory: is 2Gi, too little for 8 workers; make it at least 2752Mi, or leave it out: it follows from workers',
    ],
    [
      'one worker in 400Mi',
      'mlflow: {resources: {requests: {memory: 400Mi}, limits: {memory: 400Mi}}}',
      'mlflow.resources.limits.memory: is 400Mi, too little for a worker; make it at least 512Mi, or leave it out: it follows from workers',
    ],
  ],
  'workers that the database has no connections for': [
    [
      'twelve workers',
      'mlflow: {workers: 12}',
      'postgresql.maxConnections: is 100, too few for mlflow.replicas: 1 with mlflow.workers: 12, which need 192 during an update; make it at least 200',
    ],
    [
      'six replicas of two',
      'mlflow: {workers: 2, replicas: 6}',
      'postgresql.maxConnections: is 100, too few for mlflow.replicas: 6 with mlflow.workers: 2, which need 112 during an update; make it at least 120',
    ],
  ],
});

const memory = (settings: object) => {
  const { requests, limits } = mlflowSchema.parse(settings).resources;
  return [requests.memory, limits.memory];
};

test.each([
  [{}, ['640Mi', '2Gi']],
  [{ workers: 1, resources: { limits: { cpu: 4 } } }, ['640Mi', '2Gi']],
  [{ workers: 2 }, ['960Mi', '2368Mi']],
  [{ workers: 8 }, ['2880Mi', '4288Mi']],
  [{ workers: 8, resources: { limits: { memory: '8Gi' } } }, ['2880Mi', '8Gi']],
  [{ workers: 8, resources: { requests: { memory: '1Gi' } } }, ['1Gi', '4288Mi']],
])('the memory of %j is %j', (settings, expected) => {
  expect(memory(settings)).toEqual(expected);
});

test.each(['mlflow', 'mlflow:30500', '192.168.49.2:30500', '[fd00::1]:8443', 'a.test:8080', 'a.test:8443'])(
  'the host %s is one that browsers show',
  (host) => {
    expect(mlflowSchema.parse({ hosts: [host] }).hosts).toEqual([host]);
  },
);
