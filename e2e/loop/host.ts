/** What all pods of the loop run on. */
import type { StandIn } from '../software/stand-ins';
import type { Manifests, PodTemplate } from './manifests';

/** The control group below which all containers are. */
export const CGROUP = 'ml-loop';

export interface Host {
  /** A folder that is gone after the run: volumes, root filesystems, logs. */
  readonly work: string;
  /** The folder of the installed software, which every container has at SOFTWARE. */
  readonly software: string;
  readonly manifests: Manifests;
  readonly images: ReadonlyMap<string, StandIn>;
  /** The address of a pod. */
  address(pod: PodTemplate): string;
  /** What the account of a pod logs in to the API server with. @default - there is no API server */
  token?(pod: PodTemplate): string;
  /** The file of a pod's own network. @default - it shares that of all others */
  network?(pod: PodTemplate): string | undefined;
}
