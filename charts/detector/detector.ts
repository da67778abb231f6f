import type { Construct } from 'constructs';
import { SELDON_UID } from '../images/catalogue';
import { Component } from '../lib/component';
import type { ContainerProps, Resources } from '../lib/container';
import { type Endpoint, originOf, type Pods, peerOf } from '../lib/endpoint';
import type { Image } from '../lib/image';
import { podSpec, serviceAccount } from '../lib/pod';
import { probes, tcpCheck } from '../lib/probes';
import { endpointOf, type NamedPort, service, servicePort } from '../lib/service';
import { scratchVolume, TMP } from '../lib/volumes';
import { deployment } from '../lib/workload';
import type { WorkloadSettings } from '../lib/workload-settings';
import { type EgressProps, egressEdges } from '../models/egress';
import type { Protocol } from '../models/protocol';

export interface DetectorProps extends WorkloadSettings {
  readonly namespace: string;
  /** Name of the model. */
  readonly model: string;
  readonly protocol: Protocol;
  /** The pods whose executor posts what it logs. */
  readonly callers: Pods;
  readonly image: Image;
  /** Has rclone: fetches the detector. */
  readonly initializer: Image;
  /** @default - images are pulled without a login */
  readonly pullSecret?: string;
  /** Where the detector is fetched from: the object store, or a port of any address. */
  readonly store: Endpoint | number;
  /** The Secret in this namespace with the rclone configuration for that place. */
  readonly storeSecret: string;
  readonly kind: 'outlier' | 'drift' | 'adversarial';
  readonly uri: string;
  /**
   * Rows that drift is looked for in; only for drift.
   * @default - none
   */
  readonly batchSize?: number;
  /** @default - its verdicts are its log and its metrics */
  readonly replyUrl?: string;
  /** Whom it may call beside these. @default - nobody */
  readonly egress?: EgressProps;
  readonly resources: Resources;
}

const PORT: NamedPort = { name: 'http', containerPort: 8080 };
const FILES_PATH = '/mnt/models';
const FILES = scratchVolume('detector');
/** The classes of components/alibi-detect-server/adserver. */
const CLASSES = { outlier: 'OutlierDetector', drift: 'DriftDetector', adversarial: 'AdversarialDetector' };
/** What fetches the detector may use as much disk as the detector. */
const fetchResources = ({ resources }: DetectorProps): Resources => ({
  requests: { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '64Mi' },
  limits: { ...resources.limits, cpu: '1', memory: '512Mi' },
});

const nameOf = (model: string) => `${model}-detector`;

/** The address that the executor posts logged requests to. */
export const detectorUrl = (model: string, namespace: string) =>
  `${originOf({ service: nameOf(model), namespace, port: PORT.containerPort })}/`;

/**
 * Watches the requests of one model for outliers, drift or adversarial rows. It is Alibi Detect's server, to which the
 * executor sends the requests as CloudEvents.
 */
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
    const account = serviceAccount(this, 'account', name, props);
    const inFront = service(this, 'service', { name, pods, ports: [servicePort(PORT)] });
    this.endpoint = endpointOf(inFront, pods, PORT);
    this.connect(props.callers, this.endpoint);
    if (typeof props.store === 'number') this.allow(pods, { kind: 'anywhere' }, props.store);
    else this.connect(pods, props.store);
    if (props.replyUrl !== undefined) {
      const { peer, port } = peerOf(props.replyUrl);
      this.allow(pods, peer, port);
    }
    for (const { from, to, ports } of egressEdges(pods, props.egress)) this.allow(from, to, ...ports);
    deployment(this, 'server', {
      name,
      pods,
      podLabels: this.podLabels(pods),
      settings: props,
      pod: podSpec({
        serviceAccountName: account.name,
        uid: SELDON_UID,
        pullSecret: props.pullSecret,
        terminationGracePeriodSeconds: 30,
        initContainers: [fetchContainer(props)],
        containers: [serverContainer(props)],
      }),
    });
  }
}

function fetchContainer(props: DetectorProps): ContainerProps {
  const { initializer, uri, storeSecret } = props;
  return {
    name: 'fetch',
    image: initializer,
    args: [uri, FILES_PATH],
    env: { HOME: '/tmp' },
    envFrom: [{ secretRef: { name: storeSecret } }],
    resources: fetchResources(props),
    mounts: [{ volume: FILES, path: FILES_PATH }, TMP],
  };
}

function serverContainer(props: DetectorProps): ContainerProps {
  return {
    name: 'detector',
    image: props.image,
    args: argsOf(props),
    env: { HOME: '/tmp' },
    ports: [PORT],
    ...probes({
      startup: { periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 120 },
      ready: tcpCheck(PORT),
    }),
    resources: props.resources,
    mounts: [{ volume: FILES, path: FILES_PATH, readOnly: true }, TMP],
  };
}

/** The arguments of adserver/__main__.py; the class comes last. */
function argsOf({ model, protocol, kind, batchSize, replyUrl }: DetectorProps): string[] {
  return [
    `--model_name=${model}-${kind}`,
    `--http_port=${PORT.containerPort}`,
    `--protocol=${protocol}.http`,
    `--storage_uri=${FILES_PATH}`,
    `--event_type=io.seldon.serving.inference.${kind}`,
    `--event_source=io.seldon.serving.${model}`,
    ...(batchSize === undefined ? [] : [`--drift_batch_size=${batchSize}`]),
    ...(replyUrl === undefined ? [] : [`--reply_url=${replyUrl}`]),
    CLASSES[kind],
  ];
}
