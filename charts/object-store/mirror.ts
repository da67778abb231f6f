import type { Construct } from 'constructs';
import { longestGap } from '../../config/cron';
import { AUTHORITY_FILE, authorityVolume } from '../certificates/authority';
import { Component } from '../lib/component';
import type { ContainerProps, Resources } from '../lib/container';
import type { Pods } from '../lib/endpoint';
import type { Image } from '../lib/image';
import { cronJob } from '../lib/job';
import { podSpec, serviceAccount } from '../lib/pod';
import { RequiredSecret } from '../lib/secret';
import { type Mount, tmp } from '../lib/volumes';
import type { WorkloadSettings } from '../lib/workload-settings';
import { type BucketAccess, identityEdges } from './bucket';
import mirrorScript from './mirror.sh';
import { rcloneRemote } from './rclone';

export interface MirrorProps extends WorkloadSettings {
  readonly namespace: string;
  /** Has rclone. */
  readonly image: Image;
  /** @default - images are pulled without a login */
  readonly pullSecret?: string;
  /** What is copied; read-only is enough. */
  readonly from: BucketAccess;
  /** The second place. */
  readonly to: BucketAccess;
  /** A cron schedule of five fields. */
  readonly schedule: string;
  /** Whether what the bucket no longer has is deleted there. */
  readonly deletes: boolean;
  readonly resources: Resources;
}

/** Name of the CronJob. */
export const MIRROR = 'object-store-mirror';
const NAME = MIRROR;
/** The image names no user. */
const UID = 10001;
const DAY_SECONDS = 24 * 3600;
/** Where each store's authority is, by the name of its remote. */
const AUTHORITIES = '/etc/authorities';

/**
 * Until the next run is due, and at least a day: the first copy of a large bucket takes long. A run that is ended loses none of
 * the objects that it has copied, and the next one goes on after them.
 */
const deadlineOf = (schedule: string) => Math.max(DAY_SECONDS, 60 * (longestGap(schedule) ?? 0));

/**
 * Copies the bucket to a second place on a schedule, objects that are there already left out. The last good run is
 * `status.lastSuccessfulTime` of the CronJob.
 */
export class Mirror extends Component {
  constructor(
    scope: Construct,
    private readonly props: MirrorProps,
  ) {
    super(scope, { name: NAME, stage: '30-data', namespace: props.namespace, version: props.image.label });
    const pods = this.pods(props.namespace, 'job');
    const secret = this.requireSecret(
      new RequiredSecret({
        namespace: props.namespace,
        name: NAME,
        purpose: 'Configuration of the rclone remotes "source" and "target" that the mirror copies between',
        data: { ...rcloneRemote(props.from, 'source'), ...rcloneRemote(props.to, 'target') },
      }),
    );
    for (const place of [props.from, props.to]) this.connectTo(place, pods);
    const account = serviceAccount(this, 'account', NAME, props);
    cronJob(this, 'job', {
      name: NAME,
      schedule: props.schedule,
      concurrencyPolicy: 'Forbid',
      activeDeadlineSeconds: deadlineOf(props.schedule),
      backoffLimit: 3,
      pods,
      podLabels: this.podLabels(pods),
      settings: props,
      pod: podSpec({
        serviceAccountName: account.name,
        uid: UID,
        pullSecret: props.pullSecret,
        restartPolicy: 'OnFailure',
        containers: [this.container(secret)],
      }),
    });
  }

  private connectTo(place: BucketAccess, pods: Pods): void {
    this.connect(pods, place.endpoint);
    for (const { from, to, ports } of identityEdges(pods, place)) this.allow(from, to, ...ports);
  }

  private container(secret: RequiredSecret): ContainerProps {
    const { image, from, to, deletes, resources } = this.props;
    const source = this.authority('source', from);
    const target = this.authority('target', to);
    return {
      name: 'mirror',
      image,
      command: ['/bin/sh', '-c', mirrorScript, 'mirror.sh'],
      env: {
        HOME: '/tmp',
        FROM: `source:${from.bucket}`,
        TO: `target:${to.bucket}`,
        DELETES: String(deletes),
        ...(source && { SOURCE_AUTHORITY: `${source.path}/${AUTHORITY_FILE}` }),
        ...(target && { TARGET_AUTHORITY: `${target.path}/${AUTHORITY_FILE}` }),
      },
      envFrom: [{ secretRef: { name: secret.name } }],
      resources,
      mounts: [tmp(), ...(source ? [source] : []), ...(target ? [target] : [])],
    };
  }

  private authority(remote: string, { authority }: BucketAccess): Mount | undefined {
    const volume = authorityVolume(this, `${NAME}-${remote}`, authority, `${remote}-authority`);
    return volume && { volume, path: `${AUTHORITIES}/${remote}` };
  }
}
