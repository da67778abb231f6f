/** MLflow's own names of what it can be told by default. */
export const DEFAULT_PERMISSIONS = ['NO_PERMISSIONS', 'READ', 'EDIT', 'MANAGE'] as const;

/** What an environment has where it says nothing: teams do not see what others have made. */
export const defaultPermissionFor = (teams: readonly unknown[]): (typeof DEFAULT_PERMISSIONS)[number] =>
  teams.length > 0 ? 'NO_PERMISSIONS' : 'READ';
