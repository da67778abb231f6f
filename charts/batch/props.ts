import type { Resources } from '../lib/container';
import type { Image } from '../lib/image';
import type { k8s } from '../lib/k8s';
import type { WorkloadSettings } from '../lib/workload-settings';
import type { ModelEndpoint } from '../models/endpoint';
import type { BucketAccess } from '../object-store/bucket';

export interface BatchProps extends WorkloadSettings {
  readonly namespace: string;
  /** Name of the model. */
  readonly model: string;
  readonly endpoint: ModelEndpoint;
  /** Which version of the model answers, such as "3"; each answer is marked with it. */
  readonly version: string;
  /** Has rclone: copies objects. */
  readonly copier: Image;
  /** Has Python and seldon-batch-processor. */
  readonly processor: Image;
  /** @default - images are pulled without a login */
  readonly pullSecret?: string;
  /** Where the rows are and the answers go; needs to be read-write. */
  readonly store: BucketAccess;
  /** The volume with the authority of the store. @default - a public authority, or no TLS */
  readonly storeAuthority?: k8s.Volume;
  /** Ports of the API server, which Argo's own containers report to. */
  readonly apiServerPorts: readonly number[];
  readonly engine: 'kubernetes' | 'argo';
  /** An object or a prefix, such as "s3://models/in/". */
  readonly input: string;
  /** A prefix. */
  readonly output: string;
  /** @default - once */
  readonly schedule?: string;
  /** @default - the controller's */
  readonly timeZone?: string;
  readonly concurrencyPolicy: string;
  readonly workers: number;
  /** Tries of a request, the first one included. */
  readonly retries: number;
  /** Seconds. */
  readonly retryDelay: number;
  /** Seconds that an answer may take. */
  readonly timeout: number;
  readonly batchSize: number;
  readonly dataType: string;
  readonly payloadType: string;
  readonly method: 'predict' | 'feedback';
  /** Percent of the rows of an object; with more nothing is written. */
  readonly maxFailedPercent: number;
  readonly backoffLimit: number;
  /** Seconds for each attempt. */
  readonly deadline: number;
  /** Of what predicts. */
  readonly resources: Resources & { readonly limits: { readonly 'ephemeral-storage': string } };
}
