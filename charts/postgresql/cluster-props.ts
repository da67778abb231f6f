/** What a cluster of CloudNativePG is given. */
import type { CertificateIssuer } from '../certificates/issuer';
import type { Resources } from '../lib/container';
import type { Image } from '../lib/image';
import type { Logging } from '../lib/logging';
import type { Storage } from '../lib/volumes';
import type { WorkloadSettings } from '../lib/workload-settings';
import type { Scraping } from '../monitoring/monitored';
import type { ArchiveStoreSettings } from './archive';

export interface CloudNativePgProps extends WorkloadSettings {
  readonly namespace: string;
  readonly image: Image;
  /** @default - images are pulled without a login */
  readonly pullSecret?: string;
  readonly instances: number;
  readonly synchronous: { readonly replicas: number; readonly durability: 'required' | 'preferred' };
  readonly storage: Storage;
  /** @default - the WAL is beside the data */
  readonly walStorage?: Storage;
  readonly resources: Resources;
  readonly maxConnections: number;
  /** Size of /dev/shm, which counts as memory of the container. */
  readonly sharedMemory: string;
  readonly spread: { readonly over: string; readonly required: boolean };
  readonly operatorNamespace: string;
  /** Ports of the API server, which instances ask who of them is the primary. */
  readonly apiServerPorts: readonly number[];
  readonly issuer: CertificateIssuer;
  readonly clusterDomain: string;
  /** @default - it logs as it does by itself */
  readonly logging?: Logging;
  /** @default - nothing scrapes the metrics */
  readonly monitoring?: Scraping;
  /** Where the archive is. @default - there is none */
  readonly store?: ArchiveStoreSettings;
  /** What goes into the archive. @default - nothing */
  readonly backup?: { readonly folder: string };
  /** How far back the archive goes, such as "30d". */
  readonly retention: string;
  /** Starts from the archive. @default - from an empty database */
  readonly recovery?: { readonly folder: string; readonly time?: string };
}
