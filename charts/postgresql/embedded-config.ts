/** The settings of PostgreSQL as one pod of this platform's own, with their defaults and rules. */
import * as z from 'zod';
import { bytes, flag } from '../../config/fields';
import { resources, storage } from '../../config/resources';
import { rules } from '../../config/rules';
import { workloadFields } from '../../config/workload';
import { backupSchema } from './backup/config';
import { connectionsField } from './connections';
import { MAX_CONNECTIONS, memoryFaults, SHARED_MEMORY } from './memory';

const KIND =
  'Who runs it: this platform, as one pod (embedded); the CloudNativePG operator, as a primary with replicas (cloudNativePg); or somebody else (external)';
/** With the connections and the shared memory of the defaults. */
export const EMBEDDED_MEMORY = ['256Mi', '512Mi'] as const;

export const embeddedSchema = z
  .strictObject({
    kind: z.literal('embedded').default('embedded').describe(KIND),
    storage: storage('8Gi'),
    resources: resources({ cpu: ['100m', '1'], memory: EMBEDDED_MEMORY, scratch: ['64Mi', '1Gi'] }).describe(
      'CPU, memory and disk of the container; the default of memory grows with maxConnections and sharedMemory',
    ),
    maxConnections: connectionsField(MAX_CONNECTIONS),
    sharedMemory: bytes('256Mi')
      .default(SHARED_MEMORY)
      .describe('Size of /dev/shm, which parallel queries share; counts as memory of the container'),
    tls: flag(false).describe(
      "Takes connections by TLS alone, with a certificate of the platform's issuer that MLflow checks; needs certificates.kind",
    ),
    ...workloadFields,
    backup: backupSchema,
  })
  .superRefine(rules(memoryFaults));
