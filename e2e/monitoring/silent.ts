/** Expressions that find nothing in this run, each with its reason. One that finds something all the same fails the run. */

export interface Silence {
  /** What such an expression has in it. */
  readonly has: RegExp;
  readonly reason: string;
}

export const SILENT: readonly Silence[] = [
  {
    has: /\b(kubelet_volume_stats|container_(cpu|memory))_/,
    reason: 'volumes and containers are measured by the kubelet, and none runs',
  },
  { has: /\bkube_[a-z]/, reason: 'kube-state-metrics tells of objects, and there is no cluster that it could ask' },
  {
    has: /job="seldon-core-operator"/,
    reason: 'the Seldon operator needs a cluster; that it is not there is what its alert says from the start',
  },
  {
    has: /\bseldon_api_executor_client_/,
    reason: 'no executor runs: neither its module nor its image can be had from a package registry',
  },
  {
    has: /\bmlflow_http_request_exceptions_total\b/,
    reason: 'MLflow makes an answer of whatever its handlers raise, and no exception gets past them',
  },
  {
    has: /\bseldon_metric_outlier_|\bdetector_(outliers_total|false_alarms)\b/,
    reason: 'the detector that is here looks for drift',
  },
];
