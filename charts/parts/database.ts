/** The database of an environment, of whichever kind it is, and what belongs to it. */
import type { App } from 'cdk8s';
import type { CertificateIssuer } from '../certificates/issuer';
import type { PlatformConfig } from '../config';
import type { Images } from '../images/resolve';
import type { Component } from '../lib/component';
import { loggingOf } from '../logging/config';
import { scrapingOf } from '../monitoring/config';
import type { BackupBucket } from '../object-store/bucket';
import { PostgresqlBackup } from '../postgresql/backup/backup';
import { backupProps } from '../postgresql/backup/props';
import { BaseBackups } from '../postgresql/base-backups';
import { CloudNativePg } from '../postgresql/cloud-native-pg';
import type { DatabaseConnection } from '../postgresql/connection';
import { ExternalDatabase } from '../postgresql/external';
import { Postgresql } from '../postgresql/postgresql';

export interface DatabasePartsProps {
  readonly images: Images;
  /** Who signs the certificates of servers. @default - nobody */
  readonly issuer?: CertificateIssuer;
  /** Where dumps are copied to. @default - there is no bucket of backups */
  readonly backups?: BackupBucket;
}

export interface DatabaseParts {
  /** The connection for MLflow. */
  readonly mlflow: DatabaseConnection;
  readonly components: readonly Component[];
}

/** The one place where the kind of database is chosen. */
export function partsOfDatabase(
  app: App,
  config: PlatformConfig,
  { images, issuer, backups }: DatabasePartsProps,
): DatabaseParts {
  const { postgresql, clusterDomain, networkPolicies } = config;
  const scraping = scrapingOf(config);
  const common = { namespace: config.namespaces.postgresql, pullSecret: config.images.pullSecret };
  switch (postgresql.kind) {
    case 'external':
      return { mlflow: new ExternalDatabase(postgresql).mlflow, components: [] };
    case 'cloudNativePg': {
      if (!issuer) throw new Error('a cluster of CloudNativePG needs somebody who signs its certificates');
      const { backup, ...settings } = postgresql;
      const cluster = new CloudNativePg(app, {
        ...common,
        image: images.cloudNativePg,
        issuer,
        clusterDomain,
        apiServerPorts: networkPolicies.apiServer.ports,
        monitoring: scraping,
        logging: loggingOf(config, 'postgresql'),
        ...settings,
        store: backup.store,
        retention: backup.retention,
        backup: backup.enabled ? backup : undefined,
      });
      const { schedule } = backup;
      const backups = backup.enabled ? [new BaseBackups(app, { namespace: common.namespace, schedule })] : [];
      return { mlflow: cluster.mlflow, components: [cluster, ...backups] };
    }
    case 'embedded': {
      const server = new Postgresql(app, {
        ...common,
        image: images.postgresql,
        monitoring: scraping && { ...scraping, exporter: images.postgresExporter },
        logging: loggingOf(config, 'postgresql'),
        certificate: postgresql.tls && issuer ? { issuer, clusterDomain } : undefined,
        ...postgresql,
      });
      if (!postgresql.backup.enabled) return { mlflow: server.mlflow, components: [server] };
      const backup = new PostgresqlBackup(app, {
        ...common,
        image: images.postgresql,
        database: server.admin,
        // Placed, labelled and annotated as the server is.
        ...postgresql,
        ...backupProps(postgresql.backup, images.mlflow, backups),
      });
      return { mlflow: server.mlflow, components: [server, backup] };
    }
  }
}
