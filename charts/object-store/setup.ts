/** The Job that sets up the bucket and its users, and brings them up to date when it runs again. */

import type { Construct } from 'constructs';
import { AUTHORITY_FILE } from '../certificates/authority';
import { CERTIFICATE_KEYS } from '../certificates/signed-certificate';
import type { ContainerProps, Resources, Variables } from '../lib/container';
import type { Pods } from '../lib/endpoint';
import type { Image } from '../lib/image';
import { oneTimeJob } from '../lib/job';
import { k8s } from '../lib/k8s';
import { podSpec } from '../lib/pod';
import type { RequiredSecret } from '../lib/secret';
import { configMapVolume, type Mount, secretVolume, tmp } from '../lib/volumes';
import type { WorkloadSettings } from '../lib/workload-settings';
import againScript from './again.sh';
import bucketsScript from './buckets.sh';
import { type BucketUser, policies, policyName } from './policies';
import { authorityMounts, STORE_AUTHORITY_FILE } from './rclone';
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
  /** The bucket of logged requests. @default - there is none */
  readonly requestLog?: { readonly bucket: string };
  readonly root: RootCredential;
  /** The secret key of each user, by its access key. */
  readonly keys: RequiredSecret;
  /** The Secret with the server's certificate, and who signed it. @default - the server speaks no TLS */
  readonly certificate?: string;
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
    'again.sh': againScript,
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
    ...authorityMounts(props.certificate === undefined ? undefined : authorityOf(props.certificate)),
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

/** The authority, from the certificate of the server, which is in this namespace. */
const authorityOf = (secretName: string): k8s.Volume => ({
  name: 'authority',
  secret: { secretName, items: [{ key: CERTIFICATE_KEYS.authority, path: AUTHORITY_FILE }] },
});

/** What mc has to be told to trust the server: Go reads the variable. */
const trust = ({ certificate }: SetUpJobProps): Variables =>
  certificate === undefined ? {} : { SSL_CERT_FILE: STORE_AUTHORITY_FILE };

function userContainer(props: SetUpJobProps, mounts: readonly Mount[]): ContainerProps {
  const { image, origin, bucket, requestLog, users, root } = props;
  return {
    name: 'setup',
    image,
    command: ['/bin/sh', `${FILES_PATH}/setup.sh`],
    env: {
      MC_CONFIG_DIR: CLIENT_PATH,
      STORE_URL: origin,
      BUCKETS: [bucket, ...(requestLog ? [requestLog.bucket] : [])].join(' '),
      GRANTS: users.map((user) => `${user.accessKeyId}=${policyName(user)}`).join(' '),
      ROOT_USER_FILE: root.userFile,
      ROOT_PASSWORD_FILE: root.passwordFile,
      KEYS_FOLDER: KEYS_PATH,
      FILES_FOLDER: FILES_PATH,
      ...trust(props),
    },
    resources: RESOURCES,
    mounts,
  };
}

function bucketContainer(
  props: SetUpJobProps,
  env: Readonly<Record<string, string>>,
  mounts: readonly Mount[],
): ContainerProps {
  return {
    name: 'buckets',
    image: props.image,
    command: ['/bin/sh', `${FILES_PATH}/buckets.sh`],
    env: { MC_CONFIG_DIR: CLIENT_PATH, FILES_FOLDER: FILES_PATH, ...trust(props), ...env },
    resources: RESOURCES,
    mounts,
  };
}
