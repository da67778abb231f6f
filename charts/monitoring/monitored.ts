/** How Prometheus finds what a component measures: by monitors of its operator, or by annotations of the pods. */
import {
  PodMonitor,
  PodMonitorSpecPodMetricsEndpointsRelabelingsAction,
  PodMonitorSpecPodMetricsEndpointsScheme,
} from '../../imports/monitoring.coreos.com';
import { Component } from '../lib/component';
import type { Pods } from '../lib/endpoint';
import type { NamedPort } from '../lib/service';
import { PREREQUISITES } from '../prerequisites/catalogue';

/** Who scrapes. */
export interface Scraping {
  /**
   * What Prometheus finds its targets by: PodMonitors and ServiceMonitors of its operator, or annotations of pods.
   * @default 'operator'
   */
  readonly kind?: 'operator' | 'annotations';
  /** The namespace of Prometheus. */
  readonly namespace: string;
  /** Labels by which Prometheus finds its monitors. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface ScrapedPort {
  /** Name of the monitor, and of the job in Prometheus. */
  readonly name: string;
  readonly pods: Pods;
  readonly port: NamedPort;
  readonly path: string;
  /** How the certificate is checked. @default - the port speaks no TLS */
  readonly tls?: { readonly authoritySecret: string; readonly authorityKey: string; readonly serverName: string };
}

/** What an alert about a part that is down needs to know of it. */
export interface Target {
  /** The label "job" of its series. */
  readonly job: string;
  readonly namespace: string;
  /** The series that is 1 while it works. */
  readonly up: 'up' | 'pg_up';
}

export const SCRAPE_TIMES = { interval: '30s', scrapeTimeout: '10s' } as const;

/** Gives the series of a monitor a job that people know: without it a PodMonitor's is "<namespace>/<name>". */
export const jobLabel = (job: string) => ({ targetLabel: 'job', replacement: job }) as const;

/** A component that Prometheus may scrape. */
export abstract class MonitoredComponent extends Component {
  private readonly _targets: Target[] = [];

  /** What is scraped of it. */
  get targets(): readonly Target[] {
    return this._targets;
  }

  /**
   * Has Prometheus scrape some pods, and lets it in.
   * @returns annotations that the pods must carry; none where the operator of Prometheus finds them
   */
  protected scrape(scraping: Scraping | undefined, scraped: ScrapedPort, up: Target['up'] = 'up') {
    if (!scraping) return undefined;
    const { name, pods, port } = scraped;
    this.admit(scraping, { job: name, namespace: pods.namespace, up }, pods, port.containerPort);
    if (scraping.kind === 'annotations') return scrapeAnnotations(scraped);
    podMonitor(this, scraping, scraped);
    return undefined;
  }

  /** Opens the way for Prometheus to ports that a monitor or annotations lead to. */
  protected admit(scraping: Scraping, target: Target, pods: Pods, ...ports: number[]): void {
    this._targets.push(target);
    if (scraping.kind !== 'annotations') this.requireInstalled(PREREQUISITES.prometheusOperator);
    this.allow({ kind: 'namespace', name: scraping.namespace }, pods, ...ports);
  }
}

/** To "instanceof", every construct is one of each class of constructs. */
export const isMonitored = (component: Component): component is MonitoredComponent => 'targets' in component;

function podMonitor(scope: Component, { labels }: Scraping, { name, pods, port, path, tls }: ScrapedPort): void {
  new PodMonitor(scope, `${name}-monitor`, {
    metadata: { name, labels: { ...labels } },
    spec: {
      selector: { matchLabels: { ...pods.labels } },
      podMetricsEndpoints: [
        {
          port: port.name,
          path,
          ...SCRAPE_TIMES,
          ...(tls && {
            scheme: PodMonitorSpecPodMetricsEndpointsScheme.HTTPS,
            tlsConfig: {
              ca: { secret: { name: tls.authoritySecret, key: tls.authorityKey } },
              serverName: tls.serverName,
            },
          }),
          relabelings: [{ action: PodMonitorSpecPodMetricsEndpointsRelabelingsAction.REPLACE, ...jobLabel(name) }],
        },
      ],
    },
  });
}

/** The annotations that the usual job for pods of a Prometheus without its operator looks at. */
export const scrapeAnnotations = ({ port, path, tls }: Pick<ScrapedPort, 'port' | 'path' | 'tls'>) => ({
  'prometheus.io/scrape': 'true',
  'prometheus.io/port': String(port.containerPort),
  'prometheus.io/path': path,
  ...(tls && { 'prometheus.io/scheme': 'https' }),
});
