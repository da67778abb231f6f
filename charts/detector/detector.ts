import type { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { SELDON_UID } from '../images/catalogue';
import type { ContainerProps, Resources, Variables } from '../lib/container';
import { type Endpoint, originOf, type Pods, peerOf } from '../lib/endpoint';
import type { Image } from '../lib/image';
import { type Logging, levelVariable } from '../lib/logging';
import { podSpec, serviceAccount } from '../lib/pod';
import { probes, tcpCheck } from '../lib/probes';
import { endpointOf, type NamedPort, service, servicePort } from '../lib/service';
import { scratchVolume, tmp } from '../lib/volumes';
import { deployment } from '../lib/workload';
import type { WorkloadSettings } from '../lib/workload-settings';
import { type EgressProps, egressEdges } from '../models/egress';
import type { Protocol } from '../models/protocol';
import { MonitoredComponent, type Scraping } from '../monitoring/monitored';
import { type BucketAccess, identityEdges } from '../object-store/bucket';
import { authorityMounts, rcloneTrust } from '../object-store/rclone';
import preloadScript from './preload.py';
import serveScript from './serve.py';

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
  readonly store: BucketAccess | number;
  /** The Secret in this namespace with the rclone configuration for that place. */
  readonly storeSecret: string;
  /** What else rclone has to be told for that place. @default - nothing */
  readonly storeVariables?: Variables;
  /** The volume with the authority of that place. @default - a public authority, or no TLS */
  readonly storeAuthority?: k8s.Volume;
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
  /** @default - it logs as it does by itself */
  readonly logging?: Logging;
  /** @default - no PodMonitor, and Prometheus does not reach it */
  readonly monitoring?: Scraping;
  readonly resources: Resources;
}

const PORT: NamedPort = { name: 'http', containerPort: 8080 };
const FILES_PATH = '/mnt/models';
const FILES = scratchVolume('detector');
/** How long a detector may take to load. One question waits for it, and the next goes on waiting. */
const TEN_MINUTES = { periodSeconds: 5, timeoutSeconds: 60, failureThreshold: 120 };
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
export class Detector extends MonitoredComponent {
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
    else this.connectTo(props.store, pods);
    if (props.replyUrl !== undefined) {
      const { peer, port } = peerOf(props.replyUrl);
      this.allow(pods, peer, port);
    }
    for (const { from, to, ports } of egressEdges(pods, props.egress)) this.allow(from, to, ...ports);
    const podAnnotations = this.scrape(props.monitoring, { name, pods, port: PORT, path: '/v1/metrics' });
    deployment(this, 'server', {
      name,
      pods,
      podLabels: this.podLabels(pods),
      settings: props,
      podAnnotations,
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

  private connectTo(store: BucketAccess, pods: Pods): void {
    this.connect(pods, store.endpoint);
    for (const { from, to, ports } of identityEdges(pods, store)) this.allow(from, to, ...ports);
  }
}

function fetchContainer(props: DetectorProps): ContainerProps {
  const { initializer, uri, storeSecret } = props;
  return {
    name: 'fetch',
    image: initializer,
    args: [uri, FILES_PATH],
    env: { HOME: '/tmp', ...props.storeVariables, ...rcloneTrust(props.storeAuthority) },
    envFrom: [{ secretRef: { name: storeSecret } }],
    resources: fetchResources(props),
    mounts: [{ volume: FILES, path: FILES_PATH }, tmp(), ...authorityMounts(props.storeAuthority)],
  };
}

function serverContainer(props: DetectorProps): ContainerProps {
  return {
    name: 'detector',
    image: props.image,
    command: ['python', '-c', serveScript],
    args: argsOf(props),
    env: { HOME: '/tmp', ...metricLabels(props), ...levelVariable('CESERVER_LOGLEVEL', props.logging) },
    ports: [PORT],
    ...probes({ startup: TEN_MINUTES, ready: tcpCheck(PORT) }),
    startupProbe: { exec: { command: ['python', '-c', preloadScript, String(PORT.containerPort)] }, ...TEN_MINUTES },
    resources: props.resources,
    mounts: [{ volume: FILES, path: FILES_PATH, readOnly: true }, tmp()],
  };
}

/**
 * What the labels of its metrics say. Without these they say "NOT_IMPLEMENTED".
 *
 * Source: python/seldon_core/env_utils.py and components/alibi-detect-server/adserver/server.py, Seldon Core 1.17.1.
 */
const metricLabels = ({ model, kind, namespace, image }: DetectorProps) => ({
  SELDON_DEPLOYMENT_ID: model,
  SELDON_DEPLOYMENT_NAMESPACE: namespace,
  PREDICTIVE_UNIT_ID: `${model}-${kind}`,
  PREDICTIVE_UNIT_IMAGE: image.reference,
});

/**
 * The arguments of adserver/__main__.py. The class is a subcommand: its own options follow it, and before it are dropped
 * without a word.
 */
function argsOf({ model, protocol, kind, batchSize, replyUrl }: DetectorProps): string[] {
  return [
    `--model_name=${model}-${kind}`,
    `--http_port=${PORT.containerPort}`,
    `--protocol=${protocol}.http`,
    `--storage_uri=${FILES_PATH}`,
    `--event_type=io.seldon.serving.inference.${kind}`,
    `--event_source=io.seldon.serving.${model}`,
    ...(replyUrl === undefined ? [] : [`--reply_url=${replyUrl}`]),
    CLASSES[kind],
    ...(batchSize === undefined ? [] : [`--drift_batch_size=${batchSize}`]),
  ];
}
