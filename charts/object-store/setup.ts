/** The Job that sets up the bucket and its users, and brings them up to date when it runs again. */
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { ContainerProps, Resources } from '../lib/container';
import type { Pods } from '../lib/endpoint';
import type { Image } from '../lib/image';
import { oneTimeJob } from '../lib/job';
import { podSpec } from '../lib/pod';
import type { RequiredSecret } from '../lib/secret';
import { configMapVolume, type Mount, secretVolume, tmp } from '../lib/volumes';
import type { WorkloadSettings } from '../lib/workload-settings';
import bucketsScript from './buckets.sh';
import { type BucketUser, policies, policyName } from './policies';
import { type RetentionProps, retention } from './retention';
import type { RootCredential } from './root-credential';
import setupScript from './setup.sh';

export interface SetUpJobProps extends RetentionProps {
  readonly image: Image;
  /** @default - images are pulled without a login */
  readonly pullSecret?: string;
  readonly serviceAccountName: string;
  readonly uid: number;
  readonly pods: Pods;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly settings: WorkloadSettings;
  /** Where the S3 API is. */
  readonly origin: string;
  readonly users: readonly BucketUser[];
  readonly root: RootCredential;
  /** The secret key of each user, by its access key. */
  readonly keys: RequiredSecret;
}

const FILES_PATH = '/etc/minio-setup';
/** Where mc keeps its logins; the image's root file system is read-only. */
const CLIENT_PATH = '/tmp/mc';
const KEYS_PATH = '/run/secrets/minio-users';
const RESOURCES: Resources = {
  requests: { cpu: '10m', memory: '64Mi', 'ephemeral-storage': '16Mi' },
  limits: { cpu: '500m', memory: '256Mi', 'ephemeral-storage': '64Mi' },
};

export function setUpJob(scope: Construct, props: SetUpJobProps): void {
  const { pods, podLabels, settings, serviceAccountName, uid, pullSecret, users, root, keys } = props;
  const kept = retention(props);
  const data = {
    'setup.sh': setupScript,
    ...policies(users),
    ...(kept && { 'buckets.sh': bucketsScript, ...kept.files }),
  };
  const files = new k8s.KubeConfigMap(scope, 'setup-files', { metadata: { name: 'minio-setup' }, data });
  const mounts = [
    { volume: configMapVolume('files', files), path: FILES_PATH },
    root.mount,
    { volume: secretVolume('user-keys', keys, ...users.map((user) => user.accessKeyId)), path: KEYS_PATH },
    tmp(),
  ];
  oneTimeJob(scope, 'setup', {
    name: 'minio-setup',
    pods,
    podLabels,
    settings,
    backoffLimit: 6,
    pod: podSpec({
      serviceAccountName,
      uid,
      pullSecret,
      restartPolicy: 'OnFailure',
      ...(kept
        ? {
            initContainers: [userContainer(props, mounts)],
            containers: [bucketContainer(props, kept.env, mounts)],
          }
        : { containers: [userContainer(props, mounts)] }),
    }),
    content: data,
  });
}

function userContainer(
  { image, origin, bucket, users, root }: SetUpJobProps,
  mounts: readonly Mount[],
): ContainerProps {
  return {
    name: 'setup',
    image,
    command: ['/bin/sh', `${FILES_PATH}/setup.sh`],
    env: {
      MC_CONFIG_DIR: CLIENT_PATH,
      STORE_URL: origin,
      BUCKET: bucket,
      GRANTS: users.map((user) => `${user.accessKeyId}=${policyName(user)}`).join(' '),
      ROOT_USER_FILE: root.userFile,
      ROOT_PASSWORD_FILE: root.passwordFile,
      KEYS_FOLDER: KEYS_PATH,
      POLICIES_FOLDER: FILES_PATH,
    },
    resources: RESOURCES,
    mounts,
  };
}

function bucketContainer(
  { image }: SetUpJobProps,
  env: Readonly<Record<string, string>>,
  mounts: readonly Mount[],
): ContainerProps {
  return {
    name: 'buckets',
    image,
    command: ['/bin/sh', `${FILES_PATH}/buckets.sh`],
    env: { MC_CONFIG_DIR: CLIENT_PATH, FILES_FOLDER: FILES_PATH, ...env },
    resources: RESOURCES,
    mounts,
  };
}
