/** What the containers of a node get where a file does not say, and what a file may leave open. */
import type { DISK } from '../../lib/disk';

/** A model server loads the model into each replica's memory; the defaults fit the small models of the guide. */
export const SERVER_RESOURCES = {
  cpu: ['100m', '1'],
  memory: ['384Mi', '1Gi'],
  scratch: ['256Mi', '2Gi'],
} as const;

/** What fetches the files of a node before its server starts. */
export const FETCHING_RESOURCES = {
  cpu: ['50m', '1'],
  memory: ['64Mi', '512Mi'],
  scratch: ['64Mi', '2Gi'],
} as const;

/** Amounts as a file has them: where it says nothing of the disk, that stays open. */
interface Amounts {
  readonly cpu: string;
  readonly memory: string;
  readonly [DISK]?: string;
}

/** What a file says of requests and limits. */
export interface OpenResources {
  readonly requests: Amounts;
  readonly limits: Amounts;
}
