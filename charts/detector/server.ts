/** What the servers of detectors have in common. */
import type { Construct } from 'constructs';
import type { ContainerProps } from '../lib/container';
import type { NamedPort } from '../lib/service';
import { scratchVolume } from '../lib/volumes';
import type { DetectorProps } from './props';

export interface DetectorServer {
  readonly uid: number;
  /** The path that the executor posts to. */
  readonly path: string;
  /** Where Prometheus asks. */
  readonly metrics: { readonly port: NamedPort; readonly path: string };
  /** What its pods depend on beside what their template says. @default - nothing */
  readonly script?: string;
  readonly container: (scope: Construct, props: DetectorProps) => ContainerProps;
}

export const HTTP: NamedPort = { name: 'http', containerPort: 8080 };
/** Where the files of the detector are put. */
export const FILES_PATH = '/mnt/models';
export const FILES = scratchVolume('detector');

/** How long a detector may take to load. One question waits for it, and the next goes on waiting. */
export const TEN_MINUTES = { periodSeconds: 5, timeoutSeconds: 60, failureThreshold: 120 };

/** What its verdicts say of where they come from. */
export const eventSource = ({ model }: DetectorProps) => `io.seldon.serving.${model}`;
