/** What an environment with the Prometheus operator has beside its components: rules over all of them. */
import type { App } from 'cdk8s';
import type { PlatformConfig } from './config';
import type { Component } from './lib/component';
import { MODELS_JOB } from './models/scraping';
import { isMonitored } from './monitoring/monitored';
import type { ComponentFacts } from './monitoring/rules/components';
import { MonitoringRules } from './monitoring/rules/rules';
import { MIRROR } from './object-store/mirror';
import { BACKUP } from './postgresql/backup/backup';
import { allNamespaces, teamNamespaces } from './teams/config';

/** What measures the store, by its kind. */
const storeOf = { embedded: 'minio', distributed: 'minio', seaweedfs: 'seaweedfs', external: 'external' } as const;

/** @param workloads all that there is to measure */
export function monitoringParts(app: App, config: PlatformConfig, workloads: readonly Component[]): Component[] {
  const { monitoring, namespaces: names, postgresql, objectStore, certificates, seldon } = config;
  if (!monitoring.enabled || monitoring.kind !== 'operator') return [];
  return [
    new MonitoringRules(app, {
      namespace: names.mlflow,
      labels: monitoring.labels,
      runbooks: monitoring.runbooks,
      modelsNamespaces: [names.models, ...teamNamespaces(config)],
      namespaces: allNamespaces(config),
      targets: targetsOf(workloads),
      database: postgresql.kind,
      store: storeOf[objectStore.kind],
      certificates: certificates.kind !== 'none' || seldon.certificates === 'cert-manager',
      backups: backupsOf(config),
      backupAge: monitoring.backupAge,
    }),
  ];
}

/** Models may be scaled to none, and of detectors there may be thousands: what is wrong with one of them, other rules notice. */
const targetsOf = (workloads: readonly Component[]) =>
  workloads
    .filter(isMonitored)
    .filter(({ plural }) => plural !== 'detectors')
    .flatMap(({ targets }) => targets)
    .filter(({ job }) => job !== MODELS_JOB);

const backupsOf = ({ postgresql, objectStore, namespaces: names }: PlatformConfig): ComponentFacts['backups'] => [
  ...(postgresql.kind === 'embedded' && postgresql.backup.enabled
    ? [{ namespace: names.postgresql, cronJob: BACKUP }]
    : []),
  ...(objectStore.mirror ? [{ namespace: names.objectStore, cronJob: MIRROR }] : []),
];
