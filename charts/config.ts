/** The schema of an environment, environments/<env>/platform.yaml: the schemas of its components put together. */
import { z } from 'zod';
import { objectName } from '../config/fields';
import { frontendSchema } from './frontend/config';
import { gatewaySchema } from './gateway/config';
import { imagesSchema } from './images/config';
import { mlflowSchema } from './mlflow/config';
import { modelStoresSchema } from './models/stores-config';
import { monitoringSchema } from './monitoring/config';
import { networkPoliciesSchema } from './network-policies/config';
import { objectStoreSchema } from './object-store/config';
import { postgresqlSchema } from './postgresql/config';
import { seldonSchema } from './seldon/config';
import { trainingSchema } from './training/config';

export const platformSchema = z
  .strictObject({
    clusterDomain: objectName('cluster.local')
      .default('cluster.local')
      .describe("The cluster's DNS domain, which MLflow must know to accept calls by full name"),
    images: imagesSchema,
    networkPolicies: networkPoliciesSchema,
    monitoring: monitoringSchema,
    postgresql: postgresqlSchema,
    objectStore: objectStoreSchema,
    mlflow: mlflowSchema,
    training: trainingSchema,
    seldon: seldonSchema,
    modelStores: modelStoresSchema,
    gateway: gatewaySchema,
    frontend: frontendSchema,
  })
  .describe('One environment of the ML platform');

/** platform.yaml after validation. */
export type PlatformSettings = z.output<typeof platformSchema>;
