/** What a run is given. */
import type { CertManagerParts } from '../cluster/build/cert-manager';
import type { Parts } from '../cluster/build/parts';
import type { TraefikParts } from '../cluster/build/traefik';
import type { SignInSoftware, Software } from '../software/install';

export interface ExposedProps {
  readonly project: string;
  /** A folder that is removed afterwards. */
  readonly work: string;
  readonly parts: Parts;
  readonly software: Software;
  readonly signIn: SignInSoftware;
  readonly traefik: TraefikParts;
  readonly certManager: CertManagerParts;
  /** Whether the table of results is written. */
  readonly record: boolean;
  /** What is done once the platform is there. @default all */
  readonly only?: ExposedGroup;
}

/** What is asked of a platform that is reached from outside, in this order. */
export const EXPOSED_GROUPS = ['programs', 'people', 'pods', 'teams', 'load'] as const;
export type ExposedGroup = (typeof EXPOSED_GROUPS)[number];
