import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { Component } from '../lib/component';
import type { Image } from '../lib/image';
import { RESTRICTED_CONTAINER } from '../lib/security';
import {
  claimSpec,
  imageOf,
  podBase,
  type Resources,
  resourceRequirements,
  type Storage,
  scratchVolume,
  secretVolume,
  serviceAccount,
} from '../lib/workload';
import backupScript from './backup.sh';
import { type DatabaseAdmin, POSTGRES_UID } from './postgresql';

export interface PostgresqlBackupProps {
  readonly namespace: string;
  /** The server's image: pg_dump must not be older than the server. */
  readonly image: Image;
  readonly pullSecret?: string;
  readonly database: DatabaseAdmin;
  /** A cron schedule of five fields. */
  readonly schedule: string;
  /** Dumps that are kept. */
  readonly keep: number;
  readonly storage: Storage;
}

const SECRETS_PATH = '/run/secrets/postgresql';
const BACKUP_PATH = '/backup';
const RESOURCES: Resources = {
  requests: { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '16Mi' },
  limits: { cpu: '1', memory: '256Mi', 'ephemeral-storage': '128Mi' },
};

/** Dumps one database on a schedule to a volume of its own, and keeps the newest dumps. */
export class PostgresqlBackup extends Component {
  constructor(scope: Construct, props: PostgresqlBackupProps) {
    super(scope, {
      name: 'postgresql-backup',
      stage: '30-data',
      namespace: props.namespace,
      version: props.image.label,
    });
    const { database } = props;
    const pods = this.pods(props.namespace, 'backup');
    const { host, port } = this.connect(pods, database.endpoint);
    const account = serviceAccount(this, 'account', 'postgresql-backup');
    const claim = new k8s.KubePersistentVolumeClaim(this, 'dumps', {
      metadata: { name: 'postgresql-backup' },
      spec: claimSpec(props.storage),
    });
    new k8s.KubeCronJob(this, 'job', {
      metadata: { name: 'postgresql-backup' },
      spec: {
        schedule: props.schedule,
        concurrencyPolicy: 'Forbid',
        // Without a deadline a CronJob stops for good after a hundred missed runs.
        startingDeadlineSeconds: 3600,
        jobTemplate: {
          spec: {
            backoffLimit: 3,
            template: {
              metadata: { labels: this.podLabels(pods) },
              spec: {
                ...podBase({ serviceAccountName: account.name, uid: POSTGRES_UID, pullSecret: props.pullSecret }),
                restartPolicy: 'OnFailure',
                containers: [
                  {
                    name: 'backup',
                    ...imageOf(props.image),
                    command: ['/bin/sh', '-c', backupScript],
                    env: [
                      { name: 'PGHOST', value: host },
                      { name: 'PGPORT', value: String(port) },
                      { name: 'PGUSER', value: database.user },
                      { name: 'PGDATABASE', value: database.database },
                      { name: 'PASSWORD_FILE', value: `${SECRETS_PATH}/${database.passwordKey}` },
                      { name: 'BACKUP_FOLDER', value: BACKUP_PATH },
                      { name: 'KEEP', value: String(props.keep) },
                    ],
                    resources: resourceRequirements(RESOURCES),
                    securityContext: RESTRICTED_CONTAINER,
                    volumeMounts: [
                      { name: 'dumps', mountPath: BACKUP_PATH },
                      { name: 'password', mountPath: SECRETS_PATH, readOnly: true },
                      { name: 'tmp', mountPath: '/tmp' },
                    ],
                  },
                ],
                volumes: [
                  { name: 'dumps', persistentVolumeClaim: { claimName: claim.name } },
                  secretVolume('password', database.secret, database.passwordKey),
                  scratchVolume('tmp', '64Mi'),
                ],
              },
            },
          },
        },
      },
    });
  }
}
