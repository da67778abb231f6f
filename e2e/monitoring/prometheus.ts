/** Prometheus, with the configuration that its operator makes of the monitors and rules of the environment. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../cluster/cluster';
import type { Manifests } from '../loop/manifests';
import { BRIDGE_ADDRESS } from '../store/networks';
import { ALERTMANAGER, NAMESPACE } from './discovery';
import { faster, fasterObject, here } from './faster';

export const API_PORT = 8001;
const PORT = 9090;
/** Where the operator's configuration looks for its files. */
const FILES = '/etc/prometheus';
/** What the reloader beside Prometheus puts in: which of several this is. */
const RELOADER = { '$(POD_NAME)': 'prometheus-prometheus-0', '$(SHARD)': '0' };
/** What says to the operator which monitors and rules are its own: the default of monitoring.labels. */
const OURS = { matchLabels: { release: 'prometheus' } };

/** What a Prometheus is asked to be, as the usual chart asks: monitors and rules by label, in every namespace. */
const PROMETHEUS = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'Prometheus',
  metadata: { name: 'prometheus', namespace: NAMESPACE },
  spec: {
    serviceDiscoveryRole: 'EndpointSlice',
    apiserverConfig: { host: `http://${BRIDGE_ADDRESS}:${API_PORT}` },
    scrapeInterval: faster('30s'),
    evaluationInterval: faster('30s'),
    podMonitorSelector: OURS,
    podMonitorNamespaceSelector: {},
    serviceMonitorSelector: OURS,
    serviceMonitorNamespaceSelector: {},
    ruleSelector: OURS,
    ruleNamespaceSelector: {},
    alerting: {
      alertmanagers: [
        {
          namespace: NAMESPACE,
          name: ALERTMANAGER.service,
          port: ALERTMANAGER.portName,
          pathPrefix: '/',
          apiVersion: 'v2',
        },
      ],
    },
  },
};

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  /** NaN where the expression found nothing to compute with. */
  readonly value: number;
}

export interface Target {
  readonly labels: Readonly<Record<string, string>>;
  readonly health: string;
  readonly lastError: string;
  readonly scrapeUrl: string;
}

export class Prometheus {
  private process?: ChildProcess;

  /** @param folder of its own, for configuration and data */
  constructor(
    private readonly folder: string,
    private readonly program: string,
  ) {}

  /** @returns how many jobs there are to scrape */
  configure(generator: string, manifests: Manifests): string {
    mkdirSync(this.folder, { recursive: true });
    const monitors = ['PodMonitor', 'ServiceMonitor', 'PrometheusRule'].flatMap((kind) =>
      manifests.all(kind).map(fasterObject),
    );
    const plain = ['Namespace', 'Secret'].flatMap((kind) => manifests.all(kind));
    execFileSync(generator, [this.folder], {
      input: JSON.stringify([PROMETHEUS, ...plain, ...monitors]),
      stdio: ['pipe', 'inherit', 'inherit'],
    });
    const text = Object.entries({ [FILES]: this.folder, ...RELOADER }).reduce(
      (all, [name, value]) => all.replaceAll(name, value),
      readFileSync(this.configuration, 'utf8'),
    );
    writeFileSync(this.configuration, text);
    return `${text.match(/^- job_name: /gm)?.length ?? 0} jobs`;
  }

  private get configuration(): string {
    return join(this.folder, 'prometheus.yaml');
  }

  async start(): Promise<string> {
    const log = openSync(join(this.folder, 'log'), 'a');
    const flags = [
      `--config.file=${this.configuration}`,
      `--storage.tsdb.path=${join(this.folder, 'data')}`,
      `--web.listen-address=${BRIDGE_ADDRESS}:${PORT}`,
      `--query.lookback-delta=${faster('5m')}`,
      `--rules.alert.resend-delay=${faster('1m')}`,
    ];
    this.process = spawn(this.program, flags, { stdio: ['ignore', log, log] });
    await until('Prometheus is ready', 60, async () => {
      if (this.process?.exitCode !== null) throw new Error(readFileSync(join(this.folder, 'log'), 'utf8'));
      return this.get('/-/ready').then(({ status }) => (status === 200 ? undefined : String(status)), String);
    });
    return 'ready';
  }

  end(): void {
    this.process?.kill('SIGKILL');
  }

  async query(expr: string): Promise<Sample[]> {
    const response = await this.get(`/api/v1/query?${new URLSearchParams({ query: expr })}`);
    const { data, error } = (await response.json()) as QueryAnswer;
    if (data === undefined) throw new Error(`${error}: ${expr}`);
    if (data.resultType === 'scalar') return [{ metric: {}, value: Number(data.result[1]) }];
    return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  async targets(): Promise<Target[]> {
    const response = await this.get('/api/v1/targets?state=active');
    const { data } = (await response.json()) as { readonly data: { readonly activeTargets: Target[] } };
    return data.activeTargets;
  }

  private get = (path: string) => fetch(`http://${BRIDGE_ADDRESS}:${PORT}${path}`);
}

interface QueryAnswer {
  readonly error?: string;
  readonly data?:
    | { readonly resultType: 'scalar'; readonly result: readonly [number, string] }
    | {
        readonly resultType: 'vector';
        readonly result: readonly {
          readonly metric: Readonly<Record<string, string>>;
          readonly value: readonly [number, string];
        }[];
      };
}

/** How long to wait until what is scraped now is in every rule: a scrape, and an evaluation after it. Seconds. */
export const SETTLED = 3 * here('30s');
