import type { Resources } from '../lib/container';
import type { Endpoint } from '../lib/endpoint';
import type { Image } from '../lib/image';
import type { k8s } from '../lib/k8s';
import type { WorkloadSettings } from '../lib/workload-settings';
import type { TrackingUser } from '../mlflow/auth/auth';
import type { BucketAccess } from '../object-store/bucket';

export interface QualityProps extends WorkloadSettings {
  readonly namespace: string;
  /** Name of the model. */
  readonly model: string;
  /** Has rclone: fetches predictions and truth. */
  readonly copier: Image;
  /** Has Python, MLflow and scikit-learn. */
  readonly image: Image;
  /** @default - images are pulled without a login */
  readonly pullSecret?: string;
  /** Where predictions and truth are; read-only is enough. */
  readonly store: BucketAccess;
  /** The Secret in this namespace with the rclone configuration of the store. */
  readonly storeSecret: string;
  /** The volume with the authority of the store. @default - a public authority, or no TLS */
  readonly storeAuthority?: k8s.Volume;
  /** Where reports are logged. */
  readonly tracking: Endpoint;
  /** What the path of every address of the tracking server starts with; often empty. */
  readonly trackingPath: string;
  /** Whom it signs in to the tracking server as. @default - the server has no users */
  readonly user?: TrackingUser;
  /** A cron schedule of five fields. */
  readonly schedule: string;
  /** @default - the controller's */
  readonly timeZone?: string;
  /** An object or a prefix, such as "s3://models/out/". */
  readonly predictions: string;
  /** An object or a prefix. */
  readonly truth: string;
  /** The column of truth with the id of the request. */
  readonly key: string;
  /** The column of truth with the value. */
  readonly target: string;
  readonly kind: 'regression' | 'classification';
  /** How old predictions may be. */
  readonly days: number;
  /** @default - that of the model's name and "-quality" */
  readonly experiment?: string;
  /** Of the report. */
  readonly resources: Resources;
}
