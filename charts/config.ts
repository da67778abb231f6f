/** The schema of an environment, environments/<env>/platform.yaml: the schemas of its components put together. */
import * as z from 'zod';
import { extendsField } from '../config/bases';
import { annotations, dnsLabel, objectName, oneOf } from '../config/fields';
import { OTHER_NAMES } from '../config/other-names';
import { addedLabels } from '../config/workload';
import { accessSchema } from './access/config';
import { certificatesSchema } from './certificates/config';
import { deliverySchema } from './delivery/config';
import { frontendSchema } from './frontend/config';
import { imagesSchema } from './images/config';
import type { ImageLock } from './images/locked';
import { loggingSchema } from './logging/config';
import { mlflowSchema } from './mlflow/config';
import { modelStoresSchema } from './models/config/stores';
import type { ModelConfig } from './models/join-lock';
import { monitoringSchema } from './monitoring/config';
import { namespacesSchema } from './namespaces/config';
import { networkPoliciesSchema } from './network-policies/config';
import { objectStoreSchema } from './object-store/config';
import { patchesSchema } from './patches/config';
import { postgresqlSchema } from './postgresql/config';
import { prioritiesSchema } from './priorities/config';
import { acceptedSchema, profileSchema } from './production/config';
import { quotasSchema } from './quotas/config';
import { requestLogSchema } from './request-log/config';
import { secretsSchema } from './secrets/config';
import type { EncryptedSecret } from './secrets/encrypted';
import { seldonSchema } from './seldon/config';
import { allNamespaces, teamsSchema } from './teams/config';
import { tracingSchema } from './tracing/config';
import { trainingSchema } from './training/config';
import { movedSchema, removedSchema } from './upgrades/config';

const podSecuritySchema = z
  .strictObject({
    uids: oneOf(['fixed', 'high', 'assigned'], 'fixed')
      .default('fixed')
      .describe(
        'Users and groups of pods: those of the images (fixed), 10001 in place of all below 10000, and for models group 0 (high), or those that the cluster chooses (assigned), as OpenShift does from the range of a namespace',
      ),
  })
  .prefault({})
  .describe('Users of pods');

export const platformSchema = z
  .strictObject({
    extends: extendsField.describe(
      'What the file builds on: a YAML file, or the platform.yaml of a folder; a list is merged in its order, null removes what a base says',
    ),
    base: z
      .boolean({ error: 'must be true or false' })
      .optional()
      .meta({ examples: [true] })
      .describe('Says that the folder is only there to be extended, and is not rendered; not inherited'),
    profile: profileSchema,
    accepted: acceptedSchema,
    cluster: dnsLabel('shared')
      .optional()
      .describe(
        'Name of the cluster; synth refuses environments of one cluster that would take objects from each other',
      ),
    clusterDomain: objectName('cluster.local')
      .default('cluster.local')
      .describe("The cluster's DNS domain, which MLflow must know to accept calls by full name"),
    commonLabels: addedLabels('example.com/cost-centre', 'ml')
      .optional()
      .describe('Further labels of every object; pods have podLabels'),
    commonAnnotations: annotations('example.com/owner', 'ml-team@example.com')
      .optional()
      .describe('Annotations of every object; pods have podAnnotations'),
    namespaces: namespacesSchema,
    images: imagesSchema,
    networkPolicies: networkPoliciesSchema,
    certificates: certificatesSchema,
    monitoring: monitoringSchema,
    logging: loggingSchema,
    tracing: tracingSchema,
    postgresql: postgresqlSchema,
    objectStore: objectStoreSchema,
    mlflow: mlflowSchema,
    training: trainingSchema,
    seldon: seldonSchema,
    modelStores: modelStoresSchema,
    requestLog: requestLogSchema,
    teams: teamsSchema,
    access: accessSchema,
    frontend: frontendSchema,
    priorities: prioritiesSchema,
    quotas: quotasSchema,
    secrets: secretsSchema,
    delivery: deliverySchema,
    patches: patchesSchema,
    podSecurity: podSecuritySchema,
    moved: movedSchema,
    removed: removedSchema,
    architectures: z
      .array(oneOf(['amd64', 'arm64'], 'amd64'))
      .refine((list) => list.includes('amd64'), {
        error: 'must have amd64, which most images of Seldon are built for alone',
      })
      .optional()
      .meta({ examples: [['amd64', 'arm64']] })
      .describe('Architectures of the nodes; with several, pods whose images are for amd64 alone get a nodeSelector'),
  })
  .superRefine(({ namespaces, teams, monitoring, requestLog, networkPolicies, access }, context) => {
    const foreign = [
      ...(access.kind === 'none'
        ? []
        : [{ path: ['access', access.kind, 'namespace'], name: access[access.kind].namespace }]),
      ...(monitoring.stack === 'external' ? [{ path: ['monitoring', 'namespace'], name: monitoring.namespace }] : []),
      ...(['mlflow', 'models'] as const).flatMap((component) =>
        networkPolicies.clients[component].map((name, index) => ({
          path: ['networkPolicies', 'clients', component, index],
          name,
        })),
      ),
    ];
    for (const { path, name } of foreign) {
      if (allNamespaces({ namespaces, teams, monitoring, requestLog }).includes(name)) {
        const message = 'must be a namespace outside the platform, whose own pods get the connections they need';
        context.addIssue({ code: 'custom', path, message });
      }
    }
  })
  .describe('One environment of the ML platform')
  .register(OTHER_NAMES, {
    fields: {
      gateway:
        'is part of access, which exposes more than models: write access: {kind: gateway, domain: ml.example.com}',
    },
  });

/** platform.yaml after validation. */
export type PlatformSettings = Omit<z.output<typeof platformSchema>, 'extends' | 'base'>;

/** All that is known of one environment; nothing in it is optional unless absence means something. */
export interface PlatformConfig extends Readonly<PlatformSettings> {
  /** Name of the environment: its folder under environments/ and under dist/. */
  readonly environment: string;
  readonly models: readonly ModelConfig[];
  /** Digests of images; absent where the environment has no lock of them. */
  readonly imageLock?: ImageLock;
  /** What is in secrets/; none where the Secrets are not kept in files. */
  readonly encrypted: readonly EncryptedSecret[];
}
