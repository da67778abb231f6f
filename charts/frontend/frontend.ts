import type { Construct } from 'constructs';
import { checksum } from '../lib/checksum';
import { type ContainerProps, DRAIN, type Resources } from '../lib/container';
import type { Endpoint } from '../lib/endpoint';
import type { Image } from '../lib/image';
import { k8s } from '../lib/k8s';
import type { Logging } from '../lib/logging';
import { podSpec, serviceAccount } from '../lib/pod';
import { httpCheck, probes, tcpCheck } from '../lib/probes';
import { endpointOf, type NamedPort, service, servicePort } from '../lib/service';
import { configMapVolume, tmp } from '../lib/volumes';
import { deployment } from '../lib/workload';
import type { WorkloadSettings } from '../lib/workload-settings';
import type { ModelEndpoint } from '../models/endpoint';
import { MonitoredComponent, type Scraping } from '../monitoring/monitored';
import type { Form } from './form';

export interface FrontendProps extends WorkloadSettings {
  readonly namespace: string;
  readonly image: Image;
  /** @default - images are pulled without a login */
  readonly pullSecret?: string;
  /** The model whose predictions it shows. */
  readonly model: ModelEndpoint;
  /** How it asks for the model's columns and shows the answer, as frontend/README.md describes it. */
  readonly form: Form;
  /** Pods. @default 1 */
  readonly replicas?: number;
  readonly resources: Resources;
  /** @default - nothing scrapes the metrics */
  readonly monitoring?: Scraping;
  /** @default - it logs as it does by itself */
  readonly logging?: Logging;
}

const PORT: NamedPort = { name: 'http', containerPort: 8501 };
const SERVICE_PORT = 8080;
/** The user of frontend/Dockerfile. */
const UID = 10001;
const FORM_PATH = '/etc/frontend';
const FORM_FILE = 'form.json';

/** The Streamlit front end: a page that asks one model for predictions. */
export class Frontend extends MonitoredComponent {
  /** The page. */
  readonly endpoint: Endpoint;

  constructor(scope: Construct, props: FrontendProps) {
    super(scope, { name: 'frontend', stage: '60-apps', namespace: props.namespace, version: props.image.label });
    const pods = this.pods(props.namespace, 'server');
    const { origin } = this.connect(pods, props.model.endpoint);
    const account = serviceAccount(this, 'account', 'frontend', props);
    const inFront = service(this, 'service', {
      name: 'frontend-service',
      pods,
      ports: [servicePort(PORT, SERVICE_PORT)],
      // A page is a session in the memory of one pod.
      sticky: (props.replicas ?? 1) > 1,
    });
    this.endpoint = { ...endpointOf(inFront, pods, PORT), port: SERVICE_PORT };
    const form = `${JSON.stringify(props.form, null, 2)}\n`;
    const config = new k8s.KubeConfigMap(this, 'form', {
      metadata: { name: 'frontend-form' },
      data: { [FORM_FILE]: form },
    });
    deployment(this, 'server', {
      name: 'fe-deployment',
      replicas: props.replicas,
      pods,
      podLabels: this.podLabels(pods),
      settings: props,
      // A new form starts new pods: a page must not ask for the columns of the model before.
      podAnnotations: {
        ...checksum('form', form),
        // Streamlit's own: what its caches hold.
        ...this.scrape(props.monitoring, {
          name: this.componentName,
          pods,
          port: PORT,
          path: '/_stcore/metrics',
          replicas: props.replicas,
        }),
      },
      pod: podSpec({
        serviceAccountName: account.name,
        uid: UID,
        pullSecret: props.pullSecret,
        terminationGracePeriodSeconds: 30,
        containers: [serverContainer(props, `${origin}${props.model.path}`, config)],
      }),
    });
  }
}

function serverContainer(props: FrontendProps, url: string, config: k8s.KubeConfigMap): ContainerProps {
  return {
    name: 'streamlit',
    image: props.image,
    ports: [PORT],
    env: {
      API_URL: url,
      MODEL_PROTOCOL: props.model.protocol,
      MODEL_FORM: `${FORM_PATH}/${FORM_FILE}`,
      ...(props.logging?.level && { STREAMLIT_LOGGER_LEVEL: props.logging.level }),
    },
    ...probes({
      startup: { periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 60 },
      // Streamlit's own health path.
      ready: httpCheck(PORT, '/_stcore/health'),
      // A busy page answers late; only a process that no longer accepts connections is restarted.
      live: tcpCheck(PORT),
    }),
    lifecycle: DRAIN,
    resources: props.resources,
    mounts: [{ volume: configMapVolume('form', config), path: FORM_PATH }, tmp()],
  };
}
