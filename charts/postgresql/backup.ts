import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { Component } from '../lib/component';
import type { ContainerProps, Resources } from '../lib/container';
import type { Image } from '../lib/image';
import { cronJob } from '../lib/job';
import { podSpec, serviceAccount } from '../lib/pod';
import { claimSpec, type Storage, secretVolume, tmp } from '../lib/volumes';
import type { WorkloadSettings } from '../lib/workload-settings';
import backupScript from './backup.sh';
import type { DatabaseAdmin } from './connection';
import { PASSWORDS_PATH, POSTGRES_UID } from './postgresql';

export interface PostgresqlBackupProps extends WorkloadSettings {
  readonly namespace: string;
  /** The server's image: pg_dump must not be older than the server. */
  readonly image: Image;
  /** @default - images are pulled without a login */
  readonly pullSecret?: string;
  readonly database: DatabaseAdmin;
  /** A cron schedule of five fields. */
  readonly schedule: string;
  /** Dumps that are kept. */
  readonly keep: number;
  readonly storage: Storage;
}

/** Name of the CronJob. */
export const BACKUP = 'postgresql-backup';

const BACKUP_PATH = '/backup';
const RESOURCES: Resources = {
  requests: { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '16Mi' },
  limits: { cpu: '1', memory: '256Mi', 'ephemeral-storage': '128Mi' },
};

/** Dumps one database on a schedule to a volume of its own, and keeps the newest dumps. */
export class PostgresqlBackup extends Component {
  constructor(scope: Construct, props: PostgresqlBackupProps) {
    const name = BACKUP;
    super(scope, { name, stage: '30-data', namespace: props.namespace, version: props.image.label });
    const pods = this.pods(props.namespace, 'backup');
    const address = this.connect(pods, props.database.endpoint);
    const account = serviceAccount(this, 'account', name, props);
    const claim = new k8s.KubePersistentVolumeClaim(this, 'dumps', {
      metadata: { name },
      spec: claimSpec(props.storage),
    });
    cronJob(this, 'job', {
      name,
      schedule: props.schedule,
      concurrencyPolicy: 'Forbid',
      backoffLimit: 3,
      pods,
      podLabels: this.podLabels(pods),
      settings: props,
      pod: podSpec({
        serviceAccountName: account.name,
        uid: POSTGRES_UID,
        pullSecret: props.pullSecret,
        restartPolicy: 'OnFailure',
        containers: [container(props, address, claim.name)],
      }),
    });
  }
}

function container(
  { image, database, keep }: PostgresqlBackupProps,
  { host, port }: { readonly host: string; readonly port: number },
  claimName: string,
): ContainerProps {
  return {
    name: 'backup',
    image,
    command: ['/bin/sh', '-c', backupScript],
    env: {
      PGHOST: host,
      PGPORT: port,
      PGUSER: database.user,
      PGDATABASE: database.database,
      PASSWORD_FILE: `${PASSWORDS_PATH}/${database.passwordKey}`,
      BACKUP_FOLDER: BACKUP_PATH,
      KEEP: keep,
    },
    resources: RESOURCES,
    mounts: [
      { volume: { name: 'dumps', persistentVolumeClaim: { claimName } }, path: BACKUP_PATH },
      { volume: secretVolume('password', database.secret, database.passwordKey), path: PASSWORDS_PATH },
      tmp(),
    ],
  };
}
