/** Alerts about what there is of the data when a volume is lost: copies that are too old, not good, or that nobody makes. */
import type { Alert } from './alert';

/** A CronJob, and for how many hours it may be without a success. */
export interface CopyJob {
  readonly namespace: string;
  readonly cronJob: string;
  readonly maxAge: number;
}

/** What copies the data of an environment. */
export interface Copies {
  /** CronJobs that make copies. */
  readonly cronJobs: readonly CopyJob[];
  /** The CronJob that restores the newest dump to see that it is good. @default - nobody does */
  readonly restoreTest?: CopyJob;
  /** The cluster of PostgreSQL whose base backups and WAL go into an archive. @default - there is none */
  readonly archived?: { readonly namespace: string; readonly job: string; readonly maxAge: number };
}

export const backupAlerts = ({ cronJobs, restoreTest, archived }: Copies): Alert[] => [
  ...cronJobs.map(copyTooOld),
  ...(restoreTest ? [restoreTestFails(restoreTest)] : []),
  ...(archived ? archiveAlerts(archived) : []),
];

const NAME = 'BackupTooOld';
const HOUR = 3600;

const copyTooOld = (copy: CopyJob): Alert => ({
  ...withoutSuccess(copy),
  name: NAME,
  severity: 'critical',
  for: '5m',
  summary: `The newest copy by ${copy.cronJob} in ${copy.namespace} is {{ $value | humanizeDuration }} old`,
});

const restoreTestFails = (test: CopyJob): Alert => ({
  ...withoutSuccess(test),
  name: 'RestoreTestFails',
  severity: 'critical',
  for: '5m',
  summary: `For {{ $value | humanizeDuration }} no dump has passed ${test.cronJob} in ${test.namespace}`,
});

/** One that never succeeded has no time of success; then the age of its CronJob counts. */
function withoutSuccess({ namespace, cronJob, maxAge }: CopyJob): Pick<Alert, 'expr' | 'labels'> {
  const of = `{namespace="${namespace}",cronjob="${cronJob}"}`;
  const newest = `kube_cronjob_status_last_successful_time${of}`;
  const by = 'by (namespace, cronjob)';
  return {
    expr: `time() - (max ${by} (${newest}) or max ${by} (kube_cronjob_created${of})) > ${maxAge * HOUR}`,
    labels: { namespace, cronjob: cronJob },
  };
}

/** The time of the newest good base backup, as the plugin says it; 0 where there is none. */
export const LAST_BACKUP = 'barman_cloud_cloudnative_pg_io_last_available_backup_timestamp';

/** Every instance tells of the whole archive. */
function archiveAlerts({ namespace, job, maxAge }: NonNullable<Copies['archived']>): Alert[] {
  const of = `{namespace="${namespace}",job="${job}"}`;
  const by = 'by (namespace, job)';
  return [
    {
      name: NAME,
      severity: 'critical',
      expr: `time() - max ${by} (${LAST_BACKUP}${of} > 0) > ${maxAge * HOUR}`,
      for: '5m',
      summary:
        'The newest base backup of {{ $labels.job }} in {{ $labels.namespace }} is {{ $value | humanizeDuration }} old',
    },
    {
      name: 'BackupMissing',
      severity: 'critical',
      // A plugin that does not answer has no series at all.
      expr: `max ${by} (${LAST_BACKUP}${of}) == 0 or absent(${LAST_BACKUP}${of})`,
      // The first backup is made with the cluster, and takes as long as its data is large; the plugin may tell of it half an hour
      // later, when it next counts what is in the archive.
      for: '2h',
      summary: 'No base backup of {{ $labels.job }} in {{ $labels.namespace }} is known',
    },
    {
      name: 'ArchiveFails',
      severity: 'critical',
      // The primary alone archives; PostgreSQL tries a segment again and again.
      expr: `max ${by} (cnpg_pg_stat_archiver_last_failed_time${of} - cnpg_pg_stat_archiver_last_archived_time${of}) > 0`,
      for: '15m',
      summary: 'The WAL of {{ $labels.job }} in {{ $labels.namespace }} does not get into the archive',
    },
  ];
}
