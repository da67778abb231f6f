import type { Construct } from 'constructs';
import {
  ExternalSecretSpecDataRemoteRefConversionStrategy as Conversion,
  ExternalSecretSpecTargetCreationPolicy as CreationPolicy,
  ExternalSecretSpecDataRemoteRefDecodingStrategy as Decoding,
  ExternalSecretSpecTargetDeletionPolicy as DeletionPolicy,
  ExternalSecretSpecTargetTemplateEngineVersion as EngineVersion,
  ExternalSecret,
  ExternalSecretSpecTargetTemplateMergePolicy as MergePolicy,
  ExternalSecretSpecDataRemoteRefMetadataPolicy as Metadata,
  PushSecretSpecDataConversionStrategy as PushConversion,
  PushSecretSpecDeletionPolicy as PushDeletionPolicy,
  PushSecret,
  PushSecretSpecSecretStoreRefsKind as PushStoreKind,
  PushSecretSpecUpdatePolicy as PushUpdatePolicy,
  PushSecretSpecSelectorGeneratorRefKind as SelectorKind,
  ExternalSecretSpecSecretStoreRefKind as StoreKind,
} from '../../imports/external-secrets.io';
import { Password, PasswordSpecEncoding } from '../../imports/generators.external-secrets.io';
import { Component, PART_OF } from '../lib/component';
import { Credential, type RequiredSecret, type SecretText } from '../lib/secret';
import { PREREQUISITES } from '../prerequisites/catalogue';
import type { StoreConfig } from './store';

export interface ExternalSecretsProps {
  /** Every Secret that the platform reads. */
  readonly secrets: readonly RequiredSecret[];
  readonly store: StoreConfig;
}

/** Both are defaults of the types. */
const HOURLY = '1h0m0s';
const API_VERSION = 'generators.external-secrets.io/v1alpha1';
const GENERATOR = 'ml-platform-password';

/**
 * An ExternalSecret for each Secret. It reads credentials from a store, and writes the text around them.
 *
 * A generator of the operator makes another value each time that it is asked, so no two ExternalSecrets can have the same
 * of it. Therefore a generated value goes to the store first, and only if nothing is there (IfNotExists); both ends of a
 * connection read it from there.
 */
export class ExternalSecrets extends Component {
  constructor(scope: Construct, props: ExternalSecretsProps) {
    super(scope, { name: 'external-secrets', stage: '20-operators' });
    this.requireInstalled(PREREQUISITES.externalSecrets);
    for (const secret of props.secrets) this.externalSecret(secret, props.store);
    if (props.store.generate) this.generators(props);
  }

  private externalSecret(secret: RequiredSecret, { kind, name: store, prefix }: StoreConfig): void {
    const { namespace, name, type, labels } = secret;
    new ExternalSecret(this, `${namespace}-${name}`, {
      metadata: { namespace, name },
      spec: {
        refreshInterval: HOURLY,
        secretStoreRef: {
          kind: kind === 'SecretStore' ? StoreKind.SECRET_STORE : StoreKind.CLUSTER_SECRET_STORE,
          name: store,
        },
        target: {
          name,
          creationPolicy: CreationPolicy.OWNER,
          // What is gone from the store for a moment must not take the platform down.
          deletionPolicy: DeletionPolicy.RETAIN,
          template: {
            engineVersion: EngineVersion.V2,
            mergePolicy: MergePolicy.REPLACE,
            type,
            metadata: { labels: { ...labels, 'app.kubernetes.io/part-of': PART_OF } },
            data: Object.fromEntries(Object.entries(secret.data).map(([key, text]) => [key, templateOf(text)])),
          },
        },
        data: credentialsIn([secret]).map(({ id }) => ({
          secretKey: id,
          remoteRef: {
            key: `${prefix}${id}`,
            conversionStrategy: Conversion.DEFAULT,
            decodingStrategy: Decoding.NONE,
            metadataPolicy: Metadata.NONE,
          },
        })),
      },
    });
  }

  private generators({ secrets, store: { kind, name: store, prefix } }: ExternalSecretsProps): void {
    const done = new Set<string>();
    const namespaces = new Set<string>();
    for (const secret of secrets) {
      for (const { id, origin } of credentialsIn([secret])) {
        if (origin === 'given' || done.has(id)) continue;
        done.add(id);
        const { namespace } = secret;
        if (!namespaces.has(namespace)) this.generator(namespace);
        namespaces.add(namespace);
        new PushSecret(this, `push-${id}`, {
          metadata: { namespace, name: objectNameOf(id) },
          spec: {
            refreshInterval: HOURLY,
            updatePolicy: PushUpdatePolicy.IF_NOT_EXISTS,
            deletionPolicy: PushDeletionPolicy.NONE,
            secretStoreRefs: [
              {
                kind: kind === 'SecretStore' ? PushStoreKind.SECRET_STORE : PushStoreKind.CLUSTER_SECRET_STORE,
                name: store,
              },
            ],
            selector: { generatorRef: { apiVersion: API_VERSION, kind: SelectorKind.PASSWORD, name: GENERATOR } },
            data: [
              {
                match: { secretKey: 'password', remoteRef: { remoteKey: `${prefix}${id}` } },
                conversionStrategy: PushConversion.NONE,
              },
            ],
          },
        });
      }
    }
  }

  private generator(namespace: string): void {
    new Password(this, `generator-${namespace}`, {
      metadata: { namespace, name: GENERATOR },
      // As "npm run secrets" makes them: they fit every place that they are written to.
      spec: {
        length: 32,
        digits: 8,
        symbols: 0,
        noUpper: false,
        allowRepeat: true,
        encoding: PasswordSpecEncoding.RAW,
      },
    });
  }
}

/** The credentials of some Secrets, each once. */
const credentialsIn = (secrets: readonly RequiredSecret[]): Credential[] => [
  ...new Map(
    secrets
      .flatMap(({ data }) => Object.values(data).flat())
      .filter((piece) => piece instanceof Credential)
      .map((credential) => [credential.id, credential]),
  ).values(),
];

/** The text of a key as a Go template. The name of a credential may have a hyphen, which `.name` would take for a minus. */
const templateOf = (text: SecretText) =>
  text
    .map((piece) => (typeof piece === 'string' ? piece.replaceAll('{{', '{{ "{{" }}') : `{{ index . "${piece.id}" }}`))
    .join('');

const objectNameOf = (id: string) => `ml-platform-${id.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
