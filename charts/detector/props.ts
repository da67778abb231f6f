import type { Resources, Variables } from '../lib/container';
import type { Pods } from '../lib/endpoint';
import type { Image } from '../lib/image';
import type { k8s } from '../lib/k8s';
import type { Logging } from '../lib/logging';
import type { WorkloadSettings } from '../lib/workload-settings';
import type { EgressProps } from '../models/egress';
import type { Protocol } from '../models/protocol';
import type { Scraping } from '../monitoring/monitored';
import type { BucketAccess } from '../object-store/bucket';

export interface DetectorProps extends WorkloadSettings {
  readonly namespace: string;
  /** Name of the model. */
  readonly model: string;
  readonly protocol: Protocol;
  /** The pods whose executor posts what it logs. */
  readonly callers: Pods;
  /** Of the v2 protocol that of MLServer with scikit-learn, otherwise Alibi Detect's. */
  readonly image: Image;
  /** Has rclone: fetches what it compares with. */
  readonly initializer: Image;
  /** @default - images are pulled without a login */
  readonly pullSecret?: string;
  /** Where the detector is fetched from: the object store, or a port of any address. */
  readonly store: BucketAccess | number;
  /** The Secret in this namespace with the rclone configuration for that place. */
  readonly storeSecret: string;
  /** What else rclone has to be told for that place. @default - nothing */
  readonly storeVariables?: Variables;
  /** The volume with the authority of that place. @default - a public authority, or no TLS */
  readonly storeAuthority?: k8s.Volume;
  readonly kind: 'outlier' | 'drift' | 'adversarial';
  readonly uri: string;
  /**
   * Rows that drift is looked for in; only for drift.
   * @default - none
   */
  readonly batchSize?: number;
  /** Percent of what is like the reference that is reported all the same; only of the v2 protocol. @default 1 */
  readonly falseAlarms?: number;
  /** @default - its verdicts are its log and its metrics */
  readonly replyUrl?: string;
  /** Whom it may call beside these. @default - nobody */
  readonly egress?: EgressProps;
  /** @default - it logs as it does by itself */
  readonly logging?: Logging;
  /** @default - no PodMonitor, and Prometheus does not reach it */
  readonly monitoring?: Scraping;
  readonly resources: Resources;
}
