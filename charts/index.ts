/** The components, for a cdk8s App of one's own: `import { Postgresql } from 'ml-platform'`. */
export { GatewayExposure, type GatewayExposureProps } from './access/gateway-exposure';
export { IngressExposure, type IngressExposureProps } from './access/ingress-exposure';
export { SignInProxy, type SignInProxyProps } from './access/proxy';
export { Batch } from './batch/batch';
export type { BatchProps } from './batch/props';
export { Certificates, type CertificatesProps } from './certificates/certificates';
export { Detector } from './detector/detector';
export type { DetectorProps } from './detector/props';
export type { Form, FormInput, FormOutput } from './frontend/form';
export { Frontend, type FrontendProps } from './frontend/frontend';
export type { GatewayProps } from './gateway/http-route';
export type { ImageName } from './images/catalogue';
export { type ImageOverride, type Images, type ImagesProps, resolveImages } from './images/resolve';
export { Component, type ComponentFile, type ComponentProps } from './lib/component';
export type { Resources } from './lib/container';
export type { Edge, Endpoint, ExternalServer, Peer, Pods, Server } from './lib/endpoint';
export type { Image } from './lib/image';
export type { Prerequisite } from './lib/prerequisite';
export { Credential, RequiredSecret, type RequiredSecretProps, type SecretText, secretText } from './lib/secret';
export type { Stage } from './lib/stages';
export type { Storage } from './lib/volumes';
export type { WorkloadSettings } from './lib/workload-settings';
export type { AuthProps, TrackingUser } from './mlflow/auth/auth';
export { MlflowGc, type MlflowGcProps } from './mlflow/gc';
export { Mlflow, type MlflowProps } from './mlflow/mlflow';
export type { ModelEndpoint } from './models/endpoint';
export { Model, type ModelConstructProps } from './models/model';
export { Models, type ModelsProps } from './models/models';
export type { NodeProps } from './models/node';
export type { ModelProps, PredictorProps } from './models/props';
export type { ServingProps } from './models/serving';
export { Dashboards, type DashboardsProps } from './monitoring/dashboards/dashboards';
export type { PodScrape } from './monitoring/pod-scrape';
export { MonitoringRules, type MonitoringRulesProps } from './monitoring/rules/rules';
export { Alertmanager, type AlertmanagerProps } from './monitoring/stack/alertmanager';
export { Grafana, type GrafanaProps } from './monitoring/stack/grafana';
export { Prometheus, type PrometheusProps } from './monitoring/stack/prometheus';
export {
  Namespaces,
  type NamespacesProps,
  type PlatformNamespace,
  type PodSecurityLevel,
} from './namespaces/namespaces';
export { NetworkPolicies, type NetworkPoliciesProps } from './network-policies/network-policies';
export type { BackupBucket, BucketAccess } from './object-store/bucket';
export { type ExternalStoreProps, externalStore } from './object-store/external';
export { Mirror, type MirrorProps } from './object-store/mirror';
export { ObjectStore, type ObjectStoreProps } from './object-store/object-store';
export type { SeaweedfsProps } from './object-store/seaweedfs/props';
export { Seaweedfs } from './object-store/seaweedfs/seaweedfs';
export type { Buckets } from './object-store/store';
export { PostgresqlBackup, type PostgresqlBackupProps } from './postgresql/backup/backup';
export { BaseBackups, type BaseBackupsProps } from './postgresql/base-backups';
export { CloudNativePg } from './postgresql/cloud-native-pg';
export type { CloudNativePgProps } from './postgresql/cluster-props';
export type { DatabaseAdmin, DatabaseConnection } from './postgresql/connection';
export { ExternalDatabase, type ExternalDatabaseProps } from './postgresql/external';
export { Postgresql, type PostgresqlProps } from './postgresql/postgresql';
export { Priorities } from './priorities/priorities';
export type { QualityProps } from './quality/props';
export { Quality } from './quality/quality';
export { Quotas, type QuotasProps } from './quotas/quotas';
export { ExternalSecrets, type ExternalSecretsProps } from './secrets/external-secrets';
export { SealedSecrets, type SealedSecretsProps } from './secrets/sealed-secrets';
export { SeldonCrd } from './seldon/crd';
export { SeldonOperator, type SeldonOperatorProps } from './seldon/operator';
export { Team, type TeamProps } from './teams/team';
export { Training, type TrainingProps } from './training/training';
