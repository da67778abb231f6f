/**
 * The metrics that rules and dashboards may name, by the part that has them. A name that upstream has changed, or never
 * had, gives no error in Prometheus: a rule is silent then, and a panel is empty. So each name is checked against this list,
 * and stands here with its source.
 */
export interface PartMetrics {
  /** Counters and gauges. */
  readonly values: readonly string[];
  /** Each is a _bucket, a _count and a _sum. */
  readonly histograms: readonly string[];
}

/** The histogram of a model's answers, by who measures it. */
export const REQUEST_SECONDS = {
  executor: 'seldon_api_executor_server_requests_seconds',
  mlserver: 'rest_server_request_duration_seconds',
} as const;

export const METRICS = {
  // prometheus_flask_exporter 0.23, with the prefix of mlflow/server/prometheus_exporter.py.
  mlflow: {
    values: ['mlflow_http_request_total', 'mlflow_http_request_exceptions_total'],
    histograms: ['mlflow_http_request_duration_seconds'],
  },
  // postgres_exporter 0.19: collector/pg_database.go, pg_stat_database.go, and the settings.
  postgresql: {
    values: [
      'pg_up',
      'pg_settings_max_connections',
      'pg_database_size_bytes',
      'pg_stat_database_blks_hit',
      'pg_stat_database_blks_read',
      'pg_stat_database_deadlocks',
      'pg_stat_database_numbackends',
      'pg_stat_database_temp_bytes',
      'pg_stat_database_xact_commit',
      'pg_stat_database_xact_rollback',
    ],
    histograms: [],
  },
  // CloudNativePG 1.29: config/manager/default-monitoring.yaml, and pg_collector.go. Of the archive, internal/cnpgi/instance/
  // metrics.go of the Barman Cloud plugin 0.15: with it, the operator's own cnpg_collector_last_available_backup_timestamp
  // stays 0.
  cloudNativePg: {
    values: [
      'barman_cloud_cloudnative_pg_io_last_available_backup_timestamp',
      'cnpg_backends_total',
      'cnpg_collector_up',
      'cnpg_pg_database_size_bytes',
      'cnpg_pg_replication_lag',
      'cnpg_pg_replication_streaming_replicas',
      'cnpg_pg_settings_setting',
      'cnpg_pg_stat_archiver_failed_count',
      'cnpg_pg_stat_archiver_last_archived_time',
      'cnpg_pg_stat_archiver_last_failed_time',
      'cnpg_pg_stat_archiver_seconds_since_last_archival',
      'cnpg_pg_stat_database_blks_hit',
      'cnpg_pg_stat_database_blks_read',
      'cnpg_pg_stat_database_deadlocks',
      'cnpg_pg_stat_database_xact_commit',
      'cnpg_pg_stat_database_xact_rollback',
    ],
    histograms: [],
  },
  // docs/metrics/prometheus/list.md of MinIO. The distribution has buckets, and neither a sum nor a count.
  minio: {
    values: [
      'minio_cluster_capacity_usable_free_bytes',
      'minio_cluster_capacity_usable_total_bytes',
      'minio_cluster_drive_offline_total',
      'minio_cluster_drive_online_total',
      'minio_cluster_usage_object_total',
      'minio_s3_requests_4xx_errors_total',
      'minio_s3_requests_5xx_errors_total',
      'minio_s3_requests_total',
      'minio_s3_requests_ttfb_seconds_distribution',
      'minio_s3_traffic_received_bytes',
      'minio_s3_traffic_sent_bytes',
    ],
    histograms: [],
  },
  // weed/stats/metrics.go of SeaweedFS; etcd keeps its metadata.
  seaweedfs: {
    values: [
      'SeaweedFS_master_is_leader',
      'SeaweedFS_s3_bucket_object_count',
      'SeaweedFS_s3_bucket_size_bytes',
      'SeaweedFS_s3_request_total',
      'SeaweedFS_volumeServer_read_only_volumes',
      'SeaweedFS_volumeServer_resource',
      'etcd_mvcc_db_total_size_in_bytes',
      'etcd_server_has_leader',
    ],
    histograms: ['SeaweedFS_s3_request_seconds'],
  },
  // pkg/internal/controller/metrics and pkg/webhook/internal/metrics of controller-runtime, which Seldon's operator runs on.
  operator: {
    values: [
      'controller_runtime_reconcile_errors_total',
      'controller_runtime_reconcile_total',
      'controller_runtime_webhook_requests_total',
      'workqueue_depth',
    ],
    histograms: ['controller_runtime_reconcile_time_seconds', 'controller_runtime_webhook_latency_seconds'],
  },
  // executor/api/metric of Seldon Core 1.17.1; mlserver/rest/app.py of MLServer 1.7.1.
  models: {
    values: [],
    histograms: [REQUEST_SECONDS.executor, 'seldon_api_executor_client_requests_seconds', REQUEST_SECONDS.mlserver],
  },
  // components/alibi-detect-server/adserver/cd_model.py and od_model.py of Seldon Core 1.17.1; those of the v2 protocol, which
  // have all of these, are charts/detector/judge.py.
  detectors: {
    values: [
      'detector_false_alarms',
      'detector_outliers_total',
      'detector_rows_total',
      'seldon_metric_drift_is_drift',
      'seldon_metric_drift_p_val',
      'seldon_metric_outlier_is_outlier',
    ],
    histograms: [],
  },
  // lib/streamlit/runtime/stats.py and websocket_session_manager.py of Streamlit 1.67.
  frontend: { values: ['active_sessions', 'cache_memory_bytes', 'session_events_total'], histograms: [] },
  // pkg/middleware/metrics.go of oauth2-proxy 7.15.
  signIn: {
    values: ['oauth2_proxy_requests_in_flight', 'oauth2_proxy_requests_total'],
    histograms: ['oauth2_proxy_response_duration_seconds'],
  },
  // charts/request-log/receiver.py.
  requestLog: {
    values: [
      'request_log_dropped_events_total',
      'request_log_events_total',
      'request_log_failed_puts_total',
      'request_log_objects_total',
      'request_log_oldest_seconds',
      'request_log_waiting_bytes',
    ],
    histograms: [],
  },
  // What the rules of this platform compute: charts/monitoring/rules/models.ts.
  recorded: {
    values: [
      'model:requests:rate5m',
      'model:slo_errors:budget',
      'model:slo_slow:budget',
      ...(['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const).flatMap(
        (window) => [`model:request_errors:ratio_rate${window}`, `model:requests_slow:ratio_rate${window}`] as const,
      ),
    ],
    histograms: [],
  },
  // What Prometheus itself writes of its rules and of its targets.
  prometheus: { values: ['ALERTS', 'up'], histograms: [] },
  // docs/metrics/workload of kube-state-metrics 2.18. The second word is the kind of object: stack/kube-state-metrics.ts.
  kubeStateMetrics: {
    values: [
      'kube_cronjob_created',
      'kube_cronjob_status_last_successful_time',
      'kube_deployment_spec_replicas',
      'kube_deployment_status_condition',
      'kube_deployment_status_replicas_available',
      'kube_job_failed',
      'kube_job_owner',
      'kube_job_status_start_time',
      'kube_pod_container_status_restarts_total',
    ],
    histograms: [],
  },
  // pkg/kubelet/metrics/collectors/volume_stats.go of Kubernetes 1.35: what the kubelet says of volumes.
  kubelet: {
    values: ['kubelet_volume_stats_available_bytes', 'kubelet_volume_stats_capacity_bytes'],
    histograms: [],
  },
  // docs/storage/prometheus.md of cAdvisor: what the kubelet says of containers.
  containers: {
    values: ['container_cpu_usage_seconds_total', 'container_memory_working_set_bytes'],
    histograms: [],
  },
  // pkg/metrics of cert-manager.
  certManager: { values: ['certmanager_certificate_expiration_timestamp_seconds'], histograms: [] },
  // etc/default-counters.csv of NVIDIA's DCGM exporter.
  gpus: { values: ['DCGM_FI_DEV_FB_USED', 'DCGM_FI_DEV_GPU_UTIL'], histograms: [] },
} as const satisfies Readonly<Record<string, PartMetrics>>;

/** Every name that a series may have. */
export const seriesNames = (parts: Readonly<Record<string, PartMetrics>> = METRICS): ReadonlySet<string> =>
  new Set(
    Object.values(parts).flatMap(({ values, histograms }) => [
      ...values,
      ...histograms.flatMap((name) => [`${name}_bucket`, `${name}_count`, `${name}_sum`]),
    ]),
  );

export type Part = keyof typeof METRICS;

/** Whether an expression asks for what one of some parts has. */
export const asksFor = (expr: string, parts: readonly Part[]): boolean =>
  parts.some((part) => METRICS[part].values.some((name) => new RegExp(`\\b${name}\\b`).test(expr)));
