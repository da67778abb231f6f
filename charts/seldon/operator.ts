import type { Construct } from 'constructs';
import { SELDON_UID } from '../images/catalogue';
import { apiToken } from '../lib/api-token';
import type { Pods } from '../lib/endpoint';
import { k8s } from '../lib/k8s';
import { podSpec, serviceAccount } from '../lib/pod';
import { service, servicePort } from '../lib/service';
import { type Mount, scratchVolume } from '../lib/volumes';
import { deployment } from '../lib/workload';
import type { WorkloadSettings } from '../lib/workload-settings';
import { MonitoredComponent, type Scraping } from '../monitoring/monitored';
import { emissaryIn, PREREQUISITES } from '../prerequisites/catalogue';
import { SELDON_CRD } from './crd';
import { type ManagerProps, METRICS_PORT, managerContainer, webhookPort } from './manager';
import { seldonRbac } from './rbac';
import { seldonConfig } from './seldon-config';
import { CERTIFICATE_SECRET, certManagerWebhook, WEBHOOK_CONFIGURATION, WEBHOOK_SERVICE } from './webhook';

export interface SeldonOperatorProps extends ManagerProps, WorkloadSettings {
  readonly namespace: string;
  /** Where SeldonDeployments live, and the only places where the operator may change anything. */
  readonly modelsNamespaces: readonly string[];
  /** @default - images are pulled without a login */
  readonly pullSecret?: string;
  /** Pods, of which one leads; several need cert-manager. @default 1 */
  readonly replicas?: number;
  readonly certificates: 'manager' | 'cert-manager';
  /** Ports of the API server behind its Service. */
  readonly apiServerPorts: readonly number[];
  /** @default - nothing scrapes the metrics */
  readonly monitoring?: Scraping;
}

const MANAGER = 'seldon-controller-manager';
const CONFIG_MAP = 'seldon-config';

/**
 * The Seldon Core operator: it watches SeldonDeployments and makes their Deployments and Services.
 *
 * Left out of upstream's manifests: usage metrics, whose image is gone.
 */
export class SeldonOperator extends MonitoredComponent {
  constructor(
    scope: Construct,
    private readonly props: SeldonOperatorProps,
  ) {
    super(scope, {
      name: 'seldon-core-operator',
      stage: '20-operators',
      namespace: props.namespace,
      version: props.images.seldonOperator.label,
    });
    const pods = this.pods(props.namespace, 'manager', MANAGER);
    const ownWebhook = props.certificates === 'manager';
    const account = serviceAccount(this, 'account', 'seldon-manager', props);
    this.permissions(account.name, ownWebhook);
    new k8s.KubeConfigMap(this, 'config', { metadata: { name: CONFIG_MAP }, data: seldonConfig(props.images) });
    const port = webhookPort(props);
    const https = { ...servicePort(port, 443), name: 'https' };
    service(this, 'webhook', { name: WEBHOOK_SERVICE, pods, ports: [https] });
    if (!ownWebhook) this.requireInstalled(PREREQUISITES.certManager);
    if (props.istio.enabled) this.requireInstalled(PREREQUISITES.istio);
    if (props.ambassador.enabled) this.requireInstalled(emissaryIn(props.ambassador.namespace));
    if (props.keda.enabled) this.requireInstalled(PREREQUISITES.keda);
    if (!ownWebhook) certManagerWebhook(this, this.clusterScope, props.namespace, props.controllerId);
    this.manager(pods, account.name, ownWebhook);

    this.allow(pods, { kind: 'apiServer' }, ...props.apiServerPorts);
    this.allow({ kind: 'apiServer' }, pods, port.containerPort);
  }

  private permissions(serviceAccountName: string, ownWebhook: boolean): void {
    const { namespace, modelsNamespaces, istio, keda, ambassador } = this.props;
    seldonRbac(this, {
      clusterScope: this.clusterScope,
      namespace,
      modelsNamespaces,
      serviceAccountName,
      istio: istio.enabled,
      keda: keda.enabled,
      ambassador: ambassador.enabled,
      ...(ownWebhook && {
        ownWebhook: {
          crd: SELDON_CRD,
          deployment: MANAGER,
          service: WEBHOOK_SERVICE,
          configMap: CONFIG_MAP,
          webhookConfiguration: WEBHOOK_CONFIGURATION,
        },
      }),
    });
  }

  private manager(pods: Pods, serviceAccountName: string, ownWebhook: boolean): void {
    deployment(this, 'manager', {
      name: MANAGER,
      replicas: this.props.replicas,
      pods,
      podLabels: this.podLabels(pods),
      settings: this.props,
      podAnnotations: this.scrape(this.props.monitoring, {
        name: this.componentName,
        pods,
        port: METRICS_PORT,
        path: '/metrics',
        replicas: this.props.replicas,
      }),
      // Two managers that make their own certificates would each register theirs and answer for the other.
      ...(ownWebhook && { strategy: { type: 'Recreate' } }),
      // It closes the port of its webhook at once (Start of pkg/webhook/server.go of controller-runtime), and its image, which is
      // distroless, has no command that waits. Where there is no successor yet, waiting would only take longer.
      drainedByKubelet: !ownWebhook,
      pod: podSpec({
        serviceAccountName,
        uid: SELDON_UID,
        pullSecret: this.props.pullSecret,
        terminationGracePeriodSeconds: ownWebhook ? 10 : 15,
        containers: [
          managerContainer(this.props, ownWebhook, [servingCertificate(ownWebhook), apiToken({ defaultMode: 0o440 })]),
        ],
      }),
    });
  }
}

/**
 * The webhook's certificate, in the folder where controller-runtime looks for tls.crt and tls.key. Nothing is mounted
 * at /tmp itself, where the image keeps the templates of the resources that it makes.
 */
function servingCertificate(own: boolean): Mount {
  const name = 'serving-certs';
  return {
    volume: own ? scratchVolume(name) : { name, secret: { secretName: CERTIFICATE_SECRET, defaultMode: 0o440 } },
    path: '/tmp/k8s-webhook-server/serving-certs',
  };
}
