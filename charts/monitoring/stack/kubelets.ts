/**
 * What the kubelets say of volumes and containers. Asked are those of the nodes that pods of the platform are on: Prometheus
 * sees them on the pods, so that it need not list nodes, and all pods of a node give one target.
 *
 * Sources: pkg/kubelet/server of Kubernetes 1.35; "pod" below kubernetes_sd_config in docs/configuration of Prometheus 3.16.
 */
import { METRICS } from '../metrics';
import type { Target } from '../monitored';
import { SCRAPE_TIMES } from '../pod-scrape';

/** Where a kubelet listens. Its --port is 10250 in all common distributions. */
export const KUBELET_PORT = 10250;
const JOB = 'kubelet';

export interface KubeletProps {
  /** Whose pods and volumes are looked at. */
  readonly namespaces: readonly string[];
  /** Whether the authority of the cluster has signed the kubelets' certificates. */
  readonly verified: boolean;
}

export interface KubeletScrapeProps extends KubeletProps {
  /** That of Prometheus, which the targets are said to be in: a node is in none. */
  readonly namespace: string;
  /** The folder with a token for the API server, and the authority of the cluster. */
  readonly tokenPath: string;
}

/** What says whether any kubelet answers. */
export const kubeletTarget = (namespace: string): Target => ({ job: JOB, namespace, up: 'up' });

/** What its pages have, and the label that a series has which is about a volume or a container. */
const PAGES = [
  { path: '/metrics', of: 'persistentvolumeclaim', names: METRICS.kubelet.values },
  // A container's, and not those of the control groups around it.
  { path: '/metrics/cadvisor', of: 'container', names: METRICS.containers.values },
] as const;

export const kubeletScrapeConfigs = (props: KubeletScrapeProps): object[] =>
  PAGES.map(({ path, of, names }) => ({
    job_name: `${JOB}${path}`,
    scrape_interval: SCRAPE_TIMES.interval,
    scrape_timeout: SCRAPE_TIMES.scrapeTimeout,
    metrics_path: path,
    scheme: 'https',
    // The kubelet asks the API server whose token it is, and whether he may read metrics of nodes.
    authorization: { credentials_file: `${props.tokenPath}/token` },
    tls_config: props.verified ? { ca_file: `${props.tokenPath}/ca.crt` } : { insecure_skip_verify: true },
    // A series says itself whose it is.
    honor_labels: true,
    // Containers have a time of their own, and what is gone would stay for five minutes.
    track_timestamps_staleness: true,
    kubernetes_sd_configs: [{ role: 'pod', namespaces: { names: [...props.namespaces] } }],
    relabel_configs: [
      { source_labels: ['__meta_kubernetes_pod_phase'], regex: 'Failed|Succeeded', action: 'drop' },
      // A pod that waits for a node has no address of one.
      { source_labels: ['__meta_kubernetes_pod_host_ip'], regex: '.+', action: 'keep' },
      address('([^:]+)', '$1'),
      address('(.*:.*)', '[$1]'),
      ...['node', 'instance'].map((label) => ({
        source_labels: ['__meta_kubernetes_pod_node_name'],
        target_label: label,
      })),
      { target_label: 'namespace', replacement: props.namespace },
      { target_label: 'job', replacement: JOB },
    ],
    metric_relabel_configs: [
      { source_labels: ['__name__'], regex: names.join('|'), action: 'keep' },
      { source_labels: ['namespace', of], regex: `(${props.namespaces.join('|')});.+`, action: 'keep' },
    ],
  }));

/** That of version 6 stands in brackets. */
const address = (regex: string, host: string) => ({
  source_labels: ['__meta_kubernetes_pod_host_ip'],
  regex,
  target_label: '__address__',
  replacement: `${host}:${KUBELET_PORT}`,
});
