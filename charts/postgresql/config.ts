/** The schema of `postgresql` in platform.yaml, with its defaults and rules. */
import { z } from 'zod';
import { bytes, count } from '../../config/fields';
import { growingMemory, resources, storage } from '../../config/resources';
import { workloadFields } from '../../config/workload';
import { formatMemory, parseQuantity, quantityValue } from '../lib/quantity';
import { backupSchema } from './backup/config';

const MEBIBYTE = 2 ** 20;
/** PostgreSQL's own default of shared_buffers. */
const SHARED_BUFFERS = 128 * MEBIBYTE;
/** What a process of the server takes for one connection of MLflow, measured. */
const CONNECTION = 2 * MEBIBYTE;
/** With the connections and the shared memory of the defaults. */
const MEMORY = ['256Mi', '512Mi'] as const;
const MAX_CONNECTIONS = 100;
const SHARED_MEMORY = '128Mi';

const fields = z
  .strictObject({
    storage: storage('8Gi'),
    resources: resources({ cpu: ['100m', '1'], memory: MEMORY, scratch: ['64Mi', '1Gi'] }).describe(
      'CPU, memory and disk of the container; the default of memory grows with maxConnections and sharedMemory',
    ),
    maxConnections: count(24, 2000, 200)
      .default(MAX_CONNECTIONS)
      .describe("Connections at a time, PostgreSQL's max_connections; MLflow's pools follow from it"),
    sharedMemory: bytes('256Mi')
      .default(SHARED_MEMORY)
      .describe('Size of /dev/shm, which parallel queries share; counts as memory of the container'),
    ...workloadFields,
    backup: backupSchema,
  })
  .superRefine(({ resources: { limits }, maxConnections, sharedMemory }, context) => {
    // What is no amount at all has been refused already.
    const least = (parseQuantity(sharedMemory) ?? 0) + SHARED_BUFFERS + maxConnections * CONNECTION;
    if ((parseQuantity(limits.memory) ?? least) >= least) return;
    const message = `is ${limits.memory}, too little for a sharedMemory of ${sharedMemory}, 128Mi of buffers and 2Mi for each of ${maxConnections} connections; make it at least ${formatMemory(least)}, or leave it out: it follows from them`;
    context.addIssue({ code: 'custom', path: ['resources', 'limits', 'memory'], message, params: { complete: true } });
  });

/** More than the defaults have, in bytes; what is no amount counts for nothing. */
const moreConnections = (count: unknown) =>
  typeof count === 'number' ? Math.max(0, count - MAX_CONNECTIONS) * CONNECTION : 0;
const moreSharedMemory = (size: unknown) =>
  Math.max(0, (parseQuantity(String(size)) ?? 0) - quantityValue(SHARED_MEMORY));

export const postgresqlSchema = z
  .preprocess(
    growingMemory(
      MEMORY,
      ({ maxConnections, sharedMemory }) => moreConnections(maxConnections) + moreSharedMemory(sharedMemory),
    ),
    fields,
  )
  .prefault({})
  .describe('PostgreSQL, the database of the tracking server');

/** Three that PostgreSQL keeps for its superuser, and five for a backup, a clean-up and people. */
const RESERVED_CONNECTIONS = 8;

/** How many connections of the server one application may have. */
export const applicationConnections = (maxConnections: number) => maxConnections - RESERVED_CONNECTIONS;

/** The least maxConnections that leaves as many to the application. */
export const maxConnectionsFor = (connections: number) => connections + RESERVED_CONNECTIONS;
