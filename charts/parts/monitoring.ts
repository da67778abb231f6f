/** What an environment with monitoring has beside its components: rules and dashboards over all of them, and who computes and shows them. */
import type { App } from 'cdk8s';
import type { CertificateIssuer } from '../certificates/issuer';
import { certificateNamespaces } from '../certificates/namespaces';
import type { PlatformConfig } from '../config';
import type { Images } from '../images/resolve';
import type { Component } from '../lib/component';
import { loggingOf } from '../logging/config';
import type { ModelConfig } from '../models/join-lock';
import { nodesOf } from '../models/node';
import type { Objective } from '../models/objectives';
import { MODELS_JOB } from '../models/scraping';
import { scrapingOf } from '../monitoring/config';
import { Dashboards } from '../monitoring/dashboards/dashboards';
import { type DashboardFacts, dashboardFiles } from '../monitoring/dashboards/files';
import type { Part } from '../monitoring/metrics';
import { isMonitored } from '../monitoring/monitored';
import type { Copies } from '../monitoring/rules/backups';
import type { RuleFacts } from '../monitoring/rules/facts';
import { ruleGroups } from '../monitoring/rules/groups';
import { MonitoringRules } from '../monitoring/rules/rules';
import type { Standbys } from '../monitoring/rules/standbys';
import { prometheusEndpoint } from '../monitoring/stack/address';
import { Alertmanager } from '../monitoring/stack/alertmanager';
import { Grafana } from '../monitoring/stack/grafana';
import { KubeStateMetrics } from '../monitoring/stack/kube-state-metrics';
import { kubeletTarget } from '../monitoring/stack/kubelets';
import { Prometheus } from '../monitoring/stack/prometheus';
import { objectiveFiles, ruleFile } from '../monitoring/stack/rule-files';
import { MIRROR } from '../object-store/mirror';
import { BACKUP, RESTORE_TEST } from '../postgresql/backup/backup';
import { restoreTestHours } from '../postgresql/backup/config';
import { DATABASE_CLUSTER } from '../postgresql/cloud-native-pg';
import { allNamespaces, teamNamespace, teamNamespaces } from '../teams/config';

/** What measures the store, by its kind. */
const storeOf = { embedded: 'minio', distributed: 'minio', seaweedfs: 'seaweedfs', external: 'external' } as const;

interface MonitoringProps {
  readonly images: Images;
  /** Who signs the certificates of servers. @default - they have none */
  readonly issuer?: CertificateIssuer;
  /** Those that the environment has. */
  readonly namespaces: readonly string[];
}

/** @param workloads all that there is to measure */
export function monitoringParts(
  app: App,
  config: PlatformConfig,
  workloads: readonly Component[],
  props: MonitoringProps,
): Component[] {
  const { monitoring, namespaces: names } = config;
  if (!monitoring.enabled) return [];
  if (monitoring.stack === 'embedded') return stackParts(app, config, monitoring, workloads, props);
  if (monitoring.kind !== 'operator') return [];
  const { labels, dashboards } = monitoring;
  const facts = factsOf(config, workloads);
  return [
    new MonitoringRules(app, { ...facts, namespace: names.mlflow, labels }),
    ...(dashboards.enabled
      ? [new Dashboards(app, { ...dashboardFacts(config, facts), ...dashboards, namespace: names.mlflow })]
      : []),
  ];
}

/** Who would have series of these, the platform's own Prometheus does not scrape. */
const UNSEEN: readonly Part[] = ['certManager', 'gpus'];
const OF_KUBELETS: readonly Part[] = ['kubelet', 'containers'];

/** A Prometheus, an Alertmanager and a Grafana of the platform's own, and who tells them of the cluster. */
function stackParts(
  app: App,
  config: PlatformConfig,
  {
    alertmanager,
    prometheus,
    grafana,
    kubeStateMetrics,
    kubelets,
  }: Extract<PlatformConfig['monitoring'], { stack: 'embedded' }>,
  workloads: readonly Component[],
  { images, issuer, namespaces }: MonitoringProps,
): Component[] {
  const shared = {
    namespace: config.namespaces.monitoring,
    pullSecret: config.images.pullSecret,
    logging: loggingOf(config, 'monitoring'),
  };
  const monitoring = scrapingOf(config);
  const teller = new Alertmanager(app, { ...shared, ...alertmanager, image: images.alertmanager, monitoring });
  const { apiServer } = config.networkPolicies;
  const objects = new KubeStateMetrics(app, {
    ...shared,
    ...kubeStateMetrics,
    image: images.kubeStateMetrics,
    namespaces,
    apiServerPorts: apiServer.ports,
    monitoring,
  });
  const unseen = kubelets.enabled ? UNSEEN : [...UNSEEN, ...OF_KUBELETS];
  const facts = { ...factsOf(config, [...workloads, teller]), unseen };
  const pages = grafana.enabled
    ? [
        new Grafana(app, {
          ...shared,
          ...grafana,
          image: images.grafana,
          prometheus: prometheusEndpoint(shared.namespace),
          dashboards: dashboardFiles(dashboardFacts(config, facts)),
          monitoring,
        }),
      ]
    : [];
  const scraped = [...workloads, teller, objects, ...pages];
  const ofKubelets = kubelets.enabled ? [kubeletTarget(shared.namespace)] : [];
  const computing = new Prometheus(app, {
    ...shared,
    ...prometheus,
    environment: config.environment,
    image: images.prometheus,
    alertmanager: teller.endpoint,
    scrapes: scraped.filter(isMonitored).flatMap(({ scrapes }) => scrapes),
    // None about Prometheus itself: when it is down, nobody computes them.
    rules: ruleFile(ruleGroups({ ...facts, targets: [...targetsOf(scraped), ...ofKubelets] })),
    objectives: objectiveFiles(objectivesOf(config)),
    apiServerPorts: apiServer.ports,
    issuer,
    kubelets: kubelets.enabled ? { ...kubelets, namespaces } : undefined,
  });
  return [teller, computing, objects, ...pages];
}

/** @param backupAge in hours; it is for a Prometheus that knows of backups */
function factsOf(
  config: PlatformConfig,
  workloads: readonly Component[],
): RuleFacts & Pick<DashboardFacts, 'modelsNamespaces' | 'namespaces' | 'targets'> {
  const { monitoring, namespaces: names, postgresql, objectStore, requestLog } = config;
  return {
    modelsNamespaces: [names.models, ...teamNamespaces(config)],
    namespaces: allNamespaces(config),
    targets: targetsOf(workloads),
    runbooks: monitoring.runbooks,
    database: postgresql.kind,
    standbys: standbysOf(config),
    store: storeOf[objectStore.kind],
    certificates: certificateNamespaces(workloads),
    copies: copiesOf(config),
    requestLog: requestLog.enabled
      ? { namespace: names.requestLog, flushSeconds: requestLog.flush.seconds }
      : undefined,
  };
}

const dashboardFacts = (
  { environment, models }: PlatformConfig,
  facts: ReturnType<typeof factsOf>,
): DashboardFacts => ({
  ...facts,
  environment,
  backups: facts.copies.cronJobs.length > 0,
  gpus: models.some(asksForGpu),
  detectors: models.some(({ detector }) => detector),
});

/** What the files of models promise. */
const objectivesOf = ({ models, namespaces: names }: PlatformConfig): Objective[] =>
  models.flatMap(({ name, team, slo }) => (slo ? [{ name, namespace: teamNamespace(names.models, team), slo }] : []));

/** Models may be scaled to none, and of detectors there may be thousands: what is wrong with one of them, other rules notice. */
const targetsOf = (workloads: readonly Component[]) =>
  workloads
    .filter(isMonitored)
    .filter(({ plural }) => plural !== 'detectors')
    .flatMap(({ targets }) => targets)
    .filter(({ job }) => job !== MODELS_JOB);

function standbysOf({ postgresql, namespaces }: PlatformConfig): Standbys | undefined {
  if (postgresql.kind !== 'cloudNativePg' || postgresql.instances < 2) return undefined;
  const { instances, synchronous } = postgresql;
  return {
    namespace: namespaces.postgresql,
    job: DATABASE_CLUSTER,
    count: instances - 1,
    awaited: synchronous.durability === 'required' ? synchronous.replicas : 0,
  };
}

const asksForGpu = ({ predictors }: ModelConfig) =>
  predictors.flatMap(({ graph }) => nodesOf(graph)).some(({ gpus = 0 }) => gpus > 0);

function copiesOf({ postgresql, objectStore, namespaces: names, monitoring }: PlatformConfig): Copies {
  const { backupAge: maxAge } = monitoring;
  const namespace = names.postgresql;
  const dumps = postgresql.kind === 'embedded' && postgresql.backup.enabled ? postgresql.backup : undefined;
  return {
    cronJobs: [
      ...(dumps ? [{ namespace, cronJob: BACKUP, maxAge }] : []),
      ...(objectStore.mirror ? [{ namespace: names.objectStore, cronJob: MIRROR, maxAge }] : []),
    ],
    restoreTest: dumps?.restoreTest.enabled
      ? { namespace, cronJob: RESTORE_TEST, maxAge: restoreTestHours(dumps) }
      : undefined,
    archived:
      postgresql.kind === 'cloudNativePg' && postgresql.backup.enabled
        ? { namespace, job: DATABASE_CLUSTER, maxAge }
        : undefined,
  };
}
