import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { Component } from '../lib/component';
import { type Endpoint, originOf } from '../lib/endpoint';
import type { Image } from '../lib/image';
import { oneTimeJob } from '../lib/job';
import { Credential, RequiredSecret, secretText } from '../lib/secret';
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
import { type BucketUser, policies, policyName } from './policies';
import setupScript from './setup.sh';

export interface ObjectStoreProps {
  readonly namespace: string;
  readonly image: Image;
  readonly pullSecret?: string;
  readonly bucket: string;
  readonly console: boolean;
  /** Makes a user for batch predictions. */
  readonly batch: boolean;
  readonly resources: Resources;
  readonly storage: Storage;
}

/** How a client reaches a bucket, and the key that it does so with. */
export interface BucketAccess {
  readonly endpoint: Endpoint;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: Credential;
}

const API_PORT = 9000;
const CONSOLE_PORT = 9001;
/** The image names no user. */
const UID = 10001;
const ROOT_USER = 'minio-root';
const SECRETS_PATH = '/run/secrets/minio';
const SETUP_PATH = '/etc/minio-setup';
const SETUP_RESOURCES: Resources = {
  requests: { cpu: '10m', memory: '64Mi', 'ephemeral-storage': '16Mi' },
  limits: { cpu: '500m', memory: '256Mi', 'ephemeral-storage': '64Mi' },
};

/**
 * A MinIO-compatible object store with one private bucket and a user for each consumer: a StatefulSet of one server,
 * and a Job that sets up bucket and users. Only those two know the root credential.
 */
export class ObjectStore extends Component {
  /** May read, write and delete in the bucket: MLflow's artifacts. */
  readonly readWrite: BucketAccess;
  /** May list and read the bucket: the model servers. */
  readonly readOnly: BucketAccess;
  /** May do what `readWrite` may: rows and answers of batch predictions. */
  readonly batch?: BucketAccess;

  constructor(scope: Construct, props: ObjectStoreProps) {
    super(scope, { name: 'minio', stage: '30-data', namespace: props.namespace, version: props.image.label });
    const pods = this.pods(props.namespace, 'server');
    const readWrite: BucketUser = {
      accessKeyId: 'mlflow',
      access: 'read-write',
      secretAccessKey: new Credential('MLFLOW_S3_SECRET_KEY', "MLflow's key to the object store, read-write"),
    };
    const readOnly: BucketUser = {
      accessKeyId: 'seldon',
      access: 'read-only',
      secretAccessKey: new Credential('SELDON_S3_SECRET_KEY', "The model servers' key to the object store, read-only"),
    };
    const batch: BucketUser = {
      accessKeyId: 'batch',
      access: 'read-write',
      secretAccessKey: new Credential('BATCH_S3_SECRET_KEY', "Batch predictions' key to the object store, read-write"),
    };
    const users = [readWrite, readOnly, ...(props.batch ? [batch] : [])];
    const root = this.requireSecret(
      new RequiredSecret({
        namespace: props.namespace,
        name: 'minio',
        purpose: 'Root credential of the object store',
        data: {
          'root-user': secretText`${ROOT_USER}`,
          'root-password': secretText`${new Credential('MINIO_ROOT_PASSWORD', 'Root of the object store')}`,
        },
      }),
    );
    const keys = this.requireSecret(
      new RequiredSecret({
        namespace: props.namespace,
        name: 'minio-users',
        purpose: 'Keys that the set-up Job gives to the users of the object store, each named by its access key',
        data: Object.fromEntries(users.map((user) => [user.accessKeyId, secretText`${user.secretAccessKey}`])),
      }),
    );

    const account = serviceAccount(this, 'account', 'minio');
    const ports = [
      { name: 'http', port: API_PORT },
      ...(props.console ? [{ name: 'http-console', port: CONSOLE_PORT }] : []),
    ];
    const headless = this.service('minio-hl', pods.labels, ports, {
      clusterIp: 'None',
      publishNotReadyAddresses: true,
    });
    const service = this.service('minio', pods.labels, ports, {});

    new k8s.KubeStatefulSet(this, 'server', {
      metadata: { name: 'minio' },
      spec: {
        serviceName: headless.name,
        replicas: 1,
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: pods.labels },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        template: {
          metadata: { labels: this.podLabels(pods) },
          spec: {
            ...podBase({ serviceAccountName: account.name, uid: UID, pullSecret: props.pullSecret }),
            terminationGracePeriodSeconds: 60,
            containers: [
              {
                name: 'minio',
                ...imageOf(props.image),
                args: ['server', '/data', `--address=:${API_PORT}`, `--console-address=:${CONSOLE_PORT}`],
                ports: ports.map(({ name, port }) => ({ name, containerPort: port })),
                env: [
                  // A file that is missing means minioadmin/minioadmin to the server: the volume lists its keys, so that
                  // a Secret without them keeps the pod from starting.
                  { name: 'MINIO_ROOT_USER_FILE', value: `${SECRETS_PATH}/${root.key('root-user')}` },
                  { name: 'MINIO_ROOT_PASSWORD_FILE', value: `${SECRETS_PATH}/${root.key('root-password')}` },
                  { name: 'MINIO_BROWSER', value: props.console ? 'on' : 'off' },
                  { name: 'MINIO_UPDATE', value: 'off' },
                ],
                // Both answer as soon as the process serves; neither looks at the disks.
                startupProbe: { ...health('ready'), periodSeconds: 2, failureThreshold: 150 },
                readinessProbe: { ...health('ready'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
                livenessProbe: { ...health('live'), periodSeconds: 20, timeoutSeconds: 10, failureThreshold: 6 },
                resources: resourceRequirements(props.resources),
                securityContext: RESTRICTED_CONTAINER,
                volumeMounts: [
                  { name: 'data', mountPath: '/data' },
                  { name: 'root-credential', mountPath: SECRETS_PATH, readOnly: true },
                  { name: 'tmp', mountPath: '/tmp' },
                ],
              },
            ],
            volumes: [
              secretVolume('root-credential', root, 'root-user', 'root-password'),
              scratchVolume('tmp', '512Mi'),
            ],
          },
        },
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: claimSpec(props.storage),
          },
        ],
      },
    });

    const endpoint: Endpoint = {
      service: service.name,
      namespace: props.namespace,
      port: API_PORT,
      targetPort: API_PORT,
      pods,
    };
    this.setupJob(props, { endpoint, users, root, keys, serviceAccountName: account.name });
    const access = (user: BucketUser): BucketAccess => ({
      endpoint,
      bucket: props.bucket,
      accessKeyId: user.accessKeyId,
      secretAccessKey: user.secretAccessKey,
    });
    this.readWrite = access(readWrite);
    this.readOnly = access(readOnly);
    if (props.batch) this.batch = access(batch);
  }

  private service(
    name: string,
    selector: Readonly<Record<string, string>>,
    ports: readonly { name: string; port: number }[],
    spec: Partial<k8s.ServiceSpec>,
  ) {
    return new k8s.KubeService(this, name, {
      metadata: { name },
      spec: {
        ...spec,
        selector,
        ports: ports.map((entry) => ({ ...entry, targetPort: k8s.IntOrString.fromString(entry.name) })),
      },
    });
  }

  /** Creates the bucket, the policies and the users, and brings them up to date when it runs again. */
  private setupJob(
    props: ObjectStoreProps,
    setup: {
      endpoint: Endpoint;
      users: readonly BucketUser[];
      root: RequiredSecret;
      keys: RequiredSecret;
      serviceAccountName: string;
    },
  ): void {
    const pods = this.pods(props.namespace, 'setup', 'minio-setup');
    const { origin } = this.connect(pods, setup.endpoint);
    const script = {
      'setup.sh': setupScript,
      ...policies(props.bucket, setup.users),
    };
    const files = new k8s.KubeConfigMap(this, 'setup-files', { metadata: { name: 'minio-setup' }, data: script });
    const spec: k8s.PodSpec = {
      ...podBase({ serviceAccountName: setup.serviceAccountName, uid: UID, pullSecret: props.pullSecret }),
      restartPolicy: 'OnFailure',
      containers: [
        {
          name: 'setup',
          ...imageOf(props.image),
          command: ['/bin/sh', `${SETUP_PATH}/setup.sh`],
          env: [
            // mc keeps its aliases here; the image's root file system is read-only.
            { name: 'MC_CONFIG_DIR', value: '/tmp/mc' },
            { name: 'STORE_URL', value: origin },
            { name: 'BUCKET', value: props.bucket },
            {
              name: 'GRANTS',
              value: setup.users.map((user) => `${user.accessKeyId}=${policyName(props.bucket, user)}`).join(' '),
            },
            { name: 'ROOT_USER_FILE', value: `${SECRETS_PATH}/${setup.root.key('root-user')}` },
            { name: 'ROOT_PASSWORD_FILE', value: `${SECRETS_PATH}/${setup.root.key('root-password')}` },
            { name: 'KEYS_FOLDER', value: `${SECRETS_PATH}-users` },
            { name: 'POLICIES_FOLDER', value: SETUP_PATH },
          ],
          resources: resourceRequirements(SETUP_RESOURCES),
          securityContext: RESTRICTED_CONTAINER,
          volumeMounts: [
            { name: 'files', mountPath: SETUP_PATH, readOnly: true },
            { name: 'root-credential', mountPath: SECRETS_PATH, readOnly: true },
            { name: 'user-keys', mountPath: `${SECRETS_PATH}-users`, readOnly: true },
            { name: 'tmp', mountPath: '/tmp' },
          ],
        },
      ],
      volumes: [
        { name: 'files', configMap: { name: files.name } },
        secretVolume('root-credential', setup.root, 'root-user', 'root-password'),
        secretVolume('user-keys', setup.keys, ...setup.users.map((user) => user.accessKeyId)),
        scratchVolume('tmp', '32Mi'),
      ],
    };
    oneTimeJob(this, 'setup', {
      name: 'minio-setup',
      labels: pods.labels,
      podLabels: this.podLabels(pods),
      backoffLimit: 6,
      spec,
      content: script,
    });
  }
}

const health = (probe: 'live' | 'ready') => ({
  httpGet: { path: `/minio/health/${probe}`, port: k8s.IntOrString.fromString('http') },
});

/** The origin of the S3 API, for a Secret that must carry it. */
export const s3Origin = (access: BucketAccess) => originOf(access.endpoint);

/** The address of a bucket, or of what lies at a path in it, such as "s3://models/wine/1". */
export const bucketUri = (bucket: string, path = '') => `s3://${bucket}/${path}`;
