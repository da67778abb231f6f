/** The store of the External Secrets Operator that credentials are read from. */
export interface StoreConfig {
  readonly kind: 'ClusterSecretStore' | 'SecretStore';
  readonly name: string;
  /** What stands before the name of each credential in the vault. */
  readonly prefix: string;
  /** Whether the operator makes each credential that the vault does not have. */
  readonly generate: boolean;
}
