/** The schema of `objectStore` in platform.yaml: a store of one of four kinds, with their defaults and rules. */
import * as z from 'zod';
import { annotations, count } from '../../config/fields';
import type { Fault } from '../../config/problems';
import { resources, storage } from '../../config/resources';
import { rules } from '../../config/rules';
import { workloadFields } from '../../config/workload';
import { isMapping } from '../lib/mapping';
import { backups, bucket, console, lockedBackups, mirror, tls, versioning } from './fields';
import { placeFaults, placeFields } from './place-config';
import { seaweedfsFaults, seaweedfsFields } from './seaweedfs/config';

const KIND =
  'One MinIO-compatible server; several, which lose nothing with a node (distributed); SeaweedFS, whose licence is Apache-2.0; or a store outside the platform';

const minioFields = {
  bucket,
  console,
  tls,
  versioning,
  backups: lockedBackups,
  mirror,
  resources: resources({ cpu: ['100m', '1'], memory: ['256Mi', '1Gi'], scratch: ['64Mi', '1Gi'] }),
  ...workloadFields,
} as const;

/** Fewer have no majority once one is down; more than 16 make several sets, of which an object is in one. */
const SERVERS = { least: 4, most: 16 };

const embedded = z.strictObject({
  kind: z.literal('embedded').default('embedded').describe(KIND),
  ...minioFields,
  storage: storage('20Gi'),
});

const distributed = z.strictObject({
  kind: z.literal('distributed').describe(KIND),
  ...minioFields,
  storage: storage('20Gi').describe('The volume of each server'),
  servers: count(SERVERS.least, SERVERS.most, 4)
    .default(SERVERS.least)
    .describe('Servers, each on a node of its own; fixed once the store holds data'),
});

const seaweedfs = z
  .strictObject({
    kind: z.literal('seaweedfs').describe(KIND),
    bucket,
    ...seaweedfsFields,
    tls,
    versioning: versioning.unwrap().omit({ days: true }).prefault({}).describe('Old versions of objects, which stay'),
    backups,
    mirror,
    ...workloadFields,
  })
  .superRefine(rules(seaweedfsFaults));

const external = z
  .strictObject({
    kind: z.literal('external').describe(KIND),
    bucket,
    ...placeFields,
    backups,
    mirror,
    modelsServiceAccount: z
      .strictObject({
        annotations: annotations('eks.amazonaws.com/role-arn', 'arn:aws:iam::123456789012:role/models')
          .default({})
          .describe('Its annotations'),
      })
      .prefault({})
      .describe('The ServiceAccount that models share, by which the cloud knows them; a model may have one of its own'),
  })
  .superRefine(rules((store) => placeFaults(store, store.bucket)));

const KINDS = ['embedded', 'distributed', 'seaweedfs', 'external'];

const kinds = z.discriminatedUnion('kind', [embedded, distributed, seaweedfs, external], {
  error: ({ input }) => (isMapping(input) ? `must be one of ${KINDS.join(', ')}` : 'must be a mapping'),
});

export type ObjectStoreSettings = z.output<typeof kinds>;

export const objectStoreSchema = z
  .preprocess(
    (section) => (isMapping(section) && section.kind === undefined ? { ...section, kind: 'embedded' } : section),
    kinds.superRefine(rules((store) => [...spreadFaults(store), ...backupFaults(store), ...mirrorFaults(store)])),
  )
  .prefault({})
  .describe('The object store, with the files of models and the artifacts of MLflow');

/** Servers that could lose their volumes together. */
function spreadFaults(store: ObjectStoreSettings): Fault[] {
  if (store.kind !== 'distributed' && store.kind !== 'seaweedfs') return [];
  const { affinity } = store;
  if (!affinity || affinity.podAntiAffinity) return [];
  const message =
    'has no podAntiAffinity, so that several servers could have their volumes on one node; add one, or leave affinity out: then each server has a node of its own';
  return [{ path: ['affinity'], message }];
}

function backupFaults({ bucket, backups }: ObjectStoreSettings): Fault[] {
  if (!backups.enabled) return [];
  const faults: Fault[] = [];
  if (backups.bucket === bucket) {
    const message = `is ${bucket}, the bucket of models, whose users delete objects; name another, such as "backups"`;
    faults.push({ path: ['backups', 'bucket'], message });
  }
  if ('lockedDays' in backups && backups.lockedDays > backups.keptDays) {
    const message = `is ${backups.lockedDays}, and objects are deleted after keptDays: ${backups.keptDays}, which a lock would forbid; make it at most ${backups.keptDays}`;
    faults.push({ path: ['backups', 'lockedDays'], message });
  }
  return faults;
}

function mirrorFaults(store: ObjectStoreSettings): Fault[] {
  const { mirror } = store;
  if (!mirror) return [];
  const own = store.kind === 'external' && mirror.endpoint === store.endpoint;
  const same = own && [store.bucket, ...(store.backups.enabled ? [store.backups.bucket] : [])].includes(mirror.bucket);
  return [
    ...placeFaults(mirror, mirror.bucket).map(({ path, message }) => ({ path: ['mirror', ...path], message })),
    ...(same
      ? [
          {
            path: ['mirror', 'bucket'],
            message: `is ${mirror.bucket} of this very store; name another bucket, or another endpoint`,
          },
        ]
      : []),
  ];
}
