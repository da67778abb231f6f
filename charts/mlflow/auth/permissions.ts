/** MLflow's own names of what it can be told by default. */
export const DEFAULT_PERMISSIONS = ['NO_PERMISSIONS', 'READ', 'EDIT', 'MANAGE'] as const;
