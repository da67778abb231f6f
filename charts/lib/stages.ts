/**
 * The order in which dist/ is applied, one folder each. A stage needs nothing from those after it, and its
 * `ready` conditions hold before the next one starts.
 */
export const STAGES = [
  '10-setup',
  '20-operators',
  '30-data',
  '40-tracking',
  '45-training',
  '50-models',
  '55-batch',
  '60-apps',
] as const;

export type Stage = (typeof STAGES)[number];
