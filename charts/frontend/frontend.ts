import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { Component } from '../lib/component';
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
import type { Form } from '../models/form';
import type { ModelEndpoint } from '../models/models';

export interface FrontendProps {
  readonly namespace: string;
  readonly image: Image;
  readonly pullSecret?: string;
  /** The model whose predictions it shows. */
  readonly model: ModelEndpoint;
  /** How it asks for the model's columns and shows the answer, as frontend/README.md describes it. */
  readonly form: Form;
  readonly resources: Resources;
}

const PORT = 8501;
const PORT_NAME = 'http';
const SERVICE_PORT = 8080;
/** The user of frontend/Dockerfile. */
const UID = 10001;
const FORM_PATH = '/etc/frontend';
const FORM_FILE = 'form.json';

/** The Streamlit front end: a page that asks one model for predictions. */
export class Frontend extends Component {
  constructor(scope: Construct, props: FrontendProps) {
    super(scope, { name: 'frontend', stage: '60-apps', namespace: props.namespace, version: props.image.label });
    const pods = this.pods(props.namespace, 'server');
    const model = this.connect(pods, props.model.endpoint);
    const account = serviceAccount(this, 'account', 'frontend');
    new k8s.KubeService(this, 'service', {
      metadata: { name: 'frontend-service' },
      spec: {
        selector: pods.labels,
        ports: [{ name: PORT_NAME, port: SERVICE_PORT, targetPort: k8s.IntOrString.fromString(PORT_NAME) }],
      },
    });
    const form = `${JSON.stringify(props.form, null, 2)}\n`;
    const config = new k8s.KubeConfigMap(this, 'form', {
      metadata: { name: 'frontend-form' },
      data: { [FORM_FILE]: form },
    });
    new k8s.KubeDeployment(this, 'server', {
      metadata: { name: 'fe-deployment' },
      spec: {
        replicas: 1,
        selector: { matchLabels: pods.labels },
        strategy: ONE_BY_ONE,
        template: {
          metadata: {
            labels: this.podLabels(pods),
            // A new form starts new pods: a page must not ask for the columns of the model before.
            annotations: { 'checksum/form': createHash('sha256').update(form).digest('hex') },
          },
          spec: {
            ...podBase({ serviceAccountName: account.name, uid: UID, pullSecret: props.pullSecret }),
            terminationGracePeriodSeconds: 30,
            containers: [
              {
                name: 'streamlit',
                ...imageOf(props.image),
                ports: [{ name: PORT_NAME, containerPort: PORT }],
                env: [
                  { name: 'API_URL', value: `${model.origin}${props.model.path}` },
                  { name: 'MODEL_PROTOCOL', value: props.model.protocol },
                  { name: 'MODEL_FORM', value: `${FORM_PATH}/${FORM_FILE}` },
                ],
                startupProbe: { ...health, periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 60 },
                readinessProbe: { ...health, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
                livenessProbe: { ...health, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
                lifecycle: { preStop: { exec: { command: ['sleep', '5'] } } },
                resources: resourceRequirements(props.resources),
                securityContext: RESTRICTED_CONTAINER,
                volumeMounts: [
                  { name: 'form', mountPath: FORM_PATH, readOnly: true },
                  { name: 'tmp', mountPath: '/tmp' },
                ],
              },
            ],
            volumes: [{ name: 'form', configMap: { name: config.name } }, scratchVolume('tmp', '128Mi')],
          },
        },
      },
    });
  }
}

/** Streamlit's own health path. */
const health = { httpGet: { path: '/_stcore/health', port: k8s.IntOrString.fromString(PORT_NAME) } };
