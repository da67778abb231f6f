import type { Construct } from 'constructs';
import { apiToken } from '../../lib/api-token';
import type { Resources } from '../../lib/container';
import type { Pods } from '../../lib/endpoint';
import type { Image } from '../../lib/image';
import { k8s } from '../../lib/k8s';
import { podSpec, serviceAccount } from '../../lib/pod';
import { httpCheck, probes } from '../../lib/probes';
import type { NamedPort } from '../../lib/service';
import { deployment } from '../../lib/workload';
import type { WorkloadSettings } from '../../lib/workload-settings';
import { METRICS } from '../metrics';
import { MonitoredComponent, podScrape, type Scraping } from '../monitored';
import type { Relabeling } from '../pod-scrape';

export interface KubeStateMetricsProps extends WorkloadSettings {
  readonly namespace: string;
  readonly image: Image;
  /** @default - images are pulled without a login */
  readonly pullSecret?: string;
  readonly resources: Resources;
  /** Whose objects it tells of. */
  readonly namespaces: readonly string[];
  readonly apiServerPorts: readonly number[];
  /** @default - nothing scrapes it */
  readonly monitoring?: Scraping;
}

const NAME = 'kube-state-metrics';
const PORT: NamedPort = { name: 'http', containerPort: 8082 };
/** "nobody" of the image. */
const UID = 65534;

/** Which objects a metric is about, by the second word of its name. */
const KINDS: Readonly<Record<string, { readonly apiGroup: string; readonly resource: string }>> = {
  cronjob: { apiGroup: 'batch', resource: 'cronjobs' },
  deployment: { apiGroup: 'apps', resource: 'deployments' },
  job: { apiGroup: 'batch', resource: 'jobs' },
  pod: { apiGroup: '', resource: 'pods' },
};

/**
 * kube-state-metrics: says as series what the API server knows of Jobs, CronJobs, Deployments and pods. Of these it tells what
 * rules and dashboards name, and may list them in the namespaces of the platform alone.
 *
 * Sources: pkg/options, pkg/app/server.go, and "Limited privileges environment" of its README.md, of release 2.18.
 */
export class KubeStateMetrics extends MonitoredComponent {
  constructor(
    scope: Construct,
    private readonly props: KubeStateMetricsProps,
  ) {
    super(scope, { name: NAME, stage: '60-apps', namespace: props.namespace, version: props.image.label });
    const pods = this.pods(props.namespace, 'server');
    this.allow(pods, { kind: 'apiServer' }, ...props.apiServerPorts);
    if (props.monitoring) this.scraped(props.monitoring, pods);
    const account = serviceAccount(this, 'account', NAME, props);
    const kinds = kindsOf(METRICS.kubeStateMetrics.values);
    for (const namespace of props.namespaces) this.mayList(namespace, account.name, kinds);
    deployment(this, 'server', {
      name: NAME,
      pods,
      podLabels: this.podLabels(pods),
      settings: props,
      pod: podSpec({
        serviceAccountName: account.name,
        uid: UID,
        pullSecret: props.pullSecret,
        containers: [
          {
            name: NAME,
            image: props.image,
            args: argumentsFor(props.namespaces, kinds),
            ports: [PORT],
            resources: props.resources,
            mounts: [apiToken({ defaultMode: 0o440 })],
            ...probes({
              startup: { periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 60 },
              // Its /livez asks the API server, and no restart mends what that has.
              ready: httpCheck(PORT, '/livez'),
              live: httpCheck(PORT, '/healthz'),
            }),
          },
        ],
      }),
    });
  }

  private scraped(monitoring: Scraping, pods: Pods): void {
    this.admit(monitoring, { job: NAME, namespace: pods.namespace, up: 'up', replicas: 1 }, pods, PORT.containerPort);
    const scrape = podScrape({ name: NAME, pods, port: PORT, path: '/metrics' });
    const relabelings = [...scrape.relabelings, ...WITHOUT_ITSELF];
    this.lead(monitoring, { ...scrape, honorLabels: true, relabelings });
  }

  private mayList(namespace: string, account: string, kinds: readonly Kind[]): void {
    const metadata = { name: `${NAME}-${this.props.namespace}`, namespace };
    const apiGroup = 'rbac.authorization.k8s.io';
    new k8s.KubeRole(this, `${namespace}-role`, {
      metadata,
      rules: kinds.map((kind) => ({
        apiGroups: [kind.apiGroup],
        resources: [kind.resource],
        verbs: ['list', 'watch'],
      })),
    });
    new k8s.KubeRoleBinding(this, `${namespace}-binding`, {
      metadata,
      roleRef: { apiGroup, kind: 'Role', name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace: this.props.namespace }],
    });
  }
}

type Kind = (typeof KINDS)[string];

/** @throws Error where a metric is about objects that KINDS has not */
function kindsOf(metrics: readonly string[]): readonly Kind[] {
  const words = new Set(metrics.map((metric) => metric.split('_')[1] ?? ''));
  return [...words].map((word) => {
    const kind = KINDS[word];
    if (!kind) throw new Error(`nobody knows the objects that kube_${word}_ is about`);
    return kind;
  });
}

const argumentsFor = (namespaces: readonly string[], kinds: readonly Kind[]): string[] => [
  `--port=${PORT.containerPort}`,
  // What it measures of itself, nobody asks for.
  '--telemetry-host=127.0.0.1',
  `--resources=${kinds.map(({ resource }) => resource).join(',')}`,
  `--namespaces=${namespaces.join(',')}`,
  // They are patterns, which match parts of names as well.
  `--metric-allowlist=${METRICS.kubeStateMetrics.values.map((name) => `^${name}$`).join(',')}`,
  '--auto-gomemlimit',
];

/** Series are about other pods, and an alert stays the same one when this pod is replaced: nothing of it is on them. */
const WITHOUT_ITSELF: readonly Relabeling[] = [
  { action: 'replace', targetLabel: 'pod', replacement: '' },
  { action: 'replace', targetLabel: 'container', replacement: '' },
  { action: 'replace', targetLabel: 'instance', replacement: NAME },
];
