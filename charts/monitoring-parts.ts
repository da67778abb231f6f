/** What an environment with the Prometheus operator has beside its components: rules and dashboards over all of them. */
import type { App } from 'cdk8s';
import type { PlatformConfig } from './config';
import type { Component } from './lib/component';
import type { ModelConfig } from './models/join-lock';
import { nodesOf } from './models/node';
import { MODELS_JOB } from './models/scraping';
import { Dashboards } from './monitoring/dashboards/dashboards';
import { isMonitored } from './monitoring/monitored';
import type { Copies } from './monitoring/rules/backups';
import { MonitoringRules } from './monitoring/rules/rules';
import { MIRROR } from './object-store/mirror';
import { BACKUP } from './postgresql/backup/backup';
import { DATABASE_CLUSTER } from './postgresql/cloud-native-pg';
import { allNamespaces, teamNamespaces } from './teams/config';

/** What measures the store, by its kind. */
const storeOf = { embedded: 'minio', distributed: 'minio', seaweedfs: 'seaweedfs', external: 'external' } as const;

/** @param workloads all that there is to measure */
export function monitoringParts(app: App, config: PlatformConfig, workloads: readonly Component[]): Component[] {
  const { monitoring, namespaces: names, postgresql, objectStore, certificates, seldon } = config;
  if (!monitoring.enabled || monitoring.kind !== 'operator') return [];
  const copies = copiesOf(config);
  const facts = {
    namespace: names.mlflow,
    modelsNamespaces: [names.models, ...teamNamespaces(config)],
    namespaces: allNamespaces(config),
    targets: targetsOf(workloads),
  };
  return [
    new MonitoringRules(app, {
      ...facts,
      labels: monitoring.labels,
      runbooks: monitoring.runbooks,
      database: postgresql.kind,
      store: storeOf[objectStore.kind],
      certificates: certificates.kind !== 'none' || seldon.certificates === 'cert-manager',
      copies,
    }),
    ...(monitoring.dashboards.enabled
      ? [
          new Dashboards(app, {
            ...facts,
            ...monitoring.dashboards,
            environment: config.environment,
            backups: copies.cronJobs.length > 0,
            gpus: config.models.some(asksForGpu),
            detectors: config.models.some(({ detector }) => detector),
          }),
        ]
      : []),
  ];
}

/** Models may be scaled to none, and of detectors there may be thousands: what is wrong with one of them, other rules notice. */
const targetsOf = (workloads: readonly Component[]) =>
  workloads
    .filter(isMonitored)
    .filter(({ plural }) => plural !== 'detectors')
    .flatMap(({ targets }) => targets)
    .filter(({ job }) => job !== MODELS_JOB);

const asksForGpu = ({ predictors }: ModelConfig) =>
  predictors.flatMap(({ graph }) => nodesOf(graph)).some(({ gpus = 0 }) => gpus > 0);

const copiesOf = ({ postgresql, objectStore, namespaces: names, monitoring }: PlatformConfig): Copies => ({
  cronJobs: [
    ...(postgresql.kind === 'embedded' && postgresql.backup.enabled
      ? [{ namespace: names.postgresql, cronJob: BACKUP }]
      : []),
    ...(objectStore.mirror ? [{ namespace: names.objectStore, cronJob: MIRROR }] : []),
  ],
  archived:
    postgresql.kind === 'cloudNativePg' && postgresql.backup.enabled
      ? { namespace: names.postgresql, job: DATABASE_CLUSTER }
      : undefined,
  maxAge: monitoring.backupAge,
});
