/** The schema of `postgresql` in platform.yaml: a database of one of three kinds. */
import * as z from 'zod';
import { isMapping } from '../lib/mapping';
import { CLUSTER_MEMORY, cloudNativePgSchema } from './cloud-native-pg-config';
import { EMBEDDED_MEMORY, embeddedSchema } from './embedded-config';
import { externalSchema } from './external-config';
import { growingServer } from './memory';

const kinds = z.discriminatedUnion('kind', [embeddedSchema, cloudNativePgSchema, externalSchema], {
  error: ({ input }) => (isMapping(input) ? 'must be one of embedded, cloudNativePg, external' : 'must be a mapping'),
});

const growingEmbedded = growingServer(EMBEDDED_MEMORY);
const growingCluster = growingServer(CLUSTER_MEMORY);

function grown(section: unknown): unknown {
  if (!isMapping(section) || section.kind === 'external') return section;
  return section.kind === 'cloudNativePg' ? growingCluster(section) : growingEmbedded(section);
}

export const postgresqlSchema = z
  .preprocess(grown, kinds)
  .prefault({})
  .describe('PostgreSQL, the database of the tracking server');
