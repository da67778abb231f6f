/** Which pods Prometheus scrapes, as rendered objects say it: monitors of its operator, or the file of the platform's own. */
import { load } from 'js-yaml';
import type { ObjectJson } from '../lib/workload-json';
import { CONFIG_FILE } from './stack/prometheus-config';

export interface ScrapedPods {
  /** Of the monitor. */
  readonly name: string;
  readonly namespace: string;
  /** Labels that select the pods. */
  readonly labels: Readonly<Record<string, string>>;
}

interface MonitorJson extends ObjectJson {
  readonly spec: { readonly selector: { readonly matchLabels: Readonly<Record<string, string>> } };
}
interface ConfigMapJson extends ObjectJson {
  readonly data?: Readonly<Record<string, string>>;
}
interface ConfigJson {
  readonly scrape_configs: readonly {
    readonly job_name: string;
    readonly kubernetes_sd_configs: readonly { readonly selectors?: readonly { readonly label: string }[] }[];
  }[];
}

export function scrapedPodsOf(object: unknown): ScrapedPods[] {
  const { kind, metadata } = object as ObjectJson;
  switch (kind) {
    case 'PodMonitor':
    case 'ServiceMonitor': {
      const { matchLabels } = (object as MonitorJson).spec.selector;
      return [{ name: metadata.name, namespace: metadata.namespace ?? '', labels: matchLabels }];
    }
    case 'ConfigMap': {
      const text = (object as ConfigMapJson).data?.[CONFIG_FILE];
      return text === undefined ? [] : (load(text) as ConfigJson).scrape_configs.flatMap(jobPods);
    }
    default:
      return [];
  }
}

/** Kubelets are found without a label, and are no pods. */
function jobPods({ job_name, kubernetes_sd_configs: [found] }: ConfigJson['scrape_configs'][number]): ScrapedPods[] {
  const label = found?.selectors?.[0]?.label;
  if (label === undefined) return [];
  const [namespace = '', name = ''] = job_name.split('/');
  const labels = Object.fromEntries(label.split(',').map((pair) => pair.split('=') as [string, string]));
  return [{ name, namespace, labels }];
}
