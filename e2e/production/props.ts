/** What a run is given. */
import type { DatabaseProps } from '../database/checks';

export interface ProductionProps extends DatabaseProps {
  /** Whether the table of results is written. */
  readonly record: boolean;
  /** How far it goes. @default to the end */
  readonly only?: ProductionGroup;
}

/** Each needs the ones before. */
export const PRODUCTION_GROUPS = ['nodes', 'platform'] as const;
export type ProductionGroup = (typeof PRODUCTION_GROUPS)[number];
