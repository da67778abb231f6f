/**
 * The order in which dist/ is applied, a folder each. A stage needs nothing from the stages after it, and everything of a
 * stage must run before the next one is applied.
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
