/** The tracking server of an environment, and what works with it: its clean-up, and the Job that trains the example. */
import type { App } from 'cdk8s';
import type { PlatformConfig } from '../config';
import type { Images } from '../images/resolve';
import type { Component } from '../lib/component';
import type { Endpoint } from '../lib/endpoint';
import { loggingOf } from '../logging/config';
import { GC_USER, QUALITY_USER, TRAINING_USER, type TrackingUser, teamUser } from '../mlflow/auth/auth';
import { defaultPermissionFor } from '../mlflow/auth/permissions';
import { MlflowGc } from '../mlflow/gc';
import { Mlflow } from '../mlflow/mlflow';
import { scrapingOf } from '../monitoring/config';
import type { BucketAccess } from '../object-store/bucket';
import type { DatabaseConnection } from '../postgresql/connection';
import { teamPrefix } from '../teams/config';
import { Training } from '../training/training';
import { mlflowHosts } from './access';

export interface TrackingPartsProps {
  readonly images: Images;
  readonly database: DatabaseConnection;
  /** Where artifacts go; read-write. */
  readonly artifacts: BucketAccess;
}

export interface TrackingParts {
  /** The tracking server and model registry. */
  readonly endpoint: Endpoint;
  /** What the path of every address of the server starts with; often empty. */
  readonly path: string;
  /**
   * Whom reports on the quality of models sign in as; nobody where the server has no users.
   * @param team whose models they are; nothing for the platform's own
   */
  readonly reporterOf: (team: string | undefined) => TrackingUser | undefined;
  readonly components: readonly Component[];
}

export function partsOfTracking(
  app: App,
  config: PlatformConfig,
  { images, database, artifacts }: TrackingPartsProps,
): TrackingParts {
  const { namespaces: names, mlflow: settings, training, clusterDomain, networkPolicies } = config;
  const { pullSecret } = config.images;
  const { auth, defaultPermission = defaultPermissionFor(config.teams), ...serverSettings } = settings;
  const userOf = (team: string) => teamUser(team, teamPrefix(team));
  const users = auth === 'basic' ? { gc: GC_USER, training: TRAINING_USER, quality: QUALITY_USER } : undefined;
  const server = new Mlflow(app, {
    namespace: names.mlflow,
    image: images.mlflow,
    pullSecret,
    database,
    artifacts,
    clusterDomain,
    monitoring: scrapingOf(config),
    logging: loggingOf(config, 'mlflow'),
    clientNamespaces: networkPolicies.clients.mlflow,
    ...serverSettings,
    hosts: mlflowHosts(config),
    auth: users && {
      defaultPermission,
      users: [
        ...(settings.gc.enabled ? [users.gc] : []),
        ...(training.enabled ? [users.training] : []),
        ...(config.models.some(({ quality, team }) => quality && team === undefined) ? [users.quality] : []),
        ...config.teams.map(({ name }) => userOf(name)),
      ],
    },
  });
  const tracking = { tracking: server.endpoint, trackingPath: server.path };
  const gc = !settings.gc.enabled
    ? []
    : [
        new MlflowGc(app, {
          namespace: names.mlflow,
          image: images.mlflow,
          pullSecret,
          database,
          login: server.login,
          databaseAuthority: server.databaseAuthority,
          ...tracking,
          user: users?.gc,
          // Placed, labelled and annotated as the server is.
          ...serverSettings,
          ...settings.gc,
        }),
      ];
  const job = !training.enabled
    ? []
    : [
        new Training(app, {
          namespace: names.training,
          image: images.training,
          pullSecret,
          ...tracking,
          user: users?.training,
          ...training,
        }),
      ];
  return {
    endpoint: server.endpoint,
    path: server.path,
    reporterOf: (team) => users && (team === undefined ? users.quality : userOf(team)),
    components: [server, ...gc, ...job],
  };
}
