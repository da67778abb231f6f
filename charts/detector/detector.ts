import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { Component } from '../lib/component';
import { type Endpoint, originOf, type Pods, peerOf } from '../lib/endpoint';
import type { Image } from '../lib/image';
import { RESTRICTED_CONTAINER } from '../lib/security';
import {
  imageOf,
  ONE_BY_ONE,
  podBase,
  type Resources,
  resourceRequirements,
  scratchVolume,
  serviceAccount,
} from '../lib/workload';
import type { Protocol } from '../models/props';

export interface DetectorProps {
  readonly namespace: string;
  /** Name of the model. */
  readonly model: string;
  readonly protocol: Protocol;
  /** The pods whose executor posts what it logs. */
  readonly callers: Pods;
  readonly image: Image;
  /** Has rclone: fetches the detector. */
  readonly initializer: Image;
  readonly pullSecret?: string;
  /** Where it is fetched from: the object store, or a port of any address. */
  readonly store: Endpoint | number;
  /** The Secret in this namespace with the rclone configuration for that. */
  readonly storeSecret: string;
  readonly kind: 'outlier' | 'drift' | 'adversarial';
  readonly uri: string;
  /** Rows that drift is looked for in. */
  readonly batchSize?: number;
  /** @default - its verdicts are its log and its metrics */
  readonly replyUrl?: string;
  readonly resources: Resources;
}

const PORT = 8080;
/** The user of Seldon's images. */
const UID = 8888;
const PATH = '/mnt/models';
/** The classes of components/alibi-detect-server/adserver. */
const CLASSES = { outlier: 'OutlierDetector', drift: 'DriftDetector', adversarial: 'AdversarialDetector' };
const COPY_RESOURCES: Resources = {
  requests: { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '64Mi' },
  limits: { cpu: '1', memory: '512Mi', 'ephemeral-storage': '2Gi' },
};

/** Where the detector of a model takes what the executor logs. */
export const detectorUrl = (model: string, namespace: string) =>
  `${originOf({ service: nameOf(model), namespace, port: PORT })}/`;
const nameOf = (model: string) => `${model}-detector`;

/** Alibi Detect's server: it takes the CloudEvents of an executor's request logger, and judges what is in them. */
export class Detector extends Component {
  /** Where the executor posts. */
  readonly endpoint: Endpoint;

  constructor(scope: Construct, props: DetectorProps) {
    const name = nameOf(props.model);
    super(scope, {
      name,
      stage: '50-models',
      namespace: props.namespace,
      version: props.image.label,
      plural: 'detectors',
    });
    const pods = this.pods(props.namespace, 'server');
    this.endpoint = { service: name, namespace: props.namespace, port: PORT, targetPort: PORT, pods };
    this.connect(props.callers, this.endpoint);
    if (typeof props.store === 'number') this.allow(pods, { kind: 'anywhere' }, props.store);
    else this.connect(pods, props.store);
    if (props.replyUrl !== undefined) {
      const { peer, port } = peerOf(props.replyUrl);
      this.allow(pods, peer, port);
    }
    const account = serviceAccount(this, 'account', name);
    new k8s.KubeService(this, 'service', {
      metadata: { name },
      spec: {
        selector: pods.labels,
        ports: [{ name: 'http', port: PORT, targetPort: k8s.IntOrString.fromString('http') }],
      },
    });
    const probe: k8s.Probe = { tcpSocket: { port: k8s.IntOrString.fromString('http') }, timeoutSeconds: 5 };
    new k8s.KubeDeployment(this, 'server', {
      metadata: { name },
      spec: {
        replicas: 1,
        selector: { matchLabels: pods.labels },
        strategy: ONE_BY_ONE,
        template: {
          metadata: { labels: this.podLabels(pods) },
          spec: {
            ...podBase({ serviceAccountName: account.name, uid: UID, pullSecret: props.pullSecret }),
            terminationGracePeriodSeconds: 30,
            initContainers: [
              {
                name: 'fetch',
                ...imageOf(props.initializer),
                args: [props.uri, PATH],
                env: [{ name: 'HOME', value: '/tmp' }],
                envFrom: [{ secretRef: { name: props.storeSecret } }],
                resources: resourceRequirements(COPY_RESOURCES),
                securityContext: RESTRICTED_CONTAINER,
                volumeMounts: [
                  { name: 'detector', mountPath: PATH },
                  { name: 'tmp', mountPath: '/tmp' },
                ],
              },
            ],
            containers: [
              {
                name: 'detector',
                ...imageOf(props.image),
                args: argsOf(props),
                env: [{ name: 'HOME', value: '/tmp' }],
                ports: [{ name: 'http', containerPort: PORT }],
                startupProbe: { ...probe, periodSeconds: 5, failureThreshold: 120 },
                readinessProbe: { ...probe, periodSeconds: 10, failureThreshold: 3 },
                livenessProbe: { ...probe, periodSeconds: 20, failureThreshold: 6 },
                resources: resourceRequirements(props.resources),
                securityContext: RESTRICTED_CONTAINER,
                volumeMounts: [
                  { name: 'detector', mountPath: PATH, readOnly: true },
                  { name: 'tmp', mountPath: '/tmp' },
                ],
              },
            ],
            volumes: [scratchVolume('detector', '2Gi'), scratchVolume('tmp', '512Mi')],
          },
        },
      },
    });
  }
}

/** The arguments of adserver/__main__.py; the class comes last. */
function argsOf({ model, protocol, kind, batchSize, replyUrl }: DetectorProps): string[] {
  return [
    `--model_name=${model}-${kind}`,
    `--http_port=${PORT}`,
    `--protocol=${protocol}.http`,
    `--storage_uri=${PATH}`,
    `--event_type=io.seldon.serving.inference.${kind}`,
    `--event_source=io.seldon.serving.${model}`,
    ...(batchSize === undefined ? [] : [`--drift_batch_size=${batchSize}`]),
    ...(replyUrl === undefined ? [] : [`--reply_url=${replyUrl}`]),
    CLASSES[kind],
  ];
}
