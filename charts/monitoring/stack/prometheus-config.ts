/** The configuration of Prometheus. Source of its fields: docs/configuration of Prometheus 3.16. */
import { quantityValue } from '../../lib/quantity';
import type { Storage } from '../../lib/volumes';
import { toYaml } from '../../lib/yaml';
import { type PodScrape, SCRAPE_TIMES } from '../pod-scrape';
import { type KubeletScrapeProps, kubeletScrapeConfigs } from './kubelets';
import { scrapeConfigs } from './scrape-configs';

export interface PrometheusConfigProps {
  readonly environment: string;
  readonly scrapes: readonly PodScrape[];
  /** A file of rules. */
  readonly rules: string;
  /** Host and port. */
  readonly alertmanager: string;
  readonly storage: Storage;
  readonly retentionDays: number;
  /** @default - nothing is scraped by TLS */
  readonly authorityFile?: string;
  /** @default - no kubelet is asked */
  readonly kubelets?: KubeletScrapeProps;
}

/** Folders of the container. */
export const PATHS = {
  config: '/etc/prometheus/config',
  objectives: '/etc/prometheus/objectives',
  authority: '/etc/prometheus/authority',
  data: '/prometheus',
} as const;
export const CONFIG_FILE = 'prometheus.yaml';
const RULE_FILE = 'rules.yaml';

/** The share of the volume for blocks. What is newer has the rest: docs/storage.md asks for a fifth. */
const BLOCKS = 0.8;
const MEBIBYTE = 1024 ** 2;

/** The files, by their names. */
export const configFiles = (props: PrometheusConfigProps): Record<string, string> => ({
  [CONFIG_FILE]: toYaml([prometheusConfig(props)]),
  [RULE_FILE]: props.rules,
});

function prometheusConfig(props: PrometheusConfigProps): object {
  const { environment, scrapes, alertmanager, storage, retentionDays, authorityFile, kubelets } = props;
  return {
    global: {
      scrape_interval: SCRAPE_TIMES.interval,
      scrape_timeout: SCRAPE_TIMES.scrapeTimeout,
      evaluation_interval: '30s',
      // Tells the alerts of one platform from those of another.
      external_labels: { environment },
    },
    storage: {
      tsdb: {
        retention: {
          time: `${retentionDays}d`,
          size: `${Math.floor((quantityValue(storage.size) * BLOCKS) / MEBIBYTE)}MB`,
        },
      },
    },
    rule_files: [`${PATHS.config}/${RULE_FILE}`, `${PATHS.objectives}/*.yaml`],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
    scrape_configs: [...scrapeConfigs(scrapes, authorityFile), ...(kubelets ? kubeletScrapeConfigs(kubelets) : [])],
  };
}
