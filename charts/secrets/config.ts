/** The schema of `secrets` in platform.yaml: how the Secrets that the platform reads come into the cluster. */
import * as z from 'zod';
import { flag, matching, objectName, oneOf } from '../../config/fields';

const storeSchema = z
  .strictObject({
    kind: oneOf(['ClusterSecretStore', 'SecretStore'], 'ClusterSecretStore')
      .default('ClusterSecretStore')
      .describe('One for all namespaces, or one of the same name in each namespace that has Secrets'),
    name: objectName('vault').default('ml-platform').describe('Its name; you make it, with the login to your vault'),
    prefix: matching(/^[\w./-]*$/, 200, 'letters, digits or any of _ . / -', 'ml/production/')
      .default('')
      .describe('What stands before the name of each credential in the vault'),
    generate: flag(false).describe(
      'Has the operator make each credential that the vault does not have, once, and write it there; the store must let it write',
    ),
  })
  .prefault({})
  .describe('The store of the External Secrets Operator that credentials are read from; for externalSecrets');

const sopsSchema = z
  .strictObject({
    keySecret: objectName('sops-age')
      .default('sops-age')
      .describe("The Secret in Flux's namespace with the age identity, in a key that ends in .agekey"),
  })
  .prefault({})
  .describe('How Flux decrypts; for sops');

export const secretsSchema = z
  .strictObject({
    backend: oneOf(['manual', 'externalSecrets', 'sealedSecrets', 'sops'], 'sealedSecrets')
      .default('manual')
      .describe(
        'What makes the Secrets: you, by `npm run secrets`; the External Secrets Operator, from a vault; the Sealed Secrets controller or Flux with SOPS, from encrypted files in environments/<env>/secrets/',
      ),
    store: storeSchema,
    sops: sopsSchema,
  })
  .prefault({})
  .describe('How the Secrets that the platform reads come into the cluster');

export type SecretsConfig = z.output<typeof secretsSchema>;
