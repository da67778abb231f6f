/** What `monitoring` says wherever Prometheus is from. */
import { count, flag, matching } from '../../config/fields';

export const STACK =
  'Whose Prometheus it is: one that the cluster has (external), or one of the platform, with an Alertmanager and a Grafana (embedded)';

export const commonFields = {
  enabled: flag(false).describe('Has Prometheus scrape the components and the models'),
  runbooks: matching(/^\S+$/, 1024, 'an address', 'https://docs.example.com/runbooks')
    .default('docs/runbooks.md')
    .describe('The address of the page with the runbooks, which alerts lead to'),
  backupAge: count(1, 8784, 26)
    .default(26)
    .describe('Hours after which the newest copy of the database counts as too old'),
} as const;

/** @param who puts them there */
export const folder = (who: string) =>
  matching(
    /^[A-Za-z0-9]([A-Za-z0-9 ._-]*[A-Za-z0-9])?$/,
    100,
    'the name of a folder: at most 100 letters, digits, spaces, "-", "_" or ".", starting and ending with a letter or digit',
    'ML platform',
  )
    .default('ML platform')
    .describe(`Folder in Grafana${who}`);
