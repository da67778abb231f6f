import type { Construct } from 'constructs';
import { authorityVolume } from '../../certificates/authority';
import { Component } from '../../lib/component';
import type { ContainerProps, Resources } from '../../lib/container';
import type { Pods } from '../../lib/endpoint';
import { type CronJobProps, cronJob } from '../../lib/job';
import { k8s } from '../../lib/k8s';
import { podSpec, serviceAccount } from '../../lib/pod';
import type { RequiredSecret } from '../../lib/secret';
import { claimSpec, type Mount, type Storage, scratchVolume } from '../../lib/volumes';
import type { WorkloadSettings } from '../../lib/workload-settings';
import { type BucketAccess, identityEdges } from '../../object-store/bucket';
import { POSTGRES_UID } from '../postgresql';
import bucketScript from './bucket.py';
import censusScript from './census.sh';
import { BACKUP_PATH, type DumpProps, dumpContainer, restoreContainer, restoreTestContainer } from './containers';
import { bucketKey, type Copier, type CopiesProps, encryptionKey, getContainer, putContainer } from './copies';
import dumpScript from './dump.sh';
import restoreScript from './restore.sh';
import restoreTestScript from './restore-test.sh';

export interface PostgresqlBackupProps extends WorkloadSettings, Omit<DumpProps, 'scripts' | 'databaseAuthority'> {
  readonly namespace: string;
  /** @default - images are pulled without a login */
  readonly pullSecret?: string;
  /** A cron schedule of five fields. */
  readonly schedule: string;
  /** Dumps that are kept on the volume. */
  readonly keep: number;
  readonly storage: Storage;
  /**
   * Where each dump is copied to, and restored from.
   * @default - dumps stay on the volume
   */
  readonly copies?: CopiesProps;
  /** @default - nobody tests a dump */
  readonly restoreTest?: {
    /** A cron schedule of five fields. */
    readonly schedule: string;
    readonly resources: Resources;
    /** How old the newest dump may be. */
    readonly maxAgeHours: number;
  };
}

interface When extends Pick<CronJobProps, 'schedule' | 'suspend' | 'backoffLimit'> {
  readonly restartPolicy: string;
}

/** Name of the CronJob that dumps. */
export const BACKUP = 'postgresql-backup';
const NAME = BACKUP;
/** Name of the CronJob that restores the newest dump to see that it is good. */
export const RESTORE_TEST = 'postgresql-restore-test';
/** Six hours. A run that hangs would keep all later ones from starting. */
const DEADLINE_SECONDS = 6 * 3600;
/** The thirty-first of February. */
const NEVER = '0 0 31 2 *';

/**
 * Backups of one database: dumps on a schedule, to a volume and to a bucket; a test that restores the newest into a server of
 * its own; and a Job to be started by hand, which loads a dump into the database.
 */
export class PostgresqlBackup extends Component {
  private readonly account: k8s.KubeServiceAccount;
  private readonly dump: DumpProps;
  /** The volume of the dumps. */
  private readonly dumps: Mount;

  constructor(
    scope: Construct,
    private readonly props: PostgresqlBackupProps,
  ) {
    super(scope, { name: NAME, stage: '30-data', namespace: props.namespace, version: props.image.label });
    this.account = serviceAccount(this, 'account', NAME, props);
    const scripts = new k8s.KubeConfigMap(this, 'scripts', {
      metadata: { name: NAME },
      data: {
        'bucket.py': bucketScript,
        'census.sh': censusScript,
        'dump.sh': dumpScript,
        'restore.sh': restoreScript,
        'restore-test.sh': restoreTestScript,
      },
    });
    const claim = new k8s.KubePersistentVolumeClaim(this, 'dumps', {
      metadata: { name: NAME },
      spec: claimSpec(props.storage),
    });
    const { image, database } = props;
    const authority =
      'authority' in database.check && authorityVolume(this, `${NAME}-database`, database.check.authority);
    this.dump = {
      ...{ image, database, scripts },
      ...(authority && { databaseAuthority: { ...authority, name: 'database-authority' } }),
    };
    this.dumps = { volume: { name: 'dumps', persistentVolumeClaim: { claimName: claim.name } }, path: BACKUP_PATH };
    const [write, read] = props.copies ? this.copiers(props.copies) : [];
    this.backup(write);
    this.restoreTest(read);
    this.restore(read);
  }

  /** Who puts copies into the bucket, and who gets them. */
  private copiers(copies: CopiesProps): [Copier, Copier] {
    const { namespace } = this.props;
    const required = (secret: RequiredSecret | undefined) => secret && this.requireSecret(secret);
    const { write, read } = copies.bucket;
    const both = {
      ...this.dump,
      copies,
      encryption: copies.encrypted ? this.requireSecret(encryptionKey(namespace)) : undefined,
      authority: write.endpoint.tls ? authorityVolume(this, `${NAME}-client`, write.authority) : undefined,
    };
    const writeKey = bucketKey(namespace, NAME, 'Key that adds dumps to the bucket of backups', write);
    const readKey = bucketKey(namespace, 'postgresql-restore', 'Key that reads dumps in the bucket of backups', read);
    return [
      { ...both, key: required(writeKey) },
      { ...both, key: required(readKey) },
    ];
  }

  private backup(write: Copier | undefined): void {
    const { database, schedule, keep } = this.props;
    // Only what failed starts again: a store that is away does not make for more dumps, which would push out older ones.
    const when = { schedule, restartPolicy: 'OnFailure', backoffLimit: 3 };
    this.job('backup', NAME, when, (pods) => {
      const dump = dumpContainer(this.dump, this.connect(pods, database.endpoint), keep, this.dumps);
      if (!write) return [dump];
      return [dump, putContainer(write, this.reach(pods, write.copies.bucket.write), this.dumps)];
    });
  }

  private restoreTest(read: Copier | undefined): void {
    const { restoreTest } = this.props;
    if (!restoreTest) return;
    // What comes from the bucket lies in the pod, which then may run on any node.
    const dumps = read ? { volume: scratchVolume('dumps'), path: BACKUP_PATH } : this.dumps;
    const when = { schedule: restoreTest.schedule, restartPolicy: 'Never', backoffLimit: 1 };
    this.job('restore-test', RESTORE_TEST, when, (pods) => [
      ...this.get(pods, read, dumps, restoreTest.resources),
      restoreTestContainer(this.dump, restoreTest, dumps),
    ]);
  }

  /** Runs when a person makes a Job of it. A dump that is on the volume is not fetched. */
  private restore(read: Copier | undefined): void {
    const when = { schedule: NEVER, suspend: true, restartPolicy: 'Never', backoffLimit: 0 };
    this.job('restore', 'postgresql-restore', when, (pods) => [
      ...this.get(pods, read, this.dumps),
      restoreContainer(this.dump, this.connect(pods, this.props.database.endpoint), this.dumps),
    ]);
  }

  private get(pods: Pods, read: Copier | undefined, dumps: Mount, resources?: Resources): ContainerProps[] {
    if (!read) return [];
    return [getContainer(read, this.reach(pods, read.copies.bucket.read), dumps, resources)];
  }

  /** @returns the origin of the bucket's store */
  private reach(pods: Pods, access: BucketAccess): string {
    for (const { from, to, ports } of identityEdges(pods, access)) this.allow(from, to, ...ports);
    return this.connect(pods, access.endpoint).origin;
  }

  /** A CronJob whose containers run one after the other. */
  private job(
    component: string,
    name: string,
    { restartPolicy, ...when }: When,
    containersOf: (pods: Pods) => readonly ContainerProps[],
  ): void {
    const { props } = this;
    const pods = this.pods(props.namespace, component, name);
    const containers = containersOf(pods);
    cronJob(this, component, {
      name,
      ...when,
      concurrencyPolicy: 'Forbid',
      activeDeadlineSeconds: DEADLINE_SECONDS,
      pods,
      podLabels: this.podLabels(pods),
      settings: props,
      pod: podSpec({
        serviceAccountName: this.account.name,
        uid: POSTGRES_UID,
        pullSecret: props.pullSecret,
        restartPolicy,
        initContainers: containers.length > 1 ? containers.slice(0, -1) : undefined,
        containers: containers.slice(-1),
      }),
    });
  }
}
