/**
 * What Prometheus scrapes, as its configuration file says it: the same that its operator makes of PodMonitors.
 *
 * Pods are asked for, not Services: rates are right for each pod alone, and models come and go without a new file.
 */
import { type PodScrape, type Relabeling, SCRAPE_TIMES } from '../pod-scrape';

/** @param authorityFile the authority of the platform's own certificates. @default - no pod is scraped by TLS */
export const scrapeConfigs = (scrapes: readonly PodScrape[], authorityFile?: string): object[] =>
  scrapes.map((scrape) => scrapeConfig(scrape, authorityFile));

function scrapeConfig(scrape: PodScrape, authorityFile: string | undefined): object {
  const { name, namespace, labels, port, path, tls, honorLabels, relabelings, metricRelabelings } = scrape;
  if (tls && authorityFile === undefined) throw new Error(`nobody gives the authority to check ${name} with`);
  const label = Object.entries(labels).map((pair) => pair.join('='));
  return {
    job_name: `${namespace}/${name}`,
    scrape_interval: SCRAPE_TIMES.interval,
    scrape_timeout: SCRAPE_TIMES.scrapeTimeout,
    metrics_path: path,
    ...(tls && { scheme: 'https', tls_config: { ca_file: authorityFile, server_name: tls.serverName } }),
    ...(honorLabels && { honor_labels: true }),
    kubernetes_sd_configs: [
      { role: 'pod', namespaces: { names: [namespace] }, selectors: [{ role: 'pod', label: label.join(',') }] },
    ],
    relabel_configs: [
      { source_labels: ['__meta_kubernetes_pod_phase'], regex: 'Failed|Succeeded', action: 'drop' },
      { source_labels: ['__meta_kubernetes_pod_container_port_name'], regex: port, action: 'keep' },
      { source_labels: ['__meta_kubernetes_namespace'], target_label: 'namespace' },
      { source_labels: ['__meta_kubernetes_pod_name'], target_label: 'pod' },
      { source_labels: ['__meta_kubernetes_pod_container_name'], target_label: 'container' },
      ...relabelings.map(relabelConfig),
    ],
    ...(metricRelabelings && { metric_relabel_configs: metricRelabelings.map(relabelConfig) }),
  };
}

const relabelConfig = ({ action, sourceLabels, regex, targetLabel, replacement }: Relabeling) => ({
  source_labels: sourceLabels,
  regex,
  target_label: targetLabel,
  replacement,
  action,
});
