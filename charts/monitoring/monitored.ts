/** How Prometheus finds what a component measures: by monitors of its operator, by annotations of the pods, or by its file. */
import { Component } from '../lib/component';
import type { Pods } from '../lib/endpoint';
import type { NamedPort } from '../lib/service';
import { PREREQUISITES } from '../prerequisites/catalogue';
import { podMonitor } from './pod-monitor';
import { jobLabel, type PodScrape, type ScrapeTls } from './pod-scrape';

/** Who scrapes. */
export interface Scraping {
  /**
   * What Prometheus finds its targets by: PodMonitors and ServiceMonitors of its operator, annotations of pods, or a file
   * that is made of what components publish as `scrapes`.
   * @default 'operator'
   */
  readonly kind?: 'operator' | 'annotations' | 'file';
  /** The namespace of Prometheus. */
  readonly namespace: string;
  /** Labels by which Prometheus finds its monitors. */
  readonly labels: Readonly<Record<string, string>>;
  /** The pods of Prometheus. @default - any of its namespace */
  readonly pods?: Pods;
}

/** Whether Prometheus has an operator, which makes its configuration of objects. */
export const hasOperator = ({ kind = 'operator' }: Scraping): boolean => kind === 'operator';

export interface ScrapedPort {
  /** Name of the monitor, and of the job in Prometheus. */
  readonly name: string;
  readonly pods: Pods;
  readonly port: NamedPort;
  readonly path: string;
  /** How the certificate is checked. @default - the port speaks no TLS */
  readonly tls?: ScrapeTls;
  /** How many pods there should be. @default - one */
  readonly replicas?: number;
}

/** What an alert about a part that is down needs to know of it. */
export interface Target {
  /** The label "job" of its series. */
  readonly job: string;
  readonly namespace: string;
  /** The series that is 1 while it works. */
  readonly up: 'up' | 'pg_up';
  /** How many pods of it should answer. @default - nobody knows: something scales them, or there is one on each node */
  readonly replicas?: number;
}

/** A component that Prometheus may scrape. */
export abstract class MonitoredComponent extends Component {
  private readonly _targets: Target[] = [];
  private readonly _scrapes: PodScrape[] = [];

  /** What is scraped of it. */
  get targets(): readonly Target[] {
    return this._targets;
  }

  /** What a Prometheus that is configured by a file scrapes of it. */
  get scrapes(): readonly PodScrape[] {
    return this._scrapes;
  }

  /**
   * Has Prometheus scrape some pods, and lets it in.
   * @returns annotations that the pods must carry; none where the operator of Prometheus finds them
   */
  protected scrape(scraping: Scraping | undefined, scraped: ScrapedPort, up: Target['up'] = 'up') {
    if (!scraping) return undefined;
    const { name, pods, port, replicas = 1 } = scraped;
    this.admit(scraping, { job: name, namespace: pods.namespace, up, replicas }, pods, port.containerPort);
    if (scraping.kind === 'annotations') return scrapeAnnotations(scraped);
    this.lead(scraping, podScrape(scraped));
    return undefined;
  }

  /** Leads Prometheus to some pods, by its operator or by its file. */
  protected lead(scraping: Scraping, scrape: PodScrape): void {
    if (hasOperator(scraping)) podMonitor(this, scrape, scraping.labels);
    else this._scrapes.push(scrape);
  }

  /** Opens the way for Prometheus to ports that a monitor or annotations lead to. */
  protected admit(scraping: Scraping, target: Target, pods: Pods, ...ports: number[]): void {
    this._targets.push(target);
    if (hasOperator(scraping)) this.requireInstalled(PREREQUISITES.prometheusOperator);
    this.allow(scraping.pods ?? { kind: 'namespace', name: scraping.namespace }, pods, ...ports);
  }
}

/** To "instanceof", every construct is one of each class of constructs. */
export const isMonitored = (component: Component): component is MonitoredComponent => 'targets' in component;

export const podScrape = ({ name, pods, port, path, tls }: ScrapedPort): PodScrape => ({
  name,
  namespace: pods.namespace,
  labels: pods.labels,
  port: port.name,
  path,
  tls,
  relabelings: [{ action: 'replace', ...jobLabel(name) }],
});

/** The annotations that the usual job for pods of a Prometheus without its operator looks at. */
export const scrapeAnnotations = ({ port, path, tls }: Pick<ScrapedPort, 'port' | 'path' | 'tls'>) => ({
  'prometheus.io/scrape': 'true',
  'prometheus.io/port': String(port.containerPort),
  'prometheus.io/path': path,
  ...(tls && { 'prometheus.io/scheme': 'https' }),
});
