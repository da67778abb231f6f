import type { Construct } from 'constructs';
import { Component } from '../lib/component';
import type { ContainerProps, Resources } from '../lib/container';
import type { Endpoint, Pods } from '../lib/endpoint';
import type { Image } from '../lib/image';
import { podSpec, serviceAccount } from '../lib/pod';
import { httpCheck, probes } from '../lib/probes';
import { RequiredSecret, secretText } from '../lib/secret';
import { endpointOf, type NamedPort, service, servicePort } from '../lib/service';
import { claimTemplate, type Mount, type Storage, tmp } from '../lib/volumes';
import { statefulSet } from '../lib/workload';
import type { WorkloadSettings } from '../lib/workload-settings';
import type { BackupBucket, BucketAccess } from './bucket';
import type { BucketUser } from './policies';
import type { RetentionProps } from './retention';
import { RootCredential } from './root-credential';
import { setUpJob } from './setup';
import { listOf, mapUsers, usersOf } from './users';

export interface ObjectStoreProps extends WorkloadSettings, RetentionProps {
  readonly namespace: string;
  readonly image: Image;
  /** @default - images are pulled without a login */
  readonly pullSecret?: string;
  readonly console: boolean;
  /** Makes a user for batch predictions. */
  readonly batch: boolean;
  readonly resources: Resources;
  readonly storage: Storage;
}

const API: NamedPort = { name: 'http', containerPort: 9000 };
const CONSOLE: NamedPort = { name: 'http-console', containerPort: 9001 };
/** The image names no user. */
const UID = 10001;

/**
 * A MinIO-compatible object store with one private bucket and a user for each consumer: a StatefulSet of one server,
 * and a Job that sets up bucket and users. Only those two know the root credential.
 */
export class ObjectStore extends Component {
  /** May read, write and delete in the bucket: MLflow's artifacts. */
  readonly readWrite: BucketAccess<Endpoint>;
  /** May list and read the bucket: the model servers. */
  readonly readOnly: BucketAccess<Endpoint>;
  /** May do what `readWrite` may: rows and answers of batch predictions. Absent where there are none. */
  readonly batch?: BucketAccess<Endpoint>;
  /** The bucket of backups; absent where there is none. */
  readonly backups?: BackupBucket<Endpoint>;

  constructor(
    scope: Construct,
    private readonly props: ObjectStoreProps,
  ) {
    super(scope, { name: 'minio', stage: '30-data', namespace: props.namespace, version: props.image.label });
    const { namespace } = props;
    const users = usersOf(props);
    const pods = this.pods(namespace, 'server');
    const root = new RootCredential(namespace);
    this.requireSecret(root.secret);
    const account = serviceAccount(this, 'account', 'minio', props);
    const endpoint = this.server(pods, account.name, root);
    this.setUp(endpoint, account.name, root, listOf(users));

    const access = mapUsers(users, (user): BucketAccess<Endpoint> => accessOf(user, endpoint));
    this.readWrite = access.mlflow;
    this.readOnly = access.seldon;
    this.batch = access.batch;
    this.backups = access.backups;
  }

  private server(pods: Pods, serviceAccountName: string, root: RootCredential): Endpoint {
    const { props } = this;
    const ports = props.console ? [API, CONSOLE] : [API];
    const servicePorts = ports.map((port) => servicePort(port));
    const headless = service(this, 'minio-hl', { name: 'minio-hl', pods, ports: servicePorts, headless: true });
    const inFront = service(this, 'minio', { name: 'minio', pods, ports: servicePorts });
    const data = claimTemplate('data', props.storage);
    statefulSet(this, 'server', {
      name: 'minio',
      service: headless,
      podManagementPolicy: 'Parallel',
      pods,
      podLabels: this.podLabels(pods),
      settings: props,
      claims: [data],
      pod: podSpec({
        serviceAccountName,
        uid: UID,
        pullSecret: props.pullSecret,
        terminationGracePeriodSeconds: 60,
        containers: [serverContainer(props, ports, root, [{ volume: data, path: '/data' }, root.mount, tmp()])],
      }),
    });
    return endpointOf(inFront, pods, API);
  }

  private setUp(endpoint: Endpoint, serviceAccountName: string, root: RootCredential, users: readonly BucketUser[]) {
    const { namespace, image, pullSecret, bucket, versioning, backups } = this.props;
    const keys = this.requireSecret(
      new RequiredSecret({
        namespace,
        name: 'minio-users',
        purpose: 'Keys that the set-up Job gives to the users of the object store, each named by its access key',
        data: Object.fromEntries(users.map((user) => [user.accessKeyId, secretText`${user.secretAccessKey}`])),
      }),
    );
    const pods = this.pods(namespace, 'setup', 'minio-setup');
    const { origin } = this.connect(pods, endpoint);
    setUpJob(this, {
      ...{ image, pullSecret, bucket, versioning, backups, users, origin, root, keys, serviceAccountName },
      uid: UID,
      pods,
      podLabels: this.podLabels(pods),
      settings: this.props,
    });
  }
}

function accessOf({ bucket, accessKeyId, secretAccessKey }: BucketUser, endpoint: Endpoint): BucketAccess<Endpoint> {
  return {
    endpoint,
    bucket,
    region: 'us-east-1',
    pathStyle: true,
    authority: { kind: 'public' },
    key: { accessKeyId, secretAccessKey },
  };
}

function serverContainer(
  { image, console, resources }: ObjectStoreProps,
  ports: readonly NamedPort[],
  root: RootCredential,
  mounts: readonly Mount[],
): ContainerProps {
  return {
    name: 'minio',
    image,
    args: ['server', '/data', `--address=:${API.containerPort}`, `--console-address=:${CONSOLE.containerPort}`],
    ports: [...ports],
    env: {
      MINIO_ROOT_USER_FILE: root.userFile,
      MINIO_ROOT_PASSWORD_FILE: root.passwordFile,
      MINIO_BROWSER: console ? 'on' : 'off',
      MINIO_UPDATE: 'off',
    },
    // Both paths answer as soon as the process serves; neither looks at the disks.
    ...probes({
      startup: { periodSeconds: 2, failureThreshold: 150 },
      ready: httpCheck(API, '/minio/health/ready'),
      live: { ...httpCheck(API, '/minio/health/live'), timeoutSeconds: 10 },
    }),
    resources,
    mounts,
  };
}
