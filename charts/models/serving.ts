import type { Image } from '../lib/image';
import type { ModelProps } from './props';

/** What the models of one namespace have in common. */
export interface ServingProps {
  readonly namespace: string;
  /** Which of the cluster's operators the models are for. @default - the one without an ID */
  readonly controllerId?: string;
  /** Labels of the models' pods, by which policies and monitoring find all of them. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** The ServiceAccount of the models' pods. */
  readonly sharedAccount: string;
  readonly pullSecret?: string;
  /** An image with rclone, which fetches models. */
  readonly initializer: Image;
  /** The Secret with the rclone configuration for a place such as "s3://models/wine/1". */
  readonly secretOf: (uri: string) => string;
}

/** The ServiceAccount of a model's pods: one of its own where the model says something of it. */
export const accountOf = ({ name, serviceAccount }: ModelProps, serving: ServingProps): string =>
  serviceAccount ? `model-${name}` : serving.sharedAccount;
