/** When each alert is there, and when it is not: series as promtool takes them, one value a minute. */

/** Environments of examples/ whose rules are tested. */
export type Example = 'everything' | 'replicated';

export interface Case {
  readonly alert: string;
  /** Whose rules. @default 'everything' */
  readonly of?: Example;
  readonly what: string;
  /** Series by their values in promtool's notation, such as "0x10" for eleven times 0. */
  readonly series: Readonly<Record<string, string>>;
  /** When it is looked at, such as "10m". */
  readonly at: string;
  /** The labels that tell which alert it is; none where it must not be there. */
  readonly fires: readonly Readonly<Record<string, string>>[];
}

/** Names of the example that the rules are rendered from. */
const DATABASE = 'namespace="postgres",job="postgresql"';
const STORE = 'namespace="minio-system",job="minio"';
const TRACKING = 'namespace="mlflow",job="mlflow"';
const MODEL = 'namespace="ml-models",job="models",model="wine",predictor="default",pod="p"';
const EXECUTOR = `${MODEL},service="predictions"`;
const count = (code: string) => `seldon_api_executor_server_requests_seconds_count{${EXECUTOR},code="${code}"}`;
const grpc = (code: string) =>
  `seldon_api_executor_server_requests_seconds_count{${MODEL},service="/inference.GRPCInferenceService/ModelInfer",code="${code}"}`;
const mlserver = (code: string) =>
  `rest_server_request_duration_seconds_count{${MODEL},path="/v2/models/{model_name}/infer",code="${code}"}`;
const bucket = (le: string) => `seldon_api_executor_server_requests_seconds_bucket{${EXECUTOR},code="200",le="${le}"}`;
const CLAIM = 'namespace="postgres",persistentvolumeclaim="data-postgresql-0"';
const CRON = '{namespace="postgres",cronjob="postgresql-backup"}';
const OF_JOB = 'namespace="postgres",job_name="postgresql-backup-29"';
const FAILED_JOB = `kube_job_failed{${OF_JOB},condition="true"}`;
const JOB_BEGUN = `kube_job_status_start_time{${OF_JOB}}`;
const JOB_OWNER = `kube_job_owner{${OF_JOB},owner_kind="CronJob",owner_name="postgresql-backup"}`;
/** A Job of a CronJob, by when it began and when the CronJob last succeeded. */
const failedJob = (begun: string, succeeded: string) => ({
  [FAILED_JOB]: '1x10',
  [JOB_BEGUN]: `${begun}x10`,
  [JOB_OWNER]: '1x10',
  [`kube_cronjob_status_last_successful_time${CRON}`]: `${succeeded}x10`,
});
const TEST = '{namespace="postgres",cronjob="postgresql-restore-test"}';
const ARCHIVE = '{namespace="postgres",job="postgres",pod="postgres-1"}';
const archived = (name: string) => `cnpg_pg_stat_archiver_${name}${ARCHIVE}`;
const BASE_BACKUP = `barman_cloud_cloudnative_pg_io_last_available_backup_timestamp${ARCHIVE}`;
const FOLLOWING = 'cnpg_pg_replication_streaming_replicas';
/** Series of one name, of as many pods as there are values. */
const ofPods = (name: string, labels: string, values: readonly string[]): Case['series'] =>
  Object.fromEntries(values.map((value, index) => [`${name}{${labels},pod="p-${index}"}`, value]));
const mlflowPods = (...values: string[]) => ofPods('up', TRACKING, values);
const databasePods = (name: string, ...values: string[]) => ofPods(name, 'namespace="postgres",job="postgres"', values);

const RECEIVER = 'namespace="request-log",job="request-log",pod="p"';
const DEPLOYMENT = 'namespace="ml-models",deployment="wine-default-0-classifier"';

const modelPods = (available: string, wanted: string): Case['series'] => ({
  [`kube_deployment_status_replicas_available{${DEPLOYMENT}}`]: available,
  [`kube_deployment_spec_replicas{${DEPLOYMENT}}`]: wanted,
});

const pair = (
  alert: string,
  at: string,
  fires: Case['fires'][number],
  bad: readonly [what: string, series: Case['series']],
  ...good: readonly (readonly [what: string, series: Case['series']])[]
): Case[] => [
  { alert, at, what: bad[0], series: bad[1], fires: [fires] },
  ...good.map(([what, series]): Case => ({ alert, at, what, series, fires: [] })),
];

/** The same, with the rules of a database that CloudNativePG runs. */
const replicated = (...args: Parameters<typeof pair>): Case[] =>
  pair(...args).map((each) => ({ ...each, of: 'replicated' }));

const volume = (free: string) => ({
  [`kubelet_volume_stats_available_bytes{${CLAIM}}`]: free,
  [`kubelet_volume_stats_capacity_bytes{${CLAIM}}`]: '100x600',
});

const expiry = (labels: string) => `certmanager_certificate_expiration_timestamp_seconds{${labels}}`;

const SENSOR = 'namespace="ml-models",job="sensor-detector"';
/** A detector that has judged ten rows each minute. */
const outliers = (found: string, allowed: string) => ({
  [`detector_rows_total{${SENSOR}}`]: '0+10x120',
  [`detector_outliers_total{${SENSOR}}`]: found,
  [`detector_false_alarms{${SENSOR}}`]: `${allowed}x120`,
});
const judged = (code: string) => `rest_server_request_duration_seconds_count{${SENSOR},status_code="${code}"}`;

export const CASES: readonly Case[] = [
  ...pair(
    'ComponentDown',
    '6m',
    { severity: 'critical', job: 'postgresql', namespace: 'postgres' },
    ['PostgreSQL is down, its exporter is not', { [`pg_up{${DATABASE}}`]: '0x10', [`up{${DATABASE}}`]: '1x10' }],
    ['it runs', { [`pg_up{${DATABASE}}`]: '1x10' }],
    ['it restarts within minutes', { [`pg_up{${DATABASE}}`]: '1 1 0 0 1x10' }],
  ),
  ...pair(
    'InstancesMissing',
    '16m',
    { severity: 'warning', namespace: 'mlflow', job: 'mlflow' },
    ['of three pods one has no address', mlflowPods('1x20', '1x20')],
    ['all are up', mlflowPods('1x20', '1x20', '1x20')],
    ['none has been up', mlflowPods('0x20')],
  ),
  ...pair(
    'InstancesMissing',
    '33m',
    { severity: 'warning', namespace: 'mlflow', job: 'mlflow' },
    ['a pod has gone with its node', mlflowPods('1x40', '1x40', '1x5 _x35')],
    ['it is replaced by one of another name', mlflowPods('1x40', '1x40', '1x5 _x35', '_x10 1x30')],
    [
      'all are restarted, one after the other, for longer than it waits',
      mlflowPods('1x10 0x7 1x20', '1x18 0x7 1x12', '1x26 0x7 1x4'),
    ],
  ),
  ...replicated(
    'InstancesMissing',
    '16m',
    { severity: 'warning', namespace: 'postgres', job: 'postgres' },
    ['two of three instances of PostgreSQL answer', databasePods('up', '1x20', '1x20')],
    ['all do', databasePods('up', '1x20', '1x20', '1x20')],
  ),
  ...replicated(
    'DatabaseStandbys',
    '16m',
    { severity: 'warning', namespace: 'postgres', job: 'postgres' },
    ['one of two follows the primary', databasePods(FOLLOWING, '1x20', '0x20')],
    ['both do', databasePods(FOLLOWING, '2x20', '0x20', '0x20')],
    ['another instance becomes the primary', databasePods(FOLLOWING, '2x5 0x15', '0x5 1x2 2x13', '0x20')],
  ),
  {
    alert: 'DatabaseStandbys',
    of: 'replicated',
    what: 'instances answer, and do not say it',
    at: '16m',
    series: databasePods('up', '1x20', '1x20', '1x20'),
    fires: [{ severity: 'warning', namespace: 'postgres', job: 'postgres' }],
  },
  ...replicated(
    'DatabaseWritesWait',
    '6m',
    { severity: 'critical', namespace: 'postgres', job: 'postgres' },
    ['no standby follows, and writes wait for one', databasePods(FOLLOWING, '0x20')],
    ['one of two follows', databasePods(FOLLOWING, '1x20', '0x20')],
    ['nobody says', databasePods('up', '1x20')],
  ),
  ...pair(
    'InstanceDown',
    '16m',
    { severity: 'warning', namespace: 'ml-models', job: 'models', pod: 'p' },
    ['a pod cannot be scraped', { 'up{namespace="ml-models",job="models",pod="p"}': '0x20' }],
    ['it can', { 'up{namespace="ml-models",job="models",pod="p"}': '1x20' }],
    ['it is not of the platform', { 'up{namespace="other",job="models",pod="p"}': '0x20' }],
  ),
  ...pair(
    'VolumeFilling',
    '480m',
    { severity: 'warning', namespace: 'postgres', persistentvolumeclaim: 'data-postgresql-0' },
    ['a volume loses 2% an hour', volume('39-0.0333x600')],
    ['it stays as full as it is', volume('39x600')],
    ['it loses as much and is nearly empty', volume('95-0.0333x600')],
  ),
  ...pair(
    'VolumeFull',
    '10m',
    { severity: 'critical', namespace: 'postgres', persistentvolumeclaim: 'data-postgresql-0' },
    ['3% are left', volume('3x20')],
    ['6% are left', volume('6x20')],
  ),
  ...pair(
    'DatabaseConnections',
    '15m',
    { severity: 'warning', namespace: 'postgres', job: 'postgresql' },
    [
      'two databases use 90 of 100',
      {
        [`pg_stat_database_numbackends{${DATABASE},datname="a"}`]: '80x20',
        [`pg_stat_database_numbackends{${DATABASE},datname="b"}`]: '10x20',
        [`pg_settings_max_connections{${DATABASE}}`]: '100x20',
      },
    ],
    [
      'they use 80',
      {
        [`pg_stat_database_numbackends{${DATABASE},datname="a"}`]: '80x20',
        [`pg_settings_max_connections{${DATABASE}}`]: '100x20',
      },
    ],
  ),
  ...pair(
    'ObjectStoreErrors',
    '15m',
    { severity: 'critical', namespace: 'minio-system' },
    [
      'a tenth of the requests fails',
      {
        [`minio_s3_requests_total{${STORE}}`]: '0+600x20',
        [`minio_s3_requests_5xx_errors_total{${STORE}}`]: '0+60x20',
      },
    ],
    [
      'a hundredth fails',
      { [`minio_s3_requests_total{${STORE}}`]: '0+600x20', [`minio_s3_requests_5xx_errors_total{${STORE}}`]: '0+6x20' },
    ],
    [
      'one of two requests in ten minutes fails',
      {
        [`minio_s3_requests_total{${STORE}}`]: '0+0.2x20',
        [`minio_s3_requests_5xx_errors_total{${STORE}}`]: '0+0.1x20',
      },
    ],
  ),
  ...pair(
    'ObjectStoreDrives',
    '15m',
    { severity: 'warning', namespace: 'minio-system' },
    ['a drive is away', { [`minio_cluster_drive_offline_total{${STORE}}`]: '1x20' }],
    ['all are there', { [`minio_cluster_drive_offline_total{${STORE}}`]: '0x20' }],
  ),
  ...pair(
    'TrackingServerErrors',
    '15m',
    { severity: 'critical', namespace: 'mlflow' },
    [
      'a tenth of the answers is 500',
      {
        [`mlflow_http_request_total{${TRACKING},status="200"}`]: '0+540x20',
        [`mlflow_http_request_total{${TRACKING},status="500"}`]: '0+60x20',
      },
    ],
    [
      'clients ask for what there is not',
      {
        [`mlflow_http_request_total{${TRACKING},status="200"}`]: '0+540x20',
        [`mlflow_http_request_total{${TRACKING},status="404"}`]: '0+60x20',
      },
    ],
  ),
  ...pair(
    'OperatorErrors',
    '45m',
    { severity: 'warning', namespace: 'seldon-system', controller: 'seldon' },
    [
      'it fails again and again',
      {
        'controller_runtime_reconcile_errors_total{namespace="seldon-system",job="seldon-core-operator",controller="seldon"}':
          '0+1x60',
      },
    ],
    [
      'it failed once',
      {
        'controller_runtime_reconcile_errors_total{namespace="seldon-system",job="seldon-core-operator",controller="seldon"}':
          '0 1x60',
      },
    ],
  ),
  ...pair(
    'JobFailed',
    '5m',
    { severity: 'warning', namespace: 'minio-system', job_name: 'minio-setup-1', condition: 'true' },
    [
      'a Job has failed',
      { 'kube_job_failed{namespace="minio-system",job_name="minio-setup-1",condition="true"}': '1x10' },
    ],
    ['it has not', { 'kube_job_failed{namespace="minio-system",job_name="minio-setup-1",condition="true"}': '0x10' }],
  ),
  ...pair(
    'JobFailed',
    '5m',
    { severity: 'warning', namespace: 'postgres', job_name: 'postgresql-backup-29', condition: 'true' },
    ['a Job of a CronJob has failed after its last success', failedJob('1000', '900')],
    ['a later one has succeeded', failedJob('1000', '2000')],
    ['it has not failed', { ...failedJob('1000', '900'), [FAILED_JOB]: '0x10' }],
  ),
  {
    alert: 'JobFailed',
    what: 'the CronJob has never succeeded',
    at: '5m',
    series: { [FAILED_JOB]: '1x10', [JOB_BEGUN]: '1000x10', [JOB_OWNER]: '1x10' },
    fires: [{ severity: 'warning', namespace: 'postgres', job_name: 'postgresql-backup-29', condition: 'true' }],
  },
  ...pair(
    'BackupTooOld',
    '3030m',
    { severity: 'critical', namespace: 'postgres', cronjob: 'postgresql-backup' },
    ['the last success is more than 50 hours ago', { [`kube_cronjob_status_last_successful_time${CRON}`]: '0x3100' }],
    ['it was an hour ago', { [`kube_cronjob_status_last_successful_time${CRON}`]: '177000x3100' }],
    ['the CronJob is new', { [`kube_cronjob_created${CRON}`]: '170000x3100' }],
  ),
  {
    alert: 'BackupTooOld',
    what: 'no run has ever succeeded',
    at: '3030m',
    series: { [`kube_cronjob_created${CRON}`]: '0x3100' },
    fires: [{ severity: 'critical', namespace: 'postgres', cronjob: 'postgresql-backup' }],
  },
  ...pair(
    'RestoreTestFails',
    // Two weeks, and more than it waits.
    '20190m',
    { severity: 'critical', namespace: 'postgres', cronjob: 'postgresql-restore-test' },
    ['no test has succeeded since', { [`kube_cronjob_status_last_successful_time${TEST}`]: '0x20200' }],
    ['the one of last week has', { [`kube_cronjob_status_last_successful_time${TEST}`]: '605000x20200' }],
    ['the CronJob is of last week', { [`kube_cronjob_created${TEST}`]: '605000x20200' }],
  ),
  ...replicated(
    'BackupTooOld',
    '1600m',
    { severity: 'critical', namespace: 'postgres', job: 'postgres' },
    ['the newest base backup is 26 hours old', { [BASE_BACKUP]: '300x1700' }],
    ['it is an hour old', { [BASE_BACKUP]: '90000x1700' }],
    [
      'of two instances one knows of a newer one',
      { [BASE_BACKUP]: '300x1700', [BASE_BACKUP.replace('postgres-1', 'postgres-2')]: '90000x1700' },
    ],
    // BackupMissing tells of that.
    ['there is none yet', { [BASE_BACKUP]: '0x1700' }],
  ),
  ...replicated(
    'BackupMissing',
    '130m',
    { severity: 'critical', namespace: 'postgres', job: 'postgres' },
    ['there was never one', { [BASE_BACKUP]: '0x200' }],
    ['the first one was made within the hour', { [BASE_BACKUP]: '0x60 3600x140' }],
  ),
  {
    alert: 'BackupMissing',
    of: 'replicated',
    what: 'the plugin does not answer',
    at: '130m',
    series: { [archived('last_archived_time')]: '0x200' },
    fires: [{ severity: 'critical', namespace: 'postgres', job: 'postgres' }],
  },
  ...replicated(
    'ArchiveFails',
    '20m',
    { severity: 'critical', namespace: 'postgres', job: 'postgres' },
    [
      'the last attempt failed, after the last success',
      { [archived('last_failed_time')]: '60+60x30', [archived('last_archived_time')]: '0x30' },
    ],
    ['a success came after it', { [archived('last_failed_time')]: '60x30', [archived('last_archived_time')]: '70x30' }],
    ['nothing ever failed', { [archived('last_failed_time')]: '-1x30', [archived('last_archived_time')]: '60x30' }],
  ),
  ...pair(
    'CertificateExpires',
    '90m',
    { severity: 'critical', namespace: 'seldon-system', name: 'seldon' },
    [
      'six days are left',
      { 'certmanager_certificate_expiration_timestamp_seconds{namespace="seldon-system",name="seldon"}': '520000x100' },
    ],
    [
      'thirty days are left',
      {
        'certmanager_certificate_expiration_timestamp_seconds{namespace="seldon-system",name="seldon"}': '2600000x100',
      },
    ],
  ),
  ...pair('CertificateExpires', '90m', { severity: 'critical', namespace: 'gateways', name: 'mlflow-certificate' }, [
    'six days are left of a certificate of the Gateway',
    { [expiry('namespace="gateways",name="mlflow-certificate"')]: '520000x100' },
  ]),
  ...replicated(
    'CertificateExpires',
    '90m',
    {
      severity: 'critical',
      namespace: 'cert-manager',
      exported_namespace: 'cert-manager',
      name: 'ml-platform-authority',
    },
    [
      'six days are left of the authority, and the monitor of cert-manager does not honour labels',
      {
        [expiry('namespace="cert-manager",exported_namespace="cert-manager",name="ml-platform-authority"')]:
          '520000x100',
      },
    ],
    [
      'it is the certificate of somebody else',
      { [expiry('namespace="cert-manager",exported_namespace="shop",name="ml-platform-authority"')]: '520000x100' },
    ],
  ),
  ...pair(
    'ModelErrorBudget',
    '70m',
    { severity: 'critical', pace: 'fast', namespace: 'ml-models', model: 'wine' },
    ['a twentieth of the answers is 500', { [count('200')]: '0+95x80', [count('500')]: '0+5x80' }],
    ['callers send what is wrong', { [count('200')]: '0+95x80', [count('400')]: '0+5x80' }],
    ['all is well', { [count('200')]: '0+100x80' }],
    ['a model has no objective', { [count('500').replace('wine', 'other')]: '0+5x80' }],
  ),
  ...pair(
    'ModelErrorBudget',
    '70m',
    { severity: 'critical', pace: 'fast', namespace: 'ml-models', model: 'wine' },
    ['the executor answers by gRPC that it failed', { [grpc('OK')]: '0+95x80', [grpc('Internal')]: '0+5x80' }],
    ['it answers that the request was wrong', { [grpc('OK')]: '0+95x80', [grpc('InvalidArgument')]: '0+5x80' }],
  ),
  ...pair(
    'ModelErrorBudget',
    '70m',
    { severity: 'critical', pace: 'fast', namespace: 'ml-models', model: 'wine' },
    ['MLServer without an executor answers 500', { [mlserver('200')]: '0+95x80', [mlserver('500')]: '0+5x80' }],
    ['it answers', { [mlserver('200')]: '0+95x80' }],
  ),
  ...pair(
    'ModelLatencyBudget',
    '70m',
    { severity: 'critical', pace: 'fast', namespace: 'ml-models', model: 'wine' },
    [
      'all but a tenth take longer than 500 ms',
      { [count('200')]: '0+100x80', [bucket('0.5')]: '0+10x80', [bucket('1.0')]: '0+100x80' },
    ],
    ['all are in time', { [count('200')]: '0+100x80', [bucket('0.5')]: '0+100x80', [bucket('0.25')]: '0+1x80' }],
  ),
  ...pair(
    'ModelUnavailable',
    '15m',
    { severity: 'critical', namespace: 'ml-models', deployment: 'wine-default-0-classifier' },
    [
      'no pod is ready',
      {
        [`kube_deployment_status_replicas_available{${DEPLOYMENT}}`]: '0x20',
        [`kube_deployment_spec_replicas{${DEPLOYMENT}}`]: '1x20',
      },
    ],
    [
      'it is scaled to none',
      {
        [`kube_deployment_status_replicas_available{${DEPLOYMENT}}`]: '0x20',
        [`kube_deployment_spec_replicas{${DEPLOYMENT}}`]: '0x20',
      },
    ],
  ),
  ...pair(
    'ModelInstancesMissing',
    '25m',
    { severity: 'warning', namespace: 'ml-models', deployment: 'wine-default-0-classifier' },
    ['two of three pods are ready', modelPods('2x40', '3x40')],
    ['all are', modelPods('3x40', '3x40')],
    ['more are wanted again and again, and come', modelPods('2x8 3x8 4x8 5x16', '3x8 4x8 5x24')],
    // ModelUnavailable tells of that.
    ['none is ready', modelPods('0x40', '3x40')],
  ),
  ...pair(
    'ModelRolloutStuck',
    '10m',
    {
      severity: 'warning',
      namespace: 'ml-models',
      deployment: 'wine-default-0-classifier',
      condition: 'Progressing',
      status: 'false',
    },
    [
      'it does not get on',
      { [`kube_deployment_status_condition{${DEPLOYMENT},condition="Progressing",status="false"}`]: '1x20' },
    ],
    ['it does', { [`kube_deployment_status_condition{${DEPLOYMENT},condition="Progressing",status="false"}`]: '0x20' }],
  ),
  ...pair(
    'ModelWithoutTraffic',
    '2900m',
    { severity: 'info', namespace: 'ml-models', model: 'wine' },
    ['nobody asks it', { [count('200')]: '7x3000' }],
    ['somebody does', { [count('200')]: '0+1x3000' }],
  ),
  ...pair(
    'ModelDrift',
    '20m',
    { severity: 'warning', namespace: 'ml-models', job: 'demand-detector' },
    [
      'the last batches differ',
      { 'seldon_metric_drift_is_drift{namespace="ml-models",job="demand-detector"}': '1x30' },
    ],
    ['they do not', { 'seldon_metric_drift_is_drift{namespace="ml-models",job="demand-detector"}': '0x30' }],
  ),
  ...pair(
    'ModelOutliers',
    '80m',
    { severity: 'warning', namespace: 'ml-models', job: 'sensor-detector' },
    ['one of ten rows is an outlier, and one of a hundred may be', outliers('0+1x120', '0.01')],
    ['as many as may be', outliers('0+1x120', '0.1')],
    ['of few rows', { ...outliers('0+1x120', '0.01'), [`detector_rows_total{${SENSOR}}`]: '0+0.5x120' }],
  ),
  ...pair(
    'ModelDetectorFails',
    '40m',
    { severity: 'warning', namespace: 'ml-models', job: 'sensor-detector' },
    ['it refuses every second request', { [judged('200')]: '0+1x60', [judged('400')]: '0+1x60' }],
    ['it refuses one of twenty', { [judged('200')]: '0+19x60', [judged('400')]: '0+1x60' }],
  ),
  ...pair(
    'RequestsNotLogged',
    '20m',
    { severity: 'critical', namespace: 'request-log', job: 'request-log', reason: 'full' },
    ['its buffer is full', { [`request_log_dropped_events_total{${RECEIVER},reason="full"}`]: '0x9 0+1x20' }],
    ['it was full yesterday', { [`request_log_dropped_events_total{${RECEIVER},reason="full"}`]: '7x30' }],
  ),
  ...pair(
    'RequestLogWaits',
    '30m',
    { severity: 'critical', namespace: 'request-log', job: 'request-log' },
    ['the store takes nothing', { [`request_log_oldest_seconds{${RECEIVER}}`]: '0+60x40' }],
    ['it waits for as long as it collects', { [`request_log_oldest_seconds{${RECEIVER}}`]: '30x40' }],
  ),
];
