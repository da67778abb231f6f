import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { ContainerProps, Resources } from '../../lib/container';
import type { Endpoint, Pods } from '../../lib/endpoint';
import type { Image } from '../../lib/image';
import type { Logging } from '../../lib/logging';
import { podSpec, serviceAccount } from '../../lib/pod';
import { httpCheck, probes } from '../../lib/probes';
import { RequiredSecret } from '../../lib/secret';
import { endpointOf, type NamedPort, service, servicePort } from '../../lib/service';
import { claimTemplate, configMapVolume, type Mount, type Storage, secretVolume, tmp } from '../../lib/volumes';
import { statefulSet } from '../../lib/workload';
import type { WorkloadSettings } from '../../lib/workload-settings';
import { MonitoredComponent, type Scraping } from '../monitored';
import { addressesOf, alertmanagerConfig, type Receivers, SECRETS_PATH, secretsOf } from './alertmanager-config';
import { logArguments } from './log-arguments';

export interface AlertmanagerProps extends WorkloadSettings {
  readonly namespace: string;
  readonly image: Image;
  /** @default - images are pulled without a login */
  readonly pullSecret?: string;
  readonly resources: Resources;
  readonly storage: Storage;
  readonly receivers: Receivers;
  /** @default - it logs as it does by itself */
  readonly logging?: Logging;
  /** @default - nothing scrapes it */
  readonly monitoring?: Scraping;
}

const NAME = 'alertmanager';
const PORT: NamedPort = { name: 'http', containerPort: 9093 };
/** "nobody" of the image. */
const UID = 65534;
const CONFIG_PATH = '/etc/alertmanager';
const CONFIG_FILE = 'alertmanager.yaml';
const DATA_PATH = '/alertmanager';

/**
 * Alertmanager: groups alerts, keeps silences, and tells receivers.
 *
 * One pod, whose volume has silences and what was sent. Who tells it of alerts tells it again and again, so that a restart
 * loses none.
 */
export class Alertmanager extends MonitoredComponent {
  readonly endpoint: Endpoint;

  constructor(scope: Construct, props: AlertmanagerProps) {
    super(scope, { name: NAME, stage: '60-apps', namespace: props.namespace, version: props.image.label });
    const { receivers } = props;
    const pods = this.pods(props.namespace, 'server');
    for (const { peer, port } of addressesOf(receivers)) this.allow(pods, peer, port);
    const ports = [servicePort(PORT)];
    const headless = service(this, 'headless', { name: `${NAME}-hl`, pods, ports, headless: true });
    const inFront = service(this, 'service', { name: NAME, pods, ports });
    this.endpoint = endpointOf(inFront, pods, PORT);
    const config = alertmanagerConfig(receivers);
    const files = new k8s.KubeConfigMap(this, 'config', { metadata: { name: NAME }, data: { [CONFIG_FILE]: config } });
    const account = serviceAccount(this, 'account', NAME, props);
    const data = claimTemplate('data', props.storage);
    const mounts = [
      { volume: data, path: DATA_PATH },
      { volume: configMapVolume('config', files), path: CONFIG_PATH },
      ...this.secretMounts(props),
      tmp(),
    ];
    statefulSet(this, 'server', {
      name: NAME,
      service: headless,
      pods,
      podLabels: this.podLabels(pods),
      settings: props,
      // It reads the file when it starts, and secrets whenever it sends.
      podAnnotations: {
        'checksum/config': createHash('sha256').update(config).digest('hex'),
        ...this.scraped(props, pods),
      },
      claims: [data],
      pod: podSpec({
        serviceAccountName: account.name,
        uid: UID,
        pullSecret: props.pullSecret,
        terminationGracePeriodSeconds: 60,
        containers: [serverContainer(props, mounts)],
      }),
    });
  }

  private scraped({ monitoring }: AlertmanagerProps, pods: Pods) {
    return this.scrape(monitoring, { name: NAME, pods, port: PORT, path: '/metrics' });
  }

  private secretMounts({ namespace, receivers }: AlertmanagerProps): Mount[] {
    const data = secretsOf(receivers);
    const keys = Object.keys(data);
    if (keys.length === 0) return [];
    const purpose = 'What Alertmanager shows those that it tells of alerts';
    const secret = this.requireSecret(new RequiredSecret({ namespace, name: NAME, purpose, data }));
    return [{ volume: secretVolume('secrets', secret, ...keys), path: SECRETS_PATH }];
  }
}

const serverContainer = (
  { image, resources, logging }: AlertmanagerProps,
  mounts: readonly Mount[],
): ContainerProps => ({
  name: NAME,
  image,
  args: [
    `--config.file=${CONFIG_PATH}/${CONFIG_FILE}`,
    `--storage.path=${DATA_PATH}`,
    `--web.listen-address=:${PORT.containerPort}`,
    // One pod has no others to agree with.
    '--cluster.listen-address=',
    ...logArguments(logging),
  ],
  ports: [PORT],
  ...probes({
    startup: { periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 60 },
    ready: httpCheck(PORT, '/-/ready'),
    live: httpCheck(PORT, '/-/healthy'),
  }),
  resources,
  mounts,
});
