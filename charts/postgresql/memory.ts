/** How the memory of a server follows from its other settings. */
import type { Fault } from '../../config/problems';
import { growingMemory, type ResourceDefaults } from '../../config/resources';
import { formatMemory, parseQuantity, quantityValue } from '../lib/quantity';

const MEBIBYTE = 2 ** 20;
/** PostgreSQL's own default of shared_buffers. */
export const SHARED_BUFFERS = 128 * MEBIBYTE;
/** What a process of the server takes for one connection of MLflow, measured. */
const CONNECTION = 2 * MEBIBYTE;
/** Those that the defaults of memory are for. */
export const MAX_CONNECTIONS = 100;
export const SHARED_MEMORY = '128Mi';

interface ServerSettings {
  readonly resources: { readonly limits: { readonly memory: string } };
  readonly maxConnections: number;
  readonly sharedMemory: string;
}

/** A limit that the server's own settings would burst. */
export function memoryFaults({ resources: { limits }, maxConnections, sharedMemory }: ServerSettings): Fault[] {
  // What is no amount at all has been refused already.
  const least = (parseQuantity(sharedMemory) ?? 0) + SHARED_BUFFERS + maxConnections * CONNECTION;
  if ((parseQuantity(limits.memory) ?? least) >= least) return [];
  return [
    {
      path: ['resources', 'limits', 'memory'],
      message: `is ${limits.memory}, too little for a sharedMemory of ${sharedMemory}, 128Mi of buffers and 2Mi for each of ${maxConnections} connections; make it at least ${formatMemory(least)}, or leave it out: it follows from them`,
    },
  ];
}

/** More than the defaults have, in bytes; what is no amount counts for nothing. */
const moreConnections = (count: unknown) =>
  typeof count === 'number' ? Math.max(0, count - MAX_CONNECTIONS) * CONNECTION : 0;
const moreSharedMemory = (size: unknown) =>
  Math.max(0, (parseQuantity(String(size)) ?? 0) - quantityValue(SHARED_MEMORY));

/** Lets the memory of a section grow from these defaults. */
export const growingServer = (memory: ResourceDefaults['memory']) =>
  growingMemory(
    memory,
    ({ maxConnections, sharedMemory }) => moreConnections(maxConnections) + moreSharedMemory(sharedMemory),
  );
