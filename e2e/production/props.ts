/** What a run is given. */
import type { CertManagerParts } from '../cluster/build/cert-manager';
import type { DatabaseProps } from '../database/checks';

export interface ProductionProps extends DatabaseProps {
  readonly certManager: CertManagerParts;
  /** The folder of MLflow of another release. */
  readonly mlflow: string;
  /** Whether the table of results is written. */
  readonly record: boolean;
  /** How far it goes. @default to the end */
  readonly only?: ProductionGroup;
}

/** Each is done after the nodes and the platform, which all but "nodes" need. */
export const PRODUCTION_GROUPS = ['nodes', 'platform', 'faults', 'recovery'] as const;
export type ProductionGroup = (typeof PRODUCTION_GROUPS)[number];
