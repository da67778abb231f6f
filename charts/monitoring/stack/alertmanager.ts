import type { Construct } from 'constructs';
import { checksum } from '../../lib/checksum';
import type { Endpoint } from '../../lib/endpoint';
import { k8s } from '../../lib/k8s';
import { serviceAccount } from '../../lib/pod';
import { httpCheck, probes } from '../../lib/probes';
import { RequiredSecret } from '../../lib/secret';
import type { NamedPort } from '../../lib/service';
import { configMapVolume, type Mount, secretVolume } from '../../lib/volumes';
import { MonitoredComponent, type Scraping } from '../monitored';
import { addressesOf, alertmanagerConfig, type Receivers, SECRETS_PATH, secretsOf } from './alertmanager-config';
import { logArguments } from './log-arguments';
import { type ServerProps, type StackProps, stackServer } from './server';

export interface AlertmanagerProps extends StackProps {
  readonly receivers: Receivers;
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
    for (const { peer, port } of addressesOf(receivers, pods.namespace)) this.allow(pods, peer, port);
    const config = alertmanagerConfig(receivers);
    const files = new k8s.KubeConfigMap(this, 'config', { metadata: { name: NAME }, data: { [CONFIG_FILE]: config } });
    this.endpoint = stackServer(this, {
      name: NAME,
      settings: props,
      pods,
      podLabels: this.podLabels(pods),
      // It reads the file when it starts, and secrets whenever it sends.
      podAnnotations: {
        ...checksum('config', config),
        ...this.scrape(props.monitoring, { name: NAME, pods, port: PORT, path: '/metrics' }),
      },
      port: PORT,
      serviceAccountName: serviceAccount(this, 'account', NAME, props).name,
      uid: UID,
      dataPath: DATA_PATH,
      mounts: [{ volume: configMapVolume('config', files), path: CONFIG_PATH }, ...this.secretMounts(props)],
      terminationGracePeriodSeconds: 60,
      container: serverContainer(props),
    });
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

const serverContainer = ({ logging }: AlertmanagerProps): ServerProps['container'] => ({
  args: [
    `--config.file=${CONFIG_PATH}/${CONFIG_FILE}`,
    `--storage.path=${DATA_PATH}`,
    `--web.listen-address=:${PORT.containerPort}`,
    // One pod has no others to agree with.
    '--cluster.listen-address=',
    ...logArguments(logging),
  ],
  ...probes({
    startup: { periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 60 },
    ready: httpCheck(PORT, '/-/ready'),
    live: httpCheck(PORT, '/-/healthy'),
  }),
});
