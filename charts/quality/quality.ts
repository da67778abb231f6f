import type { Construct } from 'constructs';
import { Component } from '../lib/component';
import type { ContainerProps, Resources } from '../lib/container';
import { cronJob } from '../lib/job';
import { k8s } from '../lib/k8s';
import { podSpec, serviceAccount } from '../lib/pod';
import { configMapVolume, FILES, tmp } from '../lib/volumes';
import { loginSecret, signedIn } from '../mlflow/auth/auth';
import { MLFLOW_UID } from '../mlflow/mlflow';
import { identityEdges } from '../object-store/bucket';
import { authorityMounts, rcloneName, rcloneTrust } from '../object-store/rclone';
import type { QualityProps } from './props';
import script from './quality.py';

const SCRIPT_PATH = '/opt/quality';
/** A day, for all attempts. What a report reads fits on a disk. */
const DEADLINE_SECONDS = 24 * 3600;
/** What fetches may use as much disk as what it fetches for. */
const fetchResources = ({ resources }: QualityProps): Resources => ({
  requests: { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '16Mi' },
  limits: { ...resources.limits, cpu: '1', memory: '512Mi' },
});

/**
 * Compares the predictions of a model with what turned out, and logs how good they were to the tracking server, a run for
 * each version. It only reads the bucket.
 */
export class Quality extends Component {
  constructor(scope: Construct, props: QualityProps) {
    const name = `quality-${props.model}`;
    super(scope, {
      name,
      stage: '55-batch',
      namespace: props.namespace,
      version: props.image.label,
      plural: 'quality reports',
    });
    const pods = this.pods(props.namespace, 'report');
    this.connect(pods, props.store.endpoint);
    for (const { from, to, ports } of identityEdges(pods, props.store)) this.allow(from, to, ...ports);
    const { origin } = this.connect(pods, props.tracking);
    const login = props.user && this.requireSecret(loginSecret(props.namespace, `${name}-login`, props.user));
    const account = serviceAccount(this, 'account', name, props);
    const files = new k8s.KubeConfigMap(this, 'script', { metadata: { name }, data: { 'quality.py': script } });
    cronJob(this, 'job', {
      name,
      schedule: props.schedule,
      timeZone: props.timeZone,
      concurrencyPolicy: 'Forbid',
      activeDeadlineSeconds: DEADLINE_SECONDS,
      backoffLimit: 2,
      pods,
      podLabels: this.podLabels(pods),
      settings: props,
      pod: podSpec({
        serviceAccountName: account.name,
        uid: MLFLOW_UID,
        pullSecret: props.pullSecret,
        // Each attempt is a new pod, and the log of the one before stays.
        restartPolicy: 'Never',
        initContainers: [
          // What the batch could not predict lies beside its answers.
          fetchContainer(props, 'predictions', `--max-age=${props.days}d`, '--exclude=/failed/**'),
          fetchContainer(props, 'truth'),
        ],
        containers: [
          {
            ...reportContainer(props, configMapVolume('script', files), `${origin}${props.trackingPath}`),
            ...signedIn(login),
          },
        ],
      }),
    });
  }
}

function fetchContainer(props: QualityProps, what: 'predictions' | 'truth', ...options: string[]): ContainerProps {
  return {
    name: what,
    image: props.copier,
    command: ['rclone', 'copy', '--s3-no-check-bucket', ...options, rcloneName(props[what]), `${FILES.path}/${what}`],
    env: { HOME: '/tmp', ...rcloneTrust(props.storeAuthority) },
    envFrom: [{ secretRef: { name: props.storeSecret } }],
    resources: fetchResources(props),
    mounts: [FILES, tmp(), ...authorityMounts(props.storeAuthority)],
  };
}

function reportContainer(props: QualityProps, scriptVolume: k8s.Volume, trackingUri: string): ContainerProps {
  return {
    name: 'report',
    image: props.image,
    command: ['python', `${SCRIPT_PATH}/quality.py`],
    env: {
      HOME: '/tmp',
      WORK: FILES.path,
      MODEL: props.model,
      PREDICTIONS: props.predictions,
      TRUTH: props.truth,
      KEY: props.key,
      TARGET: props.target,
      KIND: props.kind,
      EXPERIMENT: props.experiment ?? `${props.model}-quality`,
      MLFLOW_TRACKING_URI: trackingUri,
      // The client would ask a server of its maker's outside the cluster.
      MLFLOW_DISABLE_TELEMETRY: 'true',
    },
    resources: props.resources,
    mounts: [FILES, tmp(), { volume: scriptVolume, path: SCRIPT_PATH }],
  };
}
