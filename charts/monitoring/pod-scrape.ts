/** How some pods are scraped: what a PodMonitor of the operator says, and what a file of Prometheus says. */

/** Changes labels of a target, or of the series that it gives. */
export interface Relabeling {
  readonly action: 'replace' | 'keep';
  readonly sourceLabels?: readonly string[];
  readonly regex?: string;
  readonly targetLabel?: string;
  readonly replacement?: string;
}

/** How the certificate of a pod is checked. */
export interface ScrapeTls {
  /** The Secret with the authority, in the namespace of the pods. */
  readonly authoritySecret: string;
  readonly authorityKey: string;
  readonly serverName: string;
}

export interface PodScrape {
  /** Of the monitor. */
  readonly name: string;
  readonly namespace: string;
  /** Labels that select the pods. */
  readonly labels: Readonly<Record<string, string>>;
  /** The name of a port. */
  readonly port: string;
  readonly path: string;
  /** @default - the port speaks no TLS */
  readonly tls?: ScrapeTls;
  /** Whether a series keeps labels of its own that the target has as well. @default - the target's take their place */
  readonly honorLabels?: boolean;
  readonly relabelings: readonly Relabeling[];
  /** @default - series stay as they are */
  readonly metricRelabelings?: readonly Relabeling[];
}

export const SCRAPE_TIMES = { interval: '30s', scrapeTimeout: '10s' } as const;

/** Gives the series of a monitor a job that people know: without it a PodMonitor's is "<namespace>/<name>". */
export const jobLabel = (job: string) => ({ targetLabel: 'job', replacement: job }) as const;
