import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { Component } from '../lib/component';
import type { Pods } from '../lib/endpoint';
import type { Image } from '../lib/image';
import { oneTimeJob } from '../lib/job';
import { RequiredSecret } from '../lib/secret';
import { RESTRICTED_CONTAINER } from '../lib/security';
import { imageOf, podBase, type Resources, resourceRequirements, scratchVolume, serviceAccount } from '../lib/workload';
import type { ModelEndpoint } from '../models/models';
import type { BucketAccess } from '../object-store/object-store';
import { rcloneRemote } from '../object-store/rclone';
import { argoWorkflow, STARTING_DEADLINE } from './argo';
import script from './batch.py';

export interface BatchProps {
  readonly namespace: string;
  /** Name of the model. */
  readonly model: string;
  readonly endpoint: ModelEndpoint;
  /** Has rclone: copies objects. */
  readonly copier: Image;
  /** Has Python and seldon-batch-processor. */
  readonly processor: Image;
  readonly pullSecret?: string;
  /** Where the rows are and the answers go; needs to be read-write. */
  readonly store: BucketAccess;
  /** Ports of the API server, which Argo's own containers report to. */
  readonly apiServerPorts: readonly number[];
  readonly engine: 'kubernetes' | 'argo';
  /** An object or a prefix, such as "s3://models/in/". */
  readonly input: string;
  /** A prefix. */
  readonly output: string;
  /** @default - once */
  readonly schedule?: string;
  /** @default - the controller's */
  readonly timeZone?: string;
  readonly concurrencyPolicy: string;
  readonly workers: number;
  /** Tries of a request, the first one included. */
  readonly retries: number;
  readonly retryDelay: number;
  readonly timeout: number;
  readonly batchSize: number;
  readonly dataType: string;
  readonly payloadType: string;
  readonly method: 'predict' | 'feedback';
  /** Percent of the rows of an object; with more nothing is written. */
  readonly maxFailedPercent: number;
  readonly backoffLimit: number;
  /** Seconds for each attempt. */
  readonly deadline: number;
  /** Of what predicts. */
  readonly resources: Resources & { readonly limits: { readonly 'ephemeral-storage': string } };
}

/** The user of Seldon's images. */
const UID = 8888;
const WORK = '/work';
const SCRIPT_PATH = '/opt/batch';
/** Seldon's path for rewards, beside the one for predictions. */
const FEEDBACK_PATH = '/api/v1.0/feedback';
const COPY_RESOURCES: Resources = {
  requests: { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '16Mi' },
  limits: { cpu: '1', memory: '512Mi', 'ephemeral-storage': '64Mi' },
};

/**
 * Sends the rows of a bucket's objects through a model and keeps the answers there. One pod does it, whatever starts it:
 * it fetches all objects, predicts all, and only then writes, so that nobody sees half of a result, and a second run
 * writes the same names again.
 */
export class Batch extends Component {
  constructor(
    scope: Construct,
    private readonly props: BatchProps,
  ) {
    super(scope, {
      name: `batch-${props.model}`,
      stage: '55-batch',
      namespace: props.namespace,
      version: props.processor.label,
      plural: 'batch jobs',
    });
    const pods = this.pods(props.namespace, 'job');
    const secret = this.requireSecret(
      new RequiredSecret({
        namespace: props.namespace,
        name: this.componentName,
        purpose: `Configuration of the rclone remote "s3" that the batch of ${props.model} reads and writes`,
        data: rcloneRemote(props.store),
      }),
    );
    this.connect(pods, props.store.endpoint);
    const { origin } = this.connect(pods, props.endpoint.endpoint);
    const account = serviceAccount(this, 'account', this.componentName);
    const files = new k8s.KubeConfigMap(this, 'script', {
      metadata: { name: this.componentName },
      data: { 'batch.py': script },
    });
    const url = origin + (props.method === 'feedback' ? FEEDBACK_PATH : props.endpoint.path);
    const spec: k8s.PodSpec = {
      ...podBase({ serviceAccountName: account.name, uid: UID, pullSecret: props.pullSecret }),
      // A new pod for each attempt, which starts with nothing, and the old one's log stays.
      restartPolicy: 'Never',
      activeDeadlineSeconds: props.deadline,
      initContainers: [this.copy('fetch', secret, [remote(props.input), `${WORK}/in`]), this.predict(url)],
      // Each object is one PUT; what is there with the same content stays as it is.
      containers: [this.copy('upload', secret, ['--checksum', `${WORK}/out`, remote(props.output)])],
      volumes: [
        scratchVolume('work', props.resources.limits['ephemeral-storage']),
        scratchVolume('tmp', '64Mi'),
        { name: 'script', configMap: { name: files.name } },
      ],
    };
    if (props.engine === 'argo') {
      // Argo's own containers report how a pod ended.
      this.allow(pods, { kind: 'apiServer' }, ...props.apiServerPorts);
      argoWorkflow(this, {
        ...props,
        name: this.componentName,
        labels: pods.labels,
        podLabels: this.podLabels(pods),
        pod: spec,
        content: script,
      });
    } else this.kubernetes(pods, spec);
  }

  private copy(name: string, secret: RequiredSecret, args: readonly string[]): k8s.Container {
    return {
      name,
      ...imageOf(this.props.copier),
      // The key may not make buckets. Nor list where it writes, which may have any number of objects.
      command: ['rclone', 'copy', '--s3-no-check-bucket', '--no-traverse', ...args],
      env: [{ name: 'HOME', value: '/tmp' }],
      envFrom: [{ secretRef: { name: secret.name } }],
      resources: resourceRequirements(COPY_RESOURCES),
      securityContext: RESTRICTED_CONTAINER,
      volumeMounts: [
        { name: 'work', mountPath: WORK },
        { name: 'tmp', mountPath: '/tmp' },
      ],
    };
  }

  private predict(url: string): k8s.Container {
    const { props } = this;
    const env = {
      HOME: '/tmp',
      WORK,
      MODEL_URL: url,
      MODEL_PROTOCOL: props.endpoint.protocol,
      ROW_TYPE: props.dataType,
      PAYLOAD_TYPE: props.payloadType,
      ROWS_PER_REQUEST: props.batchSize,
      REQUEST_TIMEOUT: props.timeout,
      RETRY_DELAY: props.retryDelay,
      MAX_FAILED_PERCENT: props.maxFailedPercent,
      // What seldon-batch-processor reads itself.
      SELDON_BATCH_DEPLOYMENT_NAME: props.model,
      SELDON_BATCH_NAMESPACE: props.namespace,
      SELDON_BATCH_GATEWAY_TYPE: 'seldon',
      SELDON_BATCH_METHOD: props.method,
      SELDON_BATCH_WORKERS: props.workers,
      SELDON_BATCH_RETRIES: props.retries,
      SELDON_BATCH_LOG_LEVEL: 'error',
    };
    return {
      name: 'predict',
      ...imageOf(props.processor),
      command: ['python', `${SCRIPT_PATH}/batch.py`],
      env: Object.entries(env).map(([name, value]) => ({ name, value: String(value) })),
      resources: resourceRequirements(props.resources),
      securityContext: RESTRICTED_CONTAINER,
      volumeMounts: [
        { name: 'work', mountPath: WORK },
        { name: 'tmp', mountPath: '/tmp' },
        { name: 'script', mountPath: SCRIPT_PATH, readOnly: true },
      ],
    };
  }

  private kubernetes(pods: Pods, spec: k8s.PodSpec): void {
    const { schedule, timeZone, concurrencyPolicy, backoffLimit } = this.props;
    const name = this.componentName;
    const podLabels = this.podLabels(pods);
    if (schedule === undefined) {
      oneTimeJob(this, 'job', { name, labels: pods.labels, podLabels, backoffLimit, spec, content: script });
      return;
    }
    new k8s.KubeCronJob(this, 'job', {
      metadata: { name },
      spec: {
        schedule,
        timeZone,
        concurrencyPolicy,
        // Without a deadline a CronJob stops for good after a hundred missed runs.
        startingDeadlineSeconds: STARTING_DEADLINE,
        jobTemplate: { spec: { backoffLimit, template: { metadata: { labels: podLabels }, spec } } },
      },
    });
  }
}

/** rclone's name for a place, such as "s3:lake/in" for "s3://lake/in/". */
const remote = (uri: string) => uri.replace('s3://', 's3:').replace(/\/+$/, '');
