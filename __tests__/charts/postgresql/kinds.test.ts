/** What the kinds of databases are refused for. */
import { platformRefuses } from '../../support/refusals';

const cluster = (fields: string, certificates = 'own') =>
  `certificates: {kind: ${certificates}}\npostgresql: {kind: cloudNativePg, ${fields}}`;
const external = (fields: string) => `postgresql: {kind: external, host: db.example.com, ${fields}}`;
const STORE = 'store: {endpoint: "https://s3.example.com", bucket: backups, accessKeyId: KEY}';
const STORE_EXAMPLE =
  'such as {"endpoint": "https://s3.eu-central-1.amazonaws.com", "bucket": "platform-backups", "accessKeyId": "AKIAIOSFODNN7EXAMPLE"}';

platformRefuses({
  'a variable that the operator of a cluster sets itself': [
    [
      'of PostgreSQL',
      cluster('env: {PGTZ: UTC}'),
      'postgresql.env.PGTZ: is a variable that the operator sets itself; remove it',
    ],
    [
      'of the pod, in other letters',
      cluster('env: {Pod_Name: db}'),
      'postgresql.env.Pod_Name: is a variable that the operator sets itself; remove it',
    ],
  ],
  'a kind that there is not': [
    ['rds', 'postgresql: {kind: rds}', 'postgresql.kind: must be one of embedded, cloudNativePg, external, not "rds"'],
    ['a text', 'postgresql: external', 'postgresql: must be a mapping, not "external"'],
  ],
  'a field of another kind': [
    [
      'storage outside',
      external('authority: {secret: ca}, storage: {size: 9Gi}'),
      'postgresql.storage: is a field of kind embedded and cloudNativePg, and this is external; remove it, or change the kind',
    ],
    [
      'instances of one pod',
      'postgresql: {instances: 3}',
      'postgresql.instances: is a field of kind cloudNativePg, and this is embedded; remove it, or change the kind',
    ],
    [
      'a host of a cluster',
      cluster('host: db.example.com'),
      'postgresql.host: is a field of kind external, and this is cloudNativePg; remove it, or change the kind',
    ],
    [
      'a dump that is kept in a cluster',
      cluster('backup: {keep: 3}'),
      'postgresql.backup.keep: unknown field; the fields here are enabled, schedule, retention, folder, store',
    ],
  ],
  'a database outside that cannot be checked': [
    [
      'no host',
      'postgresql: {kind: external, sslMode: require}',
      'postgresql.host: is required, such as "mlflow.abc123.eu-central-1.rds.amazonaws.com"',
    ],
    [
      'no authority',
      external('port: 5432'),
      'postgresql.authority: is required by sslMode: verify-full; name who signs, such as {"configMap": "database-ca", "key": "ca.crt"}, or set sslMode: require',
    ],
    [
      'an authority that nothing asks',
      external('sslMode: require, authority: {secret: ca}'),
      'postgresql.authority: checks nothing with sslMode: require; remove it, or set sslMode: verify-full',
    ],
    [
      'two authorities',
      external('authority: {secret: ca, configMap: ca}'),
      'postgresql.authority: must name one object, such as {"configMap": "database-ca", "key": "ca.crt"}',
    ],
    [
      'an sslMode that checks nothing and says so to nobody',
      external('sslMode: prefer'),
      'postgresql.sslMode: must be one of disable, require, verify-ca, verify-full, not "prefer", such as "verify-full"',
    ],
  ],
  'a volume that the write-ahead log fills while nothing is wrong': [
    [
      'below two gibibytes',
      cluster('storage: {size: 50Gi}, walStorage: {size: 2047Mi}'),
      'postgresql.walStorage.size: is 2047Mi, which the write-ahead log fills while nothing is wrong; make it at least 2Gi, or leave it out: then it is 10Gi',
    ],
  ],
  'replicas that are not there': [
    [
      'as many as instances',
      cluster('instances: 2, synchronous: {replicas: 2}'),
      'postgresql.synchronous.replicas: is 2, not below the 2 instances, of which one is the primary; make it 1 or less, or raise instances',
    ],
    [
      'one of none',
      cluster('instances: 1'),
      'postgresql.synchronous.replicas: is 1, not below the 1 instances, of which one is the primary; make it 0 or less, or raise instances',
    ],
  ],
  'schedules of the other form': [
    [
      'five fields for a cluster',
      cluster(`backup: {enabled: true, schedule: "0 3 * * *", ${STORE}}`),
      'postgresql.backup.schedule: must be a schedule of six fields: second (0-59), minute (0-59), hour (0-23), day (1-31), month (1-12), weekday (0-6), not "0 3 * * *", such as "0 0 3 * * *"',
    ],
    [
      'six fields for a CronJob',
      'postgresql: {backup: {enabled: true, schedule: "0 0 3 * * *"}}',
      'postgresql.backup.schedule: must be a cron schedule without seconds, which a CronJob does not know: minute (0-59), hour (0-23), day (1-31), month (1-12), weekday (0-6), not "0 0 3 * * *", such as "0 3 * * *"',
    ],
  ],
  'backups that go nowhere, and recoveries that would overwrite what they read': [
    [
      'no store',
      cluster('backup: {enabled: true}'),
      `postgresql.backup.store: is required where backup.enabled is true, ${STORE_EXAMPLE}`,
    ],
    [
      'a recovery from nowhere',
      cluster('recovery: {folder: postgres}'),
      `postgresql.backup.store: is required by recovery, which reads it, ${STORE_EXAMPLE}`,
    ],
    [
      'a recovery into the same folder',
      cluster(`backup: {enabled: true, ${STORE}}, recovery: {folder: postgres}`),
      'postgresql.backup.folder: is postgres, which recovery reads and nobody may overwrite; choose another, such as "postgres-2"',
    ],
    [
      'a time without its zone',
      cluster(`backup: {enabled: true, folder: b, ${STORE}}, recovery: {folder: a, time: "2026-11-28 14:01"}`),
      'postgresql.recovery.time: must be a point in time with its zone, not "2026-11-28 14:01", such as "2026-11-28T14:01:00Z"',
    ],
    [
      'a retention without a unit',
      cluster(`backup: {retention: "30", ${STORE}}`),
      'postgresql.backup.retention: must be a number of days, weeks or months, not "30", such as "30d"',
    ],
  ],
  'certificates that nobody signs': [
    [
      'of the embedded server',
      'postgresql: {tls: true}',
      'postgresql.tls: is true, and nobody signs the certificate; set certificates.kind: own, or issuer where the cluster has one',
    ],
    [
      'of a cluster',
      cluster('instances: 3', 'none'),
      'postgresql.kind: is cloudNativePg, whose instances need certificates that MLflow can check; set certificates.kind: own, or issuer where the cluster has one',
    ],
  ],
  'more connections than the server leaves to MLflow': [
    [
      'of a cluster, whose operator needs some',
      `${cluster('maxConnections: 100')}\nmlflow: {replicas: 3, workers: 3}`,
      'postgresql.maxConnections: is 100, too few for mlflow.replicas: 3 with mlflow.workers: 3, which need 96 during an update; make it at least 112',
    ],
    [
      'of a server outside, where all are for MLflow',
      `${external('sslMode: require, maxConnections: 90')}\nmlflow: {replicas: 3, workers: 3}`,
      'postgresql.maxConnections: is 90, too few for mlflow.replicas: 3 with mlflow.workers: 3, which need 96 during an update; make it at least 96',
    ],
  ],
  'memory that an instance of a cluster does not have': [
    [
      'below its buffers',
      cluster('resources: {requests: {memory: 100Mi}}'),
      "postgresql.resources.requests.memory: is 100Mi, less than the 128Mi of the server's buffers",
    ],
    [
      'below its connections',
      cluster('maxConnections: 500, resources: {requests: {memory: 512Mi}, limits: {memory: 1Gi}}'),
      'postgresql.resources.limits.memory: is 1Gi, too little for a sharedMemory of 128Mi, 128Mi of buffers and 2Mi for each of 500 connections; make it at least 1256Mi, or leave it out: it follows from them',
    ],
  ],
});
