/** Alerts about components: what is down, what fills up, what runs out, what did not run. */
import type { Target } from '../monitored';
import type { Alert } from './alert';
import { backupAlerts, type Copies } from './backups';
import { anyOf } from './rule';
import { type Standbys, standbyAlerts } from './standbys';

export interface ComponentFacts {
  /** Parts of which there is one: somebody misses each of them when it is gone. */
  readonly targets: readonly Target[];
  /** Every namespace of the platform. */
  readonly namespaces: readonly string[];
  readonly database: 'embedded' | 'cloudNativePg' | 'external';
  /** Of a cluster that copies each change to others. @default - there is one server */
  readonly standbys?: Standbys;
  readonly store: 'minio' | 'seaweedfs' | 'external';
  /** Where cert-manager makes certificates, in namespaces of others, too. */
  readonly certificates: readonly string[];
  readonly copies: Copies;
  /** Where the log of requests is, and after how many seconds it puts what it has. @default - there is none */
  readonly requestLog?: { readonly namespace: string; readonly flushSeconds: number };
}

const AVAILABLE = 'kubelet_volume_stats_available_bytes';
const CAPACITY = 'kubelet_volume_stats_capacity_bytes';
const FOUR_DAYS = 4 * 24 * 3600;

export function componentAlerts(facts: ComponentFacts): Alert[] {
  return [
    ...facts.targets.map(down),
    ...facts.targets.flatMap(instancesMissing),
    instanceDown(facts),
    ...volumes(facts),
    ...database(facts),
    ...(facts.standbys ? standbyAlerts(facts.standbys) : []),
    ...store(facts),
    mlflowErrors(facts),
    reconcileErrors(facts),
    jobFailed(facts),
    ...backupAlerts(facts.copies),
    ...(facts.certificates.length > 0 ? [certificate(facts)] : []),
    ...(facts.requestLog ? requestLogAlerts(facts.requestLog) : []),
  ];
}

/** absent() also notices a target that is not there at all. */
const down = ({ job, namespace, up }: Target): Alert => ({
  name: 'ComponentDown',
  severity: 'critical',
  expr: `absent(${up}{namespace="${namespace}",job="${job}"} == 1)`,
  for: '5m',
  labels: { job, namespace },
  summary: `${job} in ${namespace}: no pod of it answers`,
});

/**
 * Prometheus drops a pod that has no address, such as one that no node has room for: it has no series that says so. A pod that was
 * up within the last minutes counts: pods that are replaced one after the other are never missing for long, however long it takes
 * for all of them.
 */
function instancesMissing({ job, namespace, replicas = 1 }: Target): Alert[] {
  // That the only one is missing, ComponentDown says.
  if (replicas < 2) return [];
  const seen = `max by (namespace, job, pod) (max_over_time(up{namespace="${namespace}",job="${job}"}[10m])) == 1`;
  return [
    {
      name: 'InstancesMissing',
      severity: 'warning',
      expr: `count by (namespace, job) (${seen}) < ${replicas}`,
      for: '15m',
      labels: { job, namespace },
      summary: `Of ${job} in ${namespace} there are {{ $value }} pods that answer, and should be ${replicas}`,
    },
  ];
}

const instanceDown = ({ namespaces }: ComponentFacts): Alert => ({
  name: 'InstanceDown',
  severity: 'warning',
  expr: `up{${anyOf('namespace', namespaces)},pod!=""} == 0`,
  for: '15m',
  summary: 'Prometheus cannot scrape {{ $labels.pod }} in {{ $labels.namespace }}',
});

const volumes = ({ namespaces }: ComponentFacts): Alert[] => {
  const of = `{${anyOf('namespace', namespaces)}}`;
  const share = `${AVAILABLE}${of} / ${CAPACITY}${of}`;
  return [
    {
      name: 'VolumeFilling',
      severity: 'warning',
      expr: `${share} < 0.4 and predict_linear(${AVAILABLE}${of}[6h], ${FOUR_DAYS}) < 0`,
      for: '1h',
      summary:
        'The volume {{ $labels.persistentvolumeclaim }} in {{ $labels.namespace }} is full within four days; {{ $value | humanizePercentage }} is free',
    },
    {
      name: 'VolumeFull',
      severity: 'critical',
      expr: `${share} < 0.05`,
      for: '5m',
      summary:
        'The volume {{ $labels.persistentvolumeclaim }} in {{ $labels.namespace }} has {{ $value | humanizePercentage }} left',
    },
  ];
};

function database({ database: kind }: ComponentFacts): Alert[] {
  if (kind === 'external') return [];
  // Source: the collectors stat_database and settings of postgres_exporter; the default queries of CloudNativePG.
  const used = {
    embedded:
      'sum by (namespace, job) (pg_stat_database_numbackends{job="postgresql"}) / max by (namespace, job) (pg_settings_max_connections{job="postgresql"})',
    cloudNativePg:
      'sum by (namespace, pod) (cnpg_backends_total{job="postgres"}) / max by (namespace, pod) (cnpg_pg_settings_setting{job="postgres",name="max_connections"})',
  }[kind];
  return [
    {
      name: 'DatabaseConnections',
      severity: 'warning',
      expr: `${used} > 0.85`,
      for: '10m',
      summary: 'PostgreSQL in {{ $labels.namespace }} uses {{ $value | humanizePercentage }} of its connections',
    },
  ];
}

/** The share of answers that are errors of the server, where there are enough to speak of a share. */
const errorRatio = (all: string, errors: string, by: string) =>
  `sum by (${by}) (rate(${errors}[5m])) / sum by (${by}) (rate(${all}[5m])) > 0.05 and sum by (${by}) (rate(${all}[5m])) > 0.1`;

function store({ store: kind }: ComponentFacts): Alert[] {
  if (kind === 'external') return [];
  const errors: Alert = {
    name: 'ObjectStoreErrors',
    severity: 'critical',
    expr:
      kind === 'minio'
        ? errorRatio(
            'minio_s3_requests_total{job="minio"}',
            'minio_s3_requests_5xx_errors_total{job="minio"}',
            'namespace',
          )
        : errorRatio('SeaweedFS_s3_request_total', 'SeaweedFS_s3_request_total{code=~"5.."}', 'namespace'),
    for: '5m',
    summary: 'The object store in {{ $labels.namespace }} fails {{ $value | humanizePercentage }} of its requests',
  };
  if (kind === 'seaweedfs') return [errors];
  return [
    errors,
    {
      name: 'ObjectStoreDrives',
      severity: 'warning',
      // Every server tells of the whole store.
      expr: 'max by (namespace) (minio_cluster_drive_offline_total{job="minio"}) > 0',
      for: '10m',
      summary: 'The object store in {{ $labels.namespace }} is without {{ $value }} of its drives',
    },
  ];
}

const mlflowErrors = (_: ComponentFacts): Alert => ({
  name: 'TrackingServerErrors',
  severity: 'critical',
  expr: errorRatio(
    'mlflow_http_request_total{job="mlflow"}',
    'mlflow_http_request_total{job="mlflow",status=~"5.."}',
    'namespace',
  ),
  for: '5m',
  summary: 'MLflow in {{ $labels.namespace }} fails {{ $value | humanizePercentage }} of its requests',
});

const reconcileErrors = (_: ComponentFacts): Alert => ({
  name: 'OperatorErrors',
  severity: 'warning',
  expr: 'sum by (namespace, controller) (rate(controller_runtime_reconcile_errors_total{job="seldon-core-operator"}[10m])) > 0',
  for: '30m',
  summary: 'The Seldon operator cannot bring a model to what its file says, again and again',
});

/** A CronJob keeps the last Job that failed, for months: one that began before its last success is news of the past. */
function jobFailed({ namespaces }: ComponentFacts): Alert {
  const of = anyOf('namespace', namespaces);
  const owner = `label_replace(kube_job_owner{${of},owner_kind="CronJob"}, "cronjob", "$1", "owner_name", "(.+)")`;
  const begun =
    `max by (namespace, job_name) (kube_job_status_start_time{${of}}) ` +
    `* on (namespace, job_name) group_left (cronjob) max by (namespace, job_name, cronjob) (${owner})`;
  const succeeded = `max by (namespace, cronjob) (kube_cronjob_status_last_successful_time{${of}})`;
  return {
    name: 'JobFailed',
    severity: 'warning',
    expr: `kube_job_failed{${of},condition="true"} == 1 unless on (namespace, job_name) (${begun} < on (namespace, cronjob) group_left () ${succeeded})`,
    for: '1m',
    summary: 'The Job {{ $labels.job_name }} in {{ $labels.namespace }} has failed',
  };
}

/** Seconds in which a store may be away before somebody is told. */
const LATE = 900;

function requestLogAlerts({ namespace, flushSeconds }: NonNullable<ComponentFacts['requestLog']>): Alert[] {
  const of = `{namespace="${namespace}"}`;
  return [
    {
      name: 'RequestsNotLogged',
      severity: 'critical',
      // Nobody sends an event again: each that was dropped is lost.
      expr: `sum by (namespace, job, reason) (increase(request_log_dropped_events_total${of}[15m])) > 0`,
      for: '1m',
      summary: '{{ $labels.job }} in {{ $labels.namespace }} has dropped events of models: {{ $labels.reason }}',
    },
    {
      name: 'RequestLogWaits',
      severity: 'critical',
      expr: `max by (namespace, job) (request_log_oldest_seconds${of}) > ${flushSeconds + LATE}`,
      for: '5m',
      summary:
        '{{ $labels.job }} in {{ $labels.namespace }} cannot put events into the bucket for {{ $value | humanizeDuration }}',
    },
  ];
}

function certificate({ namespaces, certificates }: ComponentFacts): Alert {
  const all = [...new Set([...namespaces, ...certificates])];
  const soon = (matchers: string) =>
    `certmanager_certificate_expiration_timestamp_seconds{${matchers}} - time() < 7 * 24 * 3600`;
  return {
    name: 'CertificateExpires',
    severity: 'critical',
    // Where its monitor does not honour labels, the namespace of the certificate is called "exported_namespace", and "namespace" is
    // that of cert-manager: with every certificate of the cluster.
    expr: `${soon(`${anyOf('namespace', all)},exported_namespace=""`)} or ${soon(anyOf('exported_namespace', all))}`,
    for: '1h',
    summary: 'The certificate {{ $labels.name }} expires in {{ $value | humanizeDuration }}, and was not renewed',
  };
}
