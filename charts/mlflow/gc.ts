import type { Construct } from 'constructs';
import { Component } from '../lib/component';
import type { ContainerProps, Resources } from '../lib/container';
import type { Endpoint } from '../lib/endpoint';
import type { Image } from '../lib/image';
import { cronJob } from '../lib/job';
import type { k8s } from '../lib/k8s';
import { podSpec, serviceAccount } from '../lib/pod';
import type { RequiredSecret } from '../lib/secret';
import { secretVolume, tmp } from '../lib/volumes';
import type { WorkloadSettings } from '../lib/workload-settings';
import type { DatabaseConnection } from '../postgresql/connection';
import { loginSecret, signedIn, type TrackingUser } from './auth/auth';
import { DATABASE_KEY } from './credentials';
import { BACKEND_STORE, type DatabaseAccess, databaseMounts, mlflowEnv } from './database';
import { MLFLOW_UID } from './mlflow';

export interface MlflowGcProps extends WorkloadSettings {
  readonly namespace: string;
  /** The server's image. */
  readonly image: Image;
  /** @default - images are pulled without a login */
  readonly pullSecret?: string;
  readonly database: DatabaseConnection;
  /** The Secret with the login to the database. */
  readonly login: RequiredSecret;
  /** The volume with the authority that the database's certificate is checked by. @default - none is needed */
  readonly databaseAuthority?: k8s.Volume;
  /** The tracking server, which deletes the artifacts: it has the key to the bucket. */
  readonly tracking: Endpoint;
  /** What the path of every address of the server starts with; often empty. */
  readonly trackingPath: string;
  /** Whom it signs in to the server as. @default - the server has no users */
  readonly user?: TrackingUser;
  /** A cron schedule of five fields. */
  readonly schedule: string;
  /** Such as "30d". */
  readonly olderThan: string;
}

/** A day. What a run has deleted stays deleted. */
const DEADLINE_SECONDS = 24 * 3600;

/** The program takes 250 MiB, measured, and reads what it deletes page by page. */
const RESOURCES: Resources = {
  requests: { cpu: '50m', memory: '320Mi', 'ephemeral-storage': '16Mi' },
  limits: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '128Mi' },
};

/**
 * Deletes for good, on a schedule, what users have deleted: MLflow itself only marks it, and keeps its rows and its
 * artifacts. It deletes the rows in the database and asks the server to delete the artifacts. A run that was cut off
 * is finished by the next.
 */
export class MlflowGc extends Component {
  constructor(scope: Construct, props: MlflowGcProps) {
    const name = 'mlflow-gc';
    super(scope, { name, stage: '40-tracking', namespace: props.namespace, version: props.image.label });
    const pods = this.pods(props.namespace, 'gc');
    const account = serviceAccount(this, 'account', name, props);
    const access: DatabaseAccess = {
      database: props.database,
      databaseAddress: this.connect(pods, props.database.endpoint),
      databaseLogin: secretVolume('database-login', props.login, DATABASE_KEY),
      databaseAuthority: props.databaseAuthority,
    };
    const { origin } = this.connect(pods, props.tracking);
    const signIn = props.user && this.requireSecret(loginSecret(props.namespace, 'mlflow-gc-login', props.user));
    cronJob(this, 'job', {
      name,
      schedule: props.schedule,
      concurrencyPolicy: 'Forbid',
      activeDeadlineSeconds: DEADLINE_SECONDS,
      backoffLimit: 3,
      pods,
      podLabels: this.podLabels(pods),
      settings: props,
      pod: podSpec({
        serviceAccountName: account.name,
        uid: MLFLOW_UID,
        pullSecret: props.pullSecret,
        restartPolicy: 'OnFailure',
        containers: [{ ...container(props, access, `${origin}${props.trackingPath}`), ...signedIn(signIn) }],
      }),
    });
  }
}

function container({ image, olderThan }: MlflowGcProps, access: DatabaseAccess, trackingUri: string): ContainerProps {
  return {
    name: 'gc',
    image,
    command: ['mlflow', 'gc'],
    args: [`--backend-store-uri=${BACKEND_STORE}`, `--older-than=${olderThan}`],
    // Without the address of the server it could not find the artifacts.
    env: { ...mlflowEnv(access), MLFLOW_TRACKING_URI: trackingUri },
    resources: RESOURCES,
    mounts: [...databaseMounts(access), tmp()],
  };
}
