import type { Construct } from 'constructs';
import { checksum } from '../../lib/checksum';
import type { Variables } from '../../lib/container';
import type { Endpoint } from '../../lib/endpoint';
import { k8s } from '../../lib/k8s';
import type { Logging } from '../../lib/logging';
import { serviceAccount } from '../../lib/pod';
import { httpCheck, probes, tcpCheck } from '../../lib/probes';
import { Credential, RequiredSecret, secretText } from '../../lib/secret';
import type { NamedPort } from '../../lib/service';
import { configMapVolume, type Mount, secretVolume } from '../../lib/volumes';
import type { DashboardFile } from '../dashboards/files';
import { MonitoredComponent, type Scraping } from '../monitored';
import { SCRAPE_TIMES } from '../pod-scrape';
import { provisioning } from './grafana-provisioning';
import { goLevel } from './log-arguments';
import { type StackProps, stackServer } from './server';

export interface GrafanaProps extends StackProps {
  /** Whose series it shows. */
  readonly prometheus: Endpoint;
  readonly dashboards: readonly DashboardFile[];
  /** The folder that has them. */
  readonly folder: string;
  /** @default - nothing scrapes it */
  readonly monitoring?: Scraping;
}

const NAME = 'grafana';
const PORT: NamedPort = { name: 'http', containerPort: 3000 };
/** The user of the image. */
const UID = 472;
const ADMIN_KEY = 'admin-password';
const ENCRYPTION_KEY = 'secret-key';
const PATHS = {
  data: '/var/lib/grafana',
  // The image has the other folders of it, which Grafana looks into as well.
  provisioning: '/etc/grafana/provisioning',
  dashboards: '/etc/grafana/dashboards',
  secrets: '/run/secrets/grafana',
} as const;

/**
 * Grafana with the dashboards of the platform. Its volume has what people add: users, and dashboards of their own.
 *
 * Dashboards are files, which it reads again when they change, and which nobody can change in the browser.
 */
export class Grafana extends MonitoredComponent {
  readonly endpoint: Endpoint;

  constructor(scope: Construct, props: GrafanaProps) {
    super(scope, { name: NAME, stage: '60-apps', namespace: props.namespace, version: props.image.label });
    const pods = this.pods(props.namespace, 'server');
    const { origin } = this.connect(pods, props.prometheus);
    const secret = this.requireSecret(
      new RequiredSecret({
        namespace: props.namespace,
        name: NAME,
        purpose:
          "The password of Grafana's administrator, who is called admin, and what Grafana encrypts its secrets with",
        data: {
          [ADMIN_KEY]: secretText`${new Credential('GRAFANA_ADMIN_PASSWORD', "Grafana's administrator")}`,
          [ENCRYPTION_KEY]: secretText`${new Credential('GRAFANA_SECRET_KEY', 'secrets in the database of Grafana')}`,
        },
      }),
    );
    const files = provisioning({
      prometheus: origin,
      interval: SCRAPE_TIMES.interval,
      folder: props.folder,
      path: PATHS.dashboards,
    });
    this.endpoint = stackServer(this, {
      name: NAME,
      settings: props,
      pods,
      podLabels: this.podLabels(pods),
      // It reads these when it starts, and dashboards again and again.
      podAnnotations: {
        ...checksum('config', JSON.stringify(files)),
        ...this.scrape(props.monitoring, { name: NAME, pods, port: PORT, path: '/metrics' }),
      },
      port: PORT,
      serviceAccountName: serviceAccount(this, 'account', NAME, props).name,
      uid: UID,
      dataPath: PATHS.data,
      mounts: [
        ...this.provisioned(files),
        { volume: this.dashboards(props.dashboards), path: PATHS.dashboards },
        { volume: secretVolume('secrets', secret, ADMIN_KEY, ENCRYPTION_KEY), path: PATHS.secrets },
      ],
      terminationGracePeriodSeconds: 60,
      container: {
        env: settings(props.logging),
        ...probes({
          // The first start makes its database.
          startup: { periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 120 },
          ready: httpCheck(PORT, '/api/health'),
          live: tcpCheck(PORT),
        }),
      },
    });
  }

  /** A folder for each kind of what is provisioned. */
  private provisioned(files: ReturnType<typeof provisioning>): Mount[] {
    return Object.entries(files).map(([kind, text]) => {
      const name = `${NAME}-${kind}`;
      const configMap = new k8s.KubeConfigMap(this, name, { metadata: { name }, data: { [`${kind}.yaml`]: text } });
      return { volume: configMapVolume(kind, configMap), path: `${PATHS.provisioning}/${kind}` };
    });
  }

  private dashboards(files: readonly DashboardFile[]): k8s.Volume {
    const sources = files.map(({ name, file, json }) => {
      const metadata = { name: `dashboard-${name}` };
      return {
        configMap: { name: new k8s.KubeConfigMap(this, metadata.name, { metadata, data: { [file]: json } }).name },
      };
    });
    return { name: 'dashboard-files', projected: { sources } };
  }
}

/** Sections and keys of grafana.ini. The image's entrypoint reads a variable that ends with __FILE from that file. */
const settings = (logging: Logging | undefined): Variables => ({
  GF_SERVER_HTTP_PORT: PORT.containerPort,
  GF_SECURITY_ADMIN_USER: 'admin',
  GF_SECURITY_ADMIN_PASSWORD__FILE: `${PATHS.secrets}/${ADMIN_KEY}`,
  // Grafana's own default is known to everybody.
  GF_SECURITY_SECRET_KEY__FILE: `${PATHS.secrets}/${ENCRYPTION_KEY}`,
  GF_SECURITY_DISABLE_GRAVATAR: 'true',
  GF_AUTH_ANONYMOUS_ENABLED: 'false',
  GF_USERS_ALLOW_SIGN_UP: 'false',
  // It calls nobody outside the platform, and no policy would let it.
  GF_ANALYTICS_REPORTING_ENABLED: 'false',
  GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
  GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
  GF_NEWS_NEWS_FEED_ENABLED: 'false',
  GF_SNAPSHOTS_EXTERNAL_ENABLED: 'false',
  GF_PLUGINS_PREINSTALL_DISABLED: 'true',
  GF_PLUGINS_PLUGIN_ADMIN_ENABLED: 'false',
  // Alerts are those of Prometheus.
  GF_UNIFIED_ALERTING_ENABLED: 'false',
  ...(logging?.level && { GF_LOG_LEVEL: goLevel(logging.level) }),
  ...(logging?.json && { GF_LOG_CONSOLE_FORMAT: 'json' }),
});
