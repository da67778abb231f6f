import type { Construct } from 'constructs';
import { Component } from '../lib/component';
import { type Endpoint, peerOf } from '../lib/endpoint';
import type { Image } from '../lib/image';
import { oneTimeJob } from '../lib/job';
import { RESTRICTED_CONTAINER } from '../lib/security';
import { imageOf, podBase, type Resources, resourceRequirements, scratchVolume, serviceAccount } from '../lib/workload';

export interface TrainingProps {
  readonly namespace: string;
  readonly image: Image;
  readonly pullSecret?: string;
  readonly tracking: Endpoint;
  /** URL of the CSV. */
  readonly data: string;
  /** Refuses data with another checksum than the example's. */
  readonly verify: boolean;
  readonly resources: Resources;
}

/** The user of datascience/Dockerfile. */
const UID = 10001;

/** Trains the wine models of datascience/ in the cluster: for those who have no Python, or no way in but kubectl. */
export class Training extends Component {
  constructor(scope: Construct, props: TrainingProps) {
    super(scope, { name: 'training', stage: '45-training', namespace: props.namespace, version: props.image.label });
    const pods = this.pods(props.namespace, 'job');
    const tracking = this.connect(pods, props.tracking);
    const { peer, port } = peerOf(props.data);
    this.allow(pods, peer, port);
    const account = serviceAccount(this, 'account', 'training');
    oneTimeJob(this, 'job', {
      name: 'wine-training',
      labels: pods.labels,
      podLabels: this.podLabels(pods),
      // A failed run leaves no half of a model behind, and the next one starts anew.
      backoffLimit: 3,
      spec: {
        ...podBase({ serviceAccountName: account.name, uid: UID, pullSecret: props.pullSecret }),
        restartPolicy: 'OnFailure',
        containers: [
          {
            name: 'train',
            ...imageOf(props.image),
            args: ['--data', props.data, ...(props.verify ? [] : ['--no-verify'])],
            env: [{ name: 'MLFLOW_TRACKING_URI', value: tracking.origin }],
            resources: resourceRequirements(props.resources),
            securityContext: RESTRICTED_CONTAINER,
            volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
          },
        ],
        volumes: [scratchVolume('tmp', '1Gi')],
      },
    });
  }
}
