import type { Resources } from '../lib/container';
import type { Image } from '../lib/image';
import type { WorkloadSettings } from '../lib/workload-settings';
import type { Scraping } from '../monitoring/monitored';
import type { LogBucket } from '../object-store/bucket';

export interface RequestLogProps extends WorkloadSettings {
  readonly namespace: string;
  /** Has Python, boto3 and prometheus_client: MLflow's. */
  readonly image: Image;
  /** @default - images are pulled without a login */
  readonly pullSecret?: string;
  readonly bucket: LogBucket;
  /** Namespaces with models that log here. Each has receivers of its own, which take nothing of the others. */
  readonly sources: readonly LogSource[];
  readonly retention: {
    /** Days after which an event is deleted. */
    readonly days: number;
    /** A cron schedule of five fields. */
    readonly schedule: string;
    /** @default - annotated as that of the receivers is */
    readonly serviceAccount?: WorkloadSettings['serviceAccount'];
  };
  /** When a receiver puts an object. */
  readonly flush: {
    readonly seconds: number;
    /** Bytes, such as "8Mi". */
    readonly size: string;
  };
  /** Disk for events that are not in the bucket yet, such as "512Mi". */
  readonly buffer: string;
  /** Of each source. @default 1 */
  readonly replicas?: number;
  readonly resources: Resources;
  /** @default - nothing scrapes the metrics */
  readonly monitoring?: Scraping;
}

export interface LogSource {
  /** The namespace of the models. */
  readonly namespace: string;
  /** Whose they are. @default - the platform's own */
  readonly team?: string;
}
