/** What SeaweedFS takes. */
import type { CertificateIssuer } from '../../certificates/issuer';
import type { Resources } from '../../lib/container';
import type { Image } from '../../lib/image';
import type { Storage } from '../../lib/volumes';
import type { WorkloadSettings } from '../../lib/workload-settings';
import type { Scraping } from '../../monitoring/monitored';
import type { UsersProps } from '../users';

/** A server with a volume. */
export interface Stored {
  readonly resources: Resources;
  readonly storage: Storage;
}

export interface SeaweedfsProps extends WorkloadSettings, UsersProps, Stored {
  readonly namespace: string;
  readonly image: Image;
  /** Of etcd. */
  readonly metadataImage: Image;
  /** @default - images are pulled without a login */
  readonly pullSecret?: string;
  /** Servers that hold objects; more than `copies`. */
  readonly servers: number;
  /** Servers that have each object. */
  readonly copies: number;
  readonly gateways: { readonly replicas: number; readonly resources: Resources };
  readonly masters: Stored;
  readonly metadata: Stored;
  /** Whether the bucket of models keeps old versions; that of backups always does. */
  readonly versioned: boolean;
  /** Signs the certificate of the gateways. @default - they speak no TLS */
  readonly issuer?: CertificateIssuer;
  readonly clusterDomain: string;
  /** @default - nothing scrapes the metrics */
  readonly monitoring?: Scraping;
}
