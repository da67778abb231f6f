/** What a run is given. */
import type { CloudNativePg, Parts } from '../cluster/build';
import type { DebianPostgresql, Software } from '../software/install';

export interface ProductionProps {
  readonly project: string;
  /** A folder that is removed afterwards. */
  readonly work: string;
  readonly parts: Parts;
  readonly software: Software;
  readonly operator: CloudNativePg;
  readonly plugin: CloudNativePg;
  /** The commands that the plugin calls. */
  readonly barman: string;
  readonly postgresql: DebianPostgresql;
  /** Whether the table of results is written. */
  readonly record: boolean;
  /** How far it goes. @default to the end */
  readonly only?: ProductionGroup;
}

/** Each needs the ones before. */
export const PRODUCTION_GROUPS = ['nodes', 'platform'] as const;
export type ProductionGroup = (typeof PRODUCTION_GROUPS)[number];
