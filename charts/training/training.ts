import type { Construct } from 'constructs';
import { Component } from '../lib/component';
import type { Resources } from '../lib/container';
import { type Endpoint, peerOf } from '../lib/endpoint';
import type { Image } from '../lib/image';
import { oneTimeJob } from '../lib/job';
import { podSpec, serviceAccount } from '../lib/pod';
import { tmp } from '../lib/volumes';
import type { WorkloadSettings } from '../lib/workload-settings';
import { loginSecret, signedIn, type TrackingUser } from '../mlflow/auth/auth';

export interface TrainingProps extends WorkloadSettings {
  readonly namespace: string;
  readonly image: Image;
  /** @default - images are pulled without a login */
  readonly pullSecret?: string;
  readonly tracking: Endpoint;
  /** What the path of every address of the tracking server starts with; often empty. */
  readonly trackingPath: string;
  /** Whom it signs in to the tracking server as. @default - the server has no users */
  readonly user?: TrackingUser;
  /** URL of the CSV. */
  readonly data: string;
  /** Refuses data with another checksum than the example's. */
  readonly verify: boolean;
  readonly resources: Resources;
}

/** The user of datascience/Dockerfile. */
const UID = 10001;

/** A Job that trains the wine models of datascience/ in the cluster, for users without Python or another way in. */
export class Training extends Component {
  constructor(scope: Construct, props: TrainingProps) {
    super(scope, { name: 'training', stage: '45-training', namespace: props.namespace, version: props.image.label });
    const pods = this.pods(props.namespace, 'job');
    const tracking = this.connect(pods, props.tracking);
    const signIn = props.user && this.requireSecret(loginSecret(props.namespace, 'mlflow-login', props.user));
    const { peer, port } = peerOf(props.data, pods.namespace);
    this.allow(pods, peer, port);
    const account = serviceAccount(this, 'account', 'training', props);
    const container = {
      name: 'train',
      image: props.image,
      args: ['--data', props.data, ...(props.verify ? [] : ['--no-verify'])],
      env: { MLFLOW_TRACKING_URI: `${tracking.origin}${props.trackingPath}` },
      ...signedIn(signIn),
      resources: props.resources,
      mounts: [tmp()],
    };
    oneTimeJob(this, 'job', {
      name: 'wine-training',
      pods,
      podLabels: this.podLabels(pods),
      settings: props,
      // A failed run leaves no half of a model behind, and the next one starts from the beginning.
      backoffLimit: 3,
      pod: podSpec({
        serviceAccountName: account.name,
        uid: UID,
        pullSecret: props.pullSecret,
        restartPolicy: 'OnFailure',
        containers: [container],
      }),
    });
  }
}
