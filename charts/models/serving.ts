import type { Collector } from '../lib/collector';
import type { Variables } from '../lib/container';
import type { Image, PullPolicy } from '../lib/image';
import type { k8s } from '../lib/k8s';
import type { Logging } from '../lib/logging';
import type { Scraping } from '../monitoring/monitored';

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
  /** When the images of servers are pulled. @default - IfNotPresent */
  readonly pullPolicy?: PullPolicy;
  /** An image with rclone, which fetches models. */
  readonly initializer: Image;
  /** The Secret with the rclone configuration for a place such as "s3://models/wine/1". */
  readonly secretOf: (uri: string) => string;
  /** What else rclone has to be told for files at a place. @default - nothing */
  readonly variablesOf?: (uri: string) => Variables;
  /** The volume with the authority of the server that has a place. @default - a public authority */
  readonly authorityOf?: (uri: string) => k8s.Volume | undefined;
  /** @default - servers and executors log as they do by themselves */
  readonly logging?: Logging;
  /** Where spans of models that are traced go. @default - nowhere */
  readonly collector?: Collector;
  /** Where loggers without an address post. @default - where the operator says, which is a broker of Knative */
  readonly requestLog?: string;
  /** Who scrapes the models. @default - nobody */
  readonly monitoring?: Scraping;
}

/** The ServiceAccount of a model's pods: one of its own where the model says something of it. */
export const accountOf = (
  { name, serviceAccount }: { readonly name: string; readonly serviceAccount?: object },
  { sharedAccount }: ServingProps,
): string => (serviceAccount ? `model-${name}` : sharedAccount);
