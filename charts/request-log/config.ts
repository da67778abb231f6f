/** The schema of `requestLog` in platform.yaml, and its rules. */
import * as z from 'zod';
import { cron } from '../../config/cron';
import { bucketName, bytes, count, flag } from '../../config/fields';
import type { Fault } from '../../config/problems';
import { resources } from '../../config/resources';
import { rules } from '../../config/rules';
import { workloadFields } from '../../config/workload';
import { formatMemory, NO_LIMIT, parseQuantity } from '../lib/quantity';

const MEBIBYTE = 2 ** 20;
/** What a receiver takes without events. Measured: 51 MiB. */
const IDLE = 96 * MEBIBYTE;
/**
 * Times that it takes flush.size: receiver.py has three such events in memory at a time, with what reads, writes and packs
 * them. Measured, with 48 events of 8 MB at once: 24.
 */
const FLUSHES = 28;
/** Files of a receiver beside its buffer. */
const BESIDE_BUFFER = 64 * MEBIBYTE;

const fields = z.strictObject({
  enabled: flag(false).describe(
    'Keeps what is asked of models, and what they answer, in a bucket: of those that have a logger without url',
  ),
  bucket: bucketName('request-log')
    .default('request-log')
    .describe('A bucket of its own: MLflow and models read all that is in theirs'),
  retention: z
    .strictObject({
      days: count(1, 3650, 90).default(90).describe('Days after which an event is deleted'),
      schedule: cron('15 3 * * *')
        .default('15 3 * * *')
        .describe("When: minute, hour, day, month, weekday, in the controller manager's time zone"),
      serviceAccount: workloadFields.serviceAccount.describe(
        "The ServiceAccount of what deletes; that of the receivers' settings where absent",
      ),
    })
    .prefault({})
    .describe('What deletes old events'),
  perDay: bytes('50Mi')
    .default('50Mi')
    .describe('What is expected a day, compressed; synth refuses a store of the platform without room for it'),
  flush: z
    .strictObject({
      seconds: count(1, 3600, 60).default(60).describe('Seconds after which events go to the bucket'),
      size: bytes('8Mi').default('8Mi').describe('Bytes of events that go at once; a larger event is not taken'),
    })
    .prefault({})
    .describe('When a receiver puts an object into the bucket'),
  buffer: bytes('512Mi')
    .default('512Mi')
    .describe('Disk of each receiver for events while the store does not take them; when it is full, they are dropped'),
  replicas: count(1, 10, 2).default(1).describe('Receivers for each namespace of models'),
  resources: resources({ cpu: ['50m', '1'], memory: ['128Mi', '512Mi'], scratch: ['512Mi', '640Mi'] }).describe(
    'CPU, memory and disk of each receiver; the disk holds the buffer',
  ),
  ...workloadFields,
});

export const requestLogSchema = fields
  .superRefine(rules(roomFaults))
  .prefault({})
  .describe('The log of what models were asked and have answered');

export type RequestLogSettings = z.output<typeof fields>;

/** Receivers that would be evicted, or run out of memory, before they say that they are full. */
function roomFaults({ flush, buffer, resources: { limits } }: RequestLogSettings): Fault[] {
  const [size = 0, room = 0] = [flush.size, buffer].map((text) => parseQuantity(text));
  const faults: Fault[] = [];
  if (room < 4 * size) {
    const message = `is ${buffer}, less than four times flush.size: ${flush.size}; make it at least ${formatMemory(4 * size)}`;
    faults.push({ path: ['buffer'], message });
  }
  const disk = room + BESIDE_BUFFER;
  if ((parseQuantity(limits['ephemeral-storage']) ?? disk) < disk) {
    const message = `is ${limits['ephemeral-storage']}, too little for buffer: ${buffer} and 64Mi beside it; make it at least ${formatMemory(disk)}`;
    faults.push({ path: ['resources', 'limits', 'ephemeral-storage'], message });
  }
  const memory = IDLE + FLUSHES * size;
  if (limits.memory !== NO_LIMIT && (parseQuantity(limits.memory) ?? memory) < memory) {
    const message = `is ${limits.memory}, too little for events of flush.size: ${flush.size}; make it at least ${formatMemory(memory)}`;
    faults.push({ path: ['resources', 'limits', 'memory'], message });
  }
  return faults;
}

interface Store {
  readonly kind: 'embedded' | 'distributed' | 'seaweedfs' | 'external';
  readonly bucket: string;
  readonly backups: { readonly enabled: boolean; readonly bucket: string };
  readonly storage?: { readonly size: string };
  readonly servers?: number;
  readonly copies?: number;
}

/** Buckets whose users would read the log, and stores that it would fill. As paths below `requestLog`. */
export function logStoreFaults(log: RequestLogSettings, store: Store): Fault[] {
  if (!log.enabled) return [];
  const { bucket, perDay, retention } = log;
  const faults: Fault[] = [];
  if (bucket === store.bucket) {
    const message = `is ${bucket}, the bucket of models, all of which MLflow and models read; name another, such as "request-log"`;
    faults.push({ path: ['bucket'], message });
  }
  if (store.backups.enabled && bucket === store.backups.bucket) {
    const message = `is ${bucket}, the bucket of backups, from which nothing can be deleted; name another, such as "request-log"`;
    faults.push({ path: ['bucket'], message });
  }
  const needed = (parseQuantity(perDay) ?? 0) * retention.days;
  const half = usable(store) / 2;
  if (needed > half) {
    const message = `is ${perDay}, which is ${formatMemory(needed)} in retention.days: ${retention.days}, more than half of what the object store holds; lower one of the two until they are ${formatMemory(half)}, or raise objectStore.storage.size`;
    faults.push({ path: ['perDay'], message });
  }
  return faults;
}

/** Bytes of objects that a store holds; what is outside the platform has no end here. */
function usable({ kind, storage, servers = 1, copies = 1 }: Store): number {
  const volume = parseQuantity(storage?.size ?? '') ?? 0;
  switch (kind) {
    case 'external':
      return Number.POSITIVE_INFINITY;
    case 'embedded':
      return volume;
    case 'distributed':
      // Half of the parts of an object are for correction.
      return (volume * servers) / 2;
    case 'seaweedfs':
      return (volume * servers) / copies;
  }
}
