/** The Job that makes the buckets of SeaweedFS. */

import type { Construct } from 'constructs';
import type { Resources } from '../../lib/container';
import type { Pods } from '../../lib/endpoint';
import type { Image } from '../../lib/image';
import { oneTimeJob } from '../../lib/job';
import { k8s } from '../../lib/k8s';
import { podSpec } from '../../lib/pod';
import { configMapVolume, tmp } from '../../lib/volumes';
import type { WorkloadSettings } from '../../lib/workload-settings';
import bucketsScript from './buckets.sh';

export interface BucketsJobProps {
  readonly image: Image;
  /** @default - images are pulled without a login */
  readonly pullSecret?: string;
  readonly serviceAccountName: string;
  readonly uid: number;
  readonly pods: Pods;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly settings: WorkloadSettings;
  /** The address of each master, and of the filers. */
  readonly masters: readonly string[];
  readonly filer: string;
  readonly bucket: string;
  readonly versioned: boolean;
  /** @default - there is no such bucket */
  readonly backups?: { readonly bucket: string };
  /** @default - there is no such bucket */
  readonly requestLog?: { readonly bucket: string };
}

const NAME = 'seaweedfs-setup';
const SCRIPT_PATH = '/opt/setup';
const RESOURCES: Resources = {
  requests: { cpu: '10m', memory: '64Mi', 'ephemeral-storage': '16Mi' },
  limits: { cpu: '500m', memory: '256Mi', 'ephemeral-storage': '64Mi' },
};

export function bucketsJob(scope: Construct, props: BucketsJobProps): void {
  const { image, pullSecret, serviceAccountName, uid, pods, podLabels, settings } = props;
  const { bucket, versioned, backups, requestLog } = props;
  const data = { 'buckets.sh': bucketsScript };
  const files = new k8s.KubeConfigMap(scope, 'setup-files', { metadata: { name: NAME }, data });
  const container = {
    name: 'setup',
    image,
    command: ['/bin/sh', `${SCRIPT_PATH}/buckets.sh`],
    env: {
      HOME: '/tmp',
      MASTERS: props.masters.join(','),
      FILER: props.filer,
      BUCKETS: [bucket, ...[backups, requestLog].flatMap((other) => other?.bucket ?? [])].join(' '),
      VERSIONED: [...(versioned ? [bucket] : []), ...(backups ? [backups.bucket] : [])].join(' '),
    },
    resources: RESOURCES,
    mounts: [{ volume: configMapVolume('files', files), path: SCRIPT_PATH }, tmp()],
  };
  oneTimeJob(scope, 'setup', {
    name: NAME,
    pods,
    podLabels,
    settings,
    backoffLimit: 6,
    pod: podSpec({ serviceAccountName, uid, pullSecret, restartPolicy: 'OnFailure', containers: [container] }),
    content: data,
  });
}
