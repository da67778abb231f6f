import type { Construct } from 'constructs';
import { Component } from '../lib/component';
import type { ContainerProps, Resources } from '../lib/container';
import type { Endpoint, Pods } from '../lib/endpoint';
import type { Image } from '../lib/image';
import { podSpec, serviceAccount } from '../lib/pod';
import { httpCheck, probes } from '../lib/probes';
import { Credential, RequiredSecret, secretText } from '../lib/secret';
import { endpointOf, type NamedPort, service, servicePort } from '../lib/service';
import { claimTemplate, type Mount, type Storage, tmp } from '../lib/volumes';
import { statefulSet } from '../lib/workload';
import type { WorkloadSettings } from '../lib/workload-settings';
import type { BucketAccess } from './bucket';
import type { BucketUser } from './policies';
import { RootCredential } from './root-credential';
import { setUpJob } from './setup';

export interface ObjectStoreProps extends WorkloadSettings {
  readonly namespace: string;
  readonly image: Image;
  /** @default - images are pulled without a login */
  readonly pullSecret?: string;
  readonly bucket: string;
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

  constructor(
    scope: Construct,
    private readonly props: ObjectStoreProps,
  ) {
    super(scope, { name: 'minio', stage: '30-data', namespace: props.namespace, version: props.image.label });
    const { namespace, bucket } = props;
    const { mlflow, seldon, batch } = users();
    const pods = this.pods(namespace, 'server');
    const root = new RootCredential(namespace);
    this.requireSecret(root.secret);
    const account = serviceAccount(this, 'account', 'minio', props);
    const endpoint = this.server(pods, account.name, root);
    this.setUp(endpoint, account.name, root, [mlflow, seldon, ...(props.batch ? [batch] : [])]);

    const access = ({ accessKeyId, secretAccessKey }: BucketUser): BucketAccess<Endpoint> => ({
      endpoint,
      bucket,
      accessKeyId,
      secretAccessKey,
    });
    this.readWrite = access(mlflow);
    this.readOnly = access(seldon);
    if (props.batch) this.batch = access(batch);
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
    const { namespace, image, pullSecret, bucket } = this.props;
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
      ...{ image, pullSecret, bucket, users, origin, root, keys, serviceAccountName },
      uid: UID,
      pods,
      podLabels: this.podLabels(pods),
      settings: this.props,
    });
  }
}

/** The users of the bucket, one for each consumer. */
function users() {
  return {
    mlflow: {
      accessKeyId: 'mlflow',
      access: 'read-write',
      secretAccessKey: new Credential('MLFLOW_S3_SECRET_KEY', "MLflow's key to the object store, read-write"),
    },
    seldon: {
      accessKeyId: 'seldon',
      access: 'read-only',
      secretAccessKey: new Credential('SELDON_S3_SECRET_KEY', "The model servers' key to the object store, read-only"),
    },
    batch: {
      accessKeyId: 'batch',
      access: 'read-write',
      secretAccessKey: new Credential('BATCH_S3_SECRET_KEY', "Batch predictions' key to the object store, read-write"),
    },
  } satisfies Record<string, BucketUser>;
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
