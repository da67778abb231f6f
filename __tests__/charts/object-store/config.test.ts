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
  'a store that could not be what its kind promises': [
    [
      'of a kind that there is not',
      'objectStore: {kind: minio}',
      'objectStore.kind: must be one of embedded, distributed, seaweedfs, external, not "minio"',
    ],
    [
      'of three servers',
      'objectStore: {kind: distributed, servers: 3}',
      'objectStore.servers: must be a whole number from 4 to 16, not 3, such as 4',
    ],
    [
      'with replicas on the volume of one node',
      'objectStore: {kind: distributed, affinity: {nodeAffinity: {}}}',
      'objectStore.affinity: has no podAntiAffinity, so that several servers could have their volumes on one node; add one, or leave affinity out: then each server has a node of its own',
    ],
    [
      'with as many servers as copies',
      'objectStore: {kind: seaweedfs, copies: 3, servers: 3}',
      'objectStore.servers: is 3, so that nothing could be written with copies: 3 while one of them is down; make it at least 4',
    ],
    [
      'whose names have no room beside their log',
      'objectStore: {kind: seaweedfs, metadata: {storage: {size: 500M}}}',
      'objectStore.metadata.storage.size: is 500M, of which etcd\'s log takes up to 512Mi, and twice its database has to fit beside it; make it at least 1Gi, such as "8Gi"',
    ],
    [
      'with a field of another kind',
      'objectStore: {kind: external, endpoint: "https://s3.example.com", storage: {size: 1Gi}}',
      'objectStore.storage: is a field of kind embedded and distributed and seaweedfs, and this is external; remove it, or change the kind',
    ],
    [
      'with TLS and nobody who signs',
      'objectStore: {tls: true}',
      'objectStore.tls: is true, and nobody signs the certificate; set certificates.kind: own, or issuer where the cluster has one',
    ],
  ],
  'a place that nobody would reach': [
    [
      'whose endpoint has the bucket',
      'objectStore: {kind: external, bucket: models, endpoint: "https://models.s3.example.com"}',
      'objectStore.endpoint: has the bucket models in its host; leave it out, such as "https://s3.example.com"',
    ],
    [
      'whose host is an address, with the bucket before it',
      'objectStore: {kind: external, endpoint: "http://10.0.0.1:9000"}',
      'objectStore.pathStyle: is false, and models.10.0.0.1 is a host that nobody has; make it true',
    ],
    [
      'whose bucket has a dot, by TLS',
      'objectStore: {kind: external, bucket: ml.models, endpoint: "https://s3.example.com"}',
      'objectStore.pathStyle: is false, and no certificate is for ml.models.s3.example.com, since its first part may have no dot; make it true, or choose a bucket without one',
    ],
    [
      'by tokens, which Google does not take there',
      'objectStore: {kind: external, provider: GCS, credentials: identity, endpoint: "https://storage.googleapis.com"}',
      "objectStore.credentials: is identity, and the S3 interface of GCS takes no tokens; make it keys, of Google's HMAC keys",
    ],
    [
      'with an authority and no TLS',
      'objectStore: {kind: external, endpoint: "http://s3.example.com", authority: {secret: ca}}',
      'objectStore.authority: is for https, and endpoint is http; remove one or change the other',
    ],
    [
      'with an authority in two places',
      'objectStore: {kind: external, endpoint: "https://s3.example.com", authority: {secret: a, configMap: b}}',
      'objectStore.authority: must name one object, such as {"configMap": "store-ca", "key": "ca.crt"}',
    ],
    [
      'with keys, and a way to tokens',
      'objectStore: {kind: external, endpoint: "https://s3.example.com", identityEgress: [{cidr: 169.254.170.23/32, port: 80}]}',
      'objectStore.identityEgress: is for credentials: identity, and they are keys; remove it',
    ],
  ],
  'a mirror that is lost with its bucket': [
    [
      'in the bucket itself',
      'objectStore: {kind: external, endpoint: "https://s3.example.com", mirror: {endpoint: "https://s3.example.com", bucket: models}}',
      'objectStore.mirror.bucket: is models of this very store; name another bucket, or another endpoint',
    ],
    [
      'in the same server',
      'objectStore: {mirror: {endpoint: "http://minio.minio-system.svc:9000", bucket: copy}}',
      'objectStore.mirror.endpoint: is http://minio.minio-system.svc:9000, the namespace of this very store; name a place that is not lost with it, such as "https://s3.eu-west-1.amazonaws.com"',
    ],
    [
      'with six fields of cron',
      'objectStore: {mirror: {endpoint: "https://s3.example.com", bucket: copy, schedule: "0 30 1 * * *"}}',
      'objectStore.mirror.schedule: must be a cron schedule without seconds, which a CronJob does not know: minute (0-59), hour (0-23), day (1-31), month (1-12), weekday (0-6), not "0 30 1 * * *", such as "30 1 * * *"',
    ],
  ],
});
