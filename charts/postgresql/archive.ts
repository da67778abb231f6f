/** The archive of a cluster of CloudNativePG: where base backups and the WAL go, by the Barman Cloud plugin. */
import type { Construct } from 'constructs';
import {
  ObjectStore,
  ObjectStoreSpecConfigurationDataCompression,
  type ObjectStoreSpecConfigurationDataEncryption,
  ObjectStoreSpecConfigurationWalCompression,
  type ObjectStoreSpecConfigurationWalEncryption,
  ObjectStoreSpecInstanceSidecarConfigurationResourcesLimits,
  ObjectStoreSpecInstanceSidecarConfigurationResourcesRequests,
} from '../../imports/barmancloud.cnpg.io';
import type { ExternalServer } from '../lib/endpoint';
import { Credential, RequiredSecret, secretText } from '../lib/secret';

/** The settings of a bucket outside the platform, as platform.yaml has them. */
export interface ArchiveStoreSettings {
  /** The origin of the S3 API. */
  readonly endpoint: string;
  readonly bucket: string;
  /** @default - the root of the bucket */
  readonly path?: string;
  readonly region?: string;
  readonly accessKeyId: string;
  readonly encryption?: 'AES256' | 'aws:kms';
  /** Addresses that it may have; any where empty. */
  readonly cidrs: readonly string[];
}

export interface ArchiveProps {
  readonly namespace: string;
  /** Of the cluster. */
  readonly name: string;
  readonly store: ArchiveStoreSettings;
  /** Such as "30d". */
  readonly retention: string;
}

/** The name by which clusters know the plugin; a constant of it. */
export const PLUGIN = 'barman-cloud.cloudnative-pg.io';

const KEYS = { id: 'access-key-id', secret: 'secret-access-key', region: 'region' } as const;

/** The sidecar that the plugin adds to each instance: two copies at a time of files of 16 MiB, and Python. */
export const SIDECAR = {
  requests: { cpu: '50m', memory: '128Mi', 'ephemeral-storage': '64Mi' },
  limits: { cpu: '1', memory: '512Mi', 'ephemeral-storage': '1Gi' },
};

/** The server of the S3 API. */
export function archiveServer({ endpoint, cidrs }: ArchiveStoreSettings): ExternalServer {
  const { hostname, port, protocol } = new URL(endpoint);
  const tls = protocol === 'https:';
  return { host: hostname, port: Number(port) || (tls ? 443 : 80), cidrs, tls };
}

/** The key to the bucket, which a person gives. */
export const archiveKey = ({ namespace, name, store }: ArchiveProps) =>
  new RequiredSecret({
    namespace,
    name: `${name}-archive`,
    purpose: "The cluster's key to the bucket of its backups",
    data: {
      [KEYS.id]: [store.accessKeyId],
      [KEYS.secret]: secretText`${new Credential('DATABASE_BACKUP_S3_SECRET_KEY', `the secret key of ${store.accessKeyId} at ${store.endpoint}`, 'given')}`,
      ...(store.region !== undefined && { [KEYS.region]: [store.region] }),
    },
  });

/** Where the archive is. Every cluster that is recovered from it reads the same. */
export function archiveStore(scope: Construct, { name, store, retention }: ArchiveProps, key: RequiredSecret): string {
  const reference = (of: string) => ({ name: key.name, key: key.key(of) });
  const { encryption } = store;
  new ObjectStore(scope, 'archive', {
    metadata: { name },
    spec: {
      retentionPolicy: retention,
      configuration: {
        destinationPath: `s3://${[store.bucket, ...(store.path === undefined ? [] : [store.path])].join('/')}`,
        endpointUrl: store.endpoint,
        s3Credentials: {
          accessKeyId: reference(KEYS.id),
          secretAccessKey: reference(KEYS.secret),
          ...(store.region !== undefined && { region: reference(KEYS.region) }),
        },
        wal: {
          compression: ObjectStoreSpecConfigurationWalCompression.GZIP,
          maxParallel: 2,
          ...(encryption && { encryption: encryption as ObjectStoreSpecConfigurationWalEncryption }),
        },
        data: {
          compression: ObjectStoreSpecConfigurationDataCompression.GZIP,
          jobs: 2,
          ...(encryption && { encryption: encryption as ObjectStoreSpecConfigurationDataEncryption }),
        },
      },
      instanceSidecarConfiguration: {
        resources: {
          requests: amounts(SIDECAR.requests, ObjectStoreSpecInstanceSidecarConfigurationResourcesRequests.fromString),
          limits: amounts(SIDECAR.limits, ObjectStoreSpecInstanceSidecarConfigurationResourcesLimits.fromString),
        },
      },
    },
  });
  return name;
}

/** Quantities in the classes that each imported type has of its own. */
export const amounts = <Q>(quantities: Readonly<Record<string, string>>, from: (text: string) => Q) =>
  Object.fromEntries(Object.entries(quantities).map(([name, amount]) => [name, from(amount)]));
