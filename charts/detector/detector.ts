import type { Construct } from 'constructs';
import { checksum } from '../lib/checksum';
import type { ContainerProps, Resources } from '../lib/container';
import { type Endpoint, originOf, type Pods, peerOf } from '../lib/endpoint';
import { podSpec, serviceAccount } from '../lib/pod';
import { endpointOf, service, servicePort } from '../lib/service';
import { tmp } from '../lib/volumes';
import { deployment } from '../lib/workload';
import { egressEdges } from '../models/egress';
import { detectorName } from '../models/naming';
import type { Protocol } from '../models/protocol';
import { MonitoredComponent } from '../monitoring/monitored';
import { type BucketAccess, identityEdges } from '../object-store/bucket';
import { authorityMounts, rcloneTrust } from '../object-store/rclone';
import { alibiDetect } from './alibi-detect';
import { mlserver } from './mlserver';
import type { DetectorProps } from './props';
import { FILES, FILES_PATH, HTTP } from './server';

/** What fetches the files of a detector may use as much disk as the detector. */
const fetchResources = ({ resources }: DetectorProps): Resources => ({
  requests: { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '64Mi' },
  limits: { ...resources.limits, cpu: '1', memory: '512Mi' },
});

/** The address that the executor posts logged requests to. */
export const detectorUrl = ({ name, protocol }: { name: string; protocol: Protocol }, namespace: string) =>
  originOf({ service: detectorName(name), namespace, port: HTTP.containerPort }) + serverOf(protocol).path;

const serverOf = (protocol: Protocol) => (protocol === 'v2' ? mlserver : alibiDetect);

/**
 * Watches the requests of one model for outliers, drift or adversarial rows, which the executor sends it as CloudEvents. Of
 * the v2 protocol it is MLServer with a model of this platform's own; of others Alibi Detect's server, which knows no v2.
 */
export class Detector extends MonitoredComponent {
  /** Where the executor posts. */
  readonly endpoint: Endpoint;

  constructor(scope: Construct, props: DetectorProps) {
    const name = detectorName(props.model);
    super(scope, {
      name,
      stage: '50-models',
      namespace: props.namespace,
      version: props.image.label,
      plural: 'detectors',
    });
    const pods = this.pods(props.namespace, 'server');
    const account = serviceAccount(this, 'account', name, props);
    const inFront = service(this, 'service', { name, pods, ports: [servicePort(HTTP)] });
    this.endpoint = endpointOf(inFront, pods, HTTP);
    this.connect(props.callers, this.endpoint);
    if (typeof props.store === 'number') this.allow(pods, { kind: 'anywhere' }, props.store);
    else this.connectTo(props.store, pods);
    if (props.replyUrl !== undefined) {
      const { peer, port } = peerOf(props.replyUrl, pods.namespace);
      this.allow(pods, peer, port);
    }
    for (const { from, to, ports } of egressEdges(pods, props.egress)) this.allow(from, to, ...ports);
    const { container, uid, metrics, script } = serverOf(props.protocol);
    const podAnnotations = {
      ...this.scrape(props.monitoring, { name, pods, ...metrics }),
      ...(script !== undefined && checksum('script', script)),
    };
    deployment(this, 'server', {
      name,
      pods,
      podLabels: this.podLabels(pods),
      settings: props,
      podAnnotations,
      pod: podSpec({
        serviceAccountName: account.name,
        uid,
        pullSecret: props.pullSecret,
        terminationGracePeriodSeconds: 30,
        initContainers: [fetchContainer(props)],
        containers: [container(this, props)],
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
