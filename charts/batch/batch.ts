import type { Construct } from 'constructs';
import { SELDON_UID } from '../images/catalogue';
import { Component } from '../lib/component';
import type { Pods } from '../lib/endpoint';
import { cronJob, oneTimeJob } from '../lib/job';
import { k8s } from '../lib/k8s';
import { podSpec, serviceAccount } from '../lib/pod';
import { RequiredSecret } from '../lib/secret';
import { configMapVolume } from '../lib/volumes';
import type { PodTemplateProps } from '../lib/workload-settings';
import { identityEdges } from '../object-store/bucket';
import { rcloneRemote } from '../object-store/rclone';
import { PREREQUISITES } from '../prerequisites/catalogue';
import { argoWorkflow } from './argo';
import script from './batch.py';
import { fetchContainer, predictContainer, uploadContainer } from './containers';
import type { BatchProps } from './props';

/** Seldon's path for rewards, beside the one for predictions. */
const FEEDBACK_PATH = '/api/v1.0/feedback';
/** Six hours in which no pod of a run finds a place, and between attempts. */
const WAITING_SECONDS = 6 * 3600;

/**
 * Seconds for all attempts of a run on a schedule. The deadline of a pod does not end one that finds no node: it counts from when
 * a kubelet takes the pod.
 */
const runDeadline = ({ backoffLimit, deadline }: Pick<BatchProps, 'backoffLimit' | 'deadline'>) =>
  (backoffLimit + 1) * deadline + WAITING_SECONDS;

/**
 * Sends the rows of a bucket's objects through a model and keeps the answers there. One pod does it, whatever starts
 * the pod: it fetches all objects, predicts all, and only then writes. So nobody sees half of a result, and a second run
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
    const spec = this.pod(pods);
    if (props.engine === 'kubernetes') this.kubernetes(pods, spec);
    else this.argo(pods, spec);
  }

  private pod(pods: Pods): k8s.PodSpec {
    const { props } = this;
    const secret = this.requireSecret(
      new RequiredSecret({
        namespace: props.namespace,
        name: this.componentName,
        purpose: `Configuration of the rclone remote "s3" that the batch of ${props.model} reads and writes`,
        data: rcloneRemote(props.store),
      }),
    );
    this.connect(pods, props.store.endpoint);
    for (const { from, to, ports } of identityEdges(pods, props.store)) this.allow(from, to, ...ports);
    const { origin } = this.connect(pods, props.endpoint.endpoint);
    const url = origin + (props.method === 'feedback' ? FEEDBACK_PATH : props.endpoint.path);
    const account = serviceAccount(this, 'account', this.componentName, props);
    const files = new k8s.KubeConfigMap(this, 'script', {
      metadata: { name: this.componentName },
      data: { 'batch.py': script },
    });
    return podSpec({
      serviceAccountName: account.name,
      uid: SELDON_UID,
      pullSecret: props.pullSecret,
      // Each attempt is a new pod, which starts with nothing, and the log of the one before stays.
      restartPolicy: 'Never',
      activeDeadlineSeconds: props.deadline,
      initContainers: [
        fetchContainer(props, secret.name),
        predictContainer(props, url, configMapVolume('script', files)),
      ],
      containers: [uploadContainer(props, secret.name)],
    });
  }

  private kubernetes(pods: Pods, pod: k8s.PodSpec): void {
    const { schedule, timeZone, concurrencyPolicy, backoffLimit } = this.props;
    const activeDeadlineSeconds = runDeadline(this.props);
    const job = { name: this.componentName, backoffLimit, ...this.template(pods, pod) };
    if (schedule === undefined) oneTimeJob(this, 'job', { ...job, content: script });
    else cronJob(this, 'job', { ...job, schedule, timeZone, concurrencyPolicy, activeDeadlineSeconds });
  }

  private template(pods: Pods, pod: k8s.PodSpec): PodTemplateProps {
    return { pods, podLabels: this.podLabels(pods), pod, settings: this.props };
  }

  private argo(pods: Pods, pod: k8s.PodSpec): void {
    // Argo's own containers report how a pod ended.
    this.allow(pods, { kind: 'apiServer' }, ...this.props.apiServerPorts);
    this.requireInstalled(PREREQUISITES.argoWorkflows);
    argoWorkflow(this, {
      ...this.props,
      name: this.componentName,
      ...this.template(pods, pod),
      content: script,
      runDeadline: runDeadline(this.props),
    });
  }
}
