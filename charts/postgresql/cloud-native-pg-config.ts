/** The settings of a cluster of CloudNativePG, with their defaults and rules. */
import * as z from 'zod';
import { cronWithSeconds } from '../../config/cron';
import {
  bucketName,
  bytes,
  cidr,
  count,
  dnsLabel,
  flag,
  httpUrl,
  labelKey,
  matching,
  oneOf,
  text,
} from '../../config/fields';
import type { Fault } from '../../config/problems';
import { resources, storage } from '../../config/resources';
import { rules } from '../../config/rules';
import { workloadFields } from '../../config/workload';
import { parseQuantity } from '../lib/quantity';
import { connectionsField } from './connections';
import { MAX_CONNECTIONS, memoryFaults, SHARED_BUFFERS, SHARED_MEMORY } from './memory';
import { WAL_VOLUME, walFaults } from './wal';

/** With the connections and the shared memory of the defaults. */
export const CLUSTER_MEMORY = ['512Mi', '1Gi'] as const;
/** The folder of the archive, which Barman calls the name of the server. */
const FOLDER = 'postgres';
const folder = () => dnsLabel(FOLDER);

const synchronous = z
  .strictObject({
    replicas: count(0, 8, 1)
      .default(1)
      .describe(
        'Replicas that have a transaction before it is acknowledged; 0 for none, and then a failover may lose some',
      ),
    durability: oneOf(['required', 'preferred'], 'required')
      .default('required')
      .describe('Whether writes wait where too few replicas are there (required), or go on without them (preferred)'),
  })
  .prefault({})
  .describe('Synchronous replication by quorum');

const store = z
  .strictObject({
    endpoint: httpUrl('https://s3.eu-central-1.amazonaws.com').describe('The S3 API, with its scheme'),
    bucket: bucketName('platform-backups').describe('The bucket, which exists'),
    path: matching(/^[\w.-]+(\/[\w.-]+)*$/, 512, 'a path without "/" at its ends', 'ml/database')
      .optional()
      .describe('Where in the bucket; at its root where absent'),
    region: text('eu-central-1').optional().describe('The region, where the store wants one'),
    accessKeyId: text('AKIAIOSFODNN7EXAMPLE').min(1).describe('The key that may read, write and delete there'),
    encryption: oneOf(['AES256', 'aws:kms'], 'AES256')
      .optional()
      .describe('How the store encrypts what it keeps; as the bucket has it where absent'),
    cidrs: z
      .array(cidr('10.30.0.0/16'))
      .default([])
      .meta({ examples: [['10.30.0.0/16']] })
      .describe('Addresses that it may have; any address, at its port, where empty'),
  })
  .optional()
  .describe('Where base backups and the WAL archive go');

const backup = z
  .strictObject({
    enabled: flag(false).describe('Archives the WAL all the time, and makes base backups, by the Barman Cloud plugin'),
    schedule: cronWithSeconds('0 0 3 * * *')
      .default('0 0 3 * * *')
      .describe("When base backups are made: second, minute, hour, day, month, weekday, in the operator's time zone"),
    retention: matching(/^[1-9]\d*[dwm]$/, 5, 'a number of days, weeks or months', '30d')
      .default('30d')
      .describe('How far back a point in time can be recovered'),
    folder: folder().default(FOLDER).describe('The folder of this cluster; a recovered cluster needs another one'),
    store,
  })
  .prefault({})
  .describe('Backups that a point in time can be recovered from');

const recovery = z
  .strictObject({
    folder: folder().describe('The folder of the cluster that is recovered, in backup.store'),
    time: z.iso
      .datetime({ offset: true, error: 'must be a point in time with its zone' })
      .optional()
      .meta({ examples: ['2026-11-28T14:01:00Z'] })
      .describe('The point in time; the last one that was archived where absent'),
  })
  .optional()
  .describe('Starts the cluster from a backup instead of empty; looked at once, when the cluster is made');

export const cloudNativePgSchema = z
  .strictObject({
    kind: z.literal('cloudNativePg'),
    instances: count(1, 9, 3).default(3).describe('Servers: one primary, and replicas that take over'),
    synchronous,
    storage: storage('8Gi').describe('The volume of each instance; it can grow later'),
    walStorage: storage(WAL_VOLUME).describe(
      'The volume for the WAL of each instance, which fills while the archive fails; it can grow later',
    ),
    resources: resources({ cpu: ['250m', '2'], memory: CLUSTER_MEMORY, scratch: ['64Mi', '1Gi'] }).describe(
      'CPU, memory and disk of each instance; the default of memory grows with maxConnections and sharedMemory',
    ),
    maxConnections: connectionsField(MAX_CONNECTIONS),
    sharedMemory: bytes('256Mi')
      .default(SHARED_MEMORY)
      .describe('Size of /dev/shm, which parallel queries share; counts as memory of the container'),
    spread: z
      .strictObject({
        over: labelKey
          .default('kubernetes.io/hostname')
          .meta({ examples: ['topology.kubernetes.io/zone'] })
          .describe('Label of nodes; two instances are not where it is the same'),
        required: flag(false).describe('Leaves an instance pending rather than beside another one'),
      })
      .prefault({})
      .describe('Where instances are in relation to each other'),
    operatorNamespace: dnsLabel('cnpg-system')
      .default('cnpg-system')
      .describe('Where the operator is, which calls the instances'),
    ...workloadFields,
    backup,
    recovery,
  })
  .superRefine(
    rules((settings) => [
      ...synchronousFaults(settings),
      ...memoryFaults(settings),
      ...walFaults(settings),
      ...requestFaults(settings),
      ...variableFaults(settings),
      ...backupFaults(settings),
    ]),
  );

type Settings = z.output<typeof cloudNativePgSchema>;

function synchronousFaults({ instances, synchronous: { replicas } }: Settings): Fault[] {
  if (replicas < instances) return [];
  const message = `is ${replicas}, not below the ${instances} instances, of which one is the primary; make it ${instances - 1} or less, or raise instances`;
  return [{ path: ['synchronous', 'replicas'], message }];
}

/** The operator refuses a request of memory below shared_buffers. */
function requestFaults({ resources: { requests } }: Settings): Fault[] {
  if ((parseQuantity(requests.memory) ?? SHARED_BUFFERS) >= SHARED_BUFFERS) return [];
  return [
    {
      path: ['resources', 'requests', 'memory'],
      message: `is ${requests.memory}, less than the 128Mi of the server's buffers`,
    },
  ];
}

/** Variables that the operator sets itself, and refuses: IsReservedEnvironmentVariable in pkg/postgres of CloudNativePG. */
const RESERVED = /^(PG.*|CNPG_.*|POD_NAME|NAMESPACE|CLUSTER_NAME)$/i;

function variableFaults({ env = {} }: Settings): Fault[] {
  return Object.keys(env)
    .filter((name) => RESERVED.test(name))
    .map((name) => ({ path: ['env', name], message: 'is a variable that the operator sets itself; remove it' }));
}

function backupFaults({ backup: { enabled, store, folder }, recovery }: Settings): Fault[] {
  const target =
    'such as {"endpoint": "https://s3.eu-central-1.amazonaws.com", "bucket": "platform-backups", "accessKeyId": "AKIAIOSFODNN7EXAMPLE"}';
  return [
    ...(enabled && !store
      ? [{ path: ['backup', 'store'], message: `is required where backup.enabled is true, ${target}` }]
      : []),
    ...(recovery && !store
      ? [{ path: ['backup', 'store'], message: `is required by recovery, which reads it, ${target}` }]
      : []),
    ...(recovery && enabled && recovery.folder === folder
      ? [
          {
            path: ['backup', 'folder'],
            message: `is ${folder}, which recovery reads and nobody may overwrite; choose another, such as "${folder}-2"`,
          },
        ]
      : []),
  ];
}
