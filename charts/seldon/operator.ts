import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { Certificate, Issuer } from '../../imports/cert-manager.io';
import type { Images } from '../images/catalogue';
import { Component } from '../lib/component';
import type { Pods } from '../lib/endpoint';
import { RESTRICTED_CONTAINER } from '../lib/security';
import { imageOf, podBase, type Resources, resourceRequirements, serviceAccount } from '../lib/workload';
import { SELDON_CRD } from './crd';
import { seldonRbac } from './rbac';
import { seldonConfig } from './seldon-config';

export interface SeldonOperatorProps {
  readonly namespace: string;
  /** Where SeldonDeployments live, and the only place the operator may change anything. */
  readonly modelsNamespace: string;
  readonly images: Images;
  readonly pullSecret?: string;
  readonly resources: Resources;
  readonly certificates: 'manager' | 'cert-manager';
  readonly istio: { readonly enabled: boolean; readonly gateway: string };
  readonly keda: { readonly enabled: boolean };
  readonly ambassador: { readonly enabled: boolean };
  /** ServiceAccount of the pods that the operator makes for itself, such as a separate executor. */
  readonly modelsServiceAccount: string;
  /** Ports of the API server behind its Service. */
  readonly apiServerPorts: readonly number[];
}

const MANAGER = 'seldon-controller-manager';
const WEBHOOK_SERVICE = 'seldon-webhook-service';
/** The name that the operator looks up and writes when it registers the webhook itself. */
const OWN_WEBHOOK_CONFIGURATION = 'seldon-validating-webhook-configuration';
const CONFIG_MAP = 'seldon-config';
const SERVING_CERT = 'seldon-serving-cert';
const SERVING_CERT_SECRET = 'seldon-webhook-server-cert';
/** Where controller-runtime looks for tls.crt and tls.key. */
const CERT_PATH = '/tmp/k8s-webhook-server/serving-certs';
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const WEBHOOK_PORT = 4443;
const METRICS_PORT = 8080;
/** The user that upstream runs the manager, the executor and the seldon-protocol servers as. */
const SELDON_UID = 8888;

/**
 * The Seldon Core operator: it watches SeldonDeployments and makes their Deployments and Services.
 *
 * Sources: helm-charts/seldon-core-operator and operator/main.go at v1.17.1. Left out: usage metrics, whose image is gone.
 */
export class SeldonOperator extends Component {
  constructor(scope: Construct, props: SeldonOperatorProps) {
    super(scope, {
      name: 'seldon-core-operator',
      stage: '20-operators',
      namespace: props.namespace,
      version: props.images.seldonOperator.label,
    });
    const pods = this.pods(props.namespace, 'manager', MANAGER);
    const ownWebhook = props.certificates === 'manager';
    const account = serviceAccount(this, 'account', 'seldon-manager');

    seldonRbac(this, {
      clusterScope: this.clusterScope,
      namespace: props.namespace,
      modelsNamespace: props.modelsNamespace,
      serviceAccountName: account.name,
      istio: props.istio.enabled,
      keda: props.keda.enabled,
      ambassador: props.ambassador.enabled,
      ...(ownWebhook && {
        ownWebhook: {
          crd: SELDON_CRD,
          deployment: MANAGER,
          service: WEBHOOK_SERVICE,
          configMap: CONFIG_MAP,
          webhookConfiguration: OWN_WEBHOOK_CONFIGURATION,
        },
      }),
    });
    new k8s.KubeConfigMap(this, 'config', { metadata: { name: CONFIG_MAP }, data: seldonConfig(props.images) });
    new k8s.KubeService(this, 'webhook', {
      metadata: { name: WEBHOOK_SERVICE },
      spec: {
        selector: pods.labels,
        ports: [{ name: 'https', port: 443, targetPort: k8s.IntOrString.fromString('webhook-server') }],
      },
    });
    if (!ownWebhook) this.certManagerWebhook(props.namespace);
    this.manager(props, pods, account.name, ownWebhook);

    this.allow(pods, { kind: 'apiServer' }, ...props.apiServerPorts);
    this.allow({ kind: 'apiServer' }, pods, WEBHOOK_PORT);
  }

  private manager(props: SeldonOperatorProps, pods: Pods, account: string, ownWebhook: boolean): void {
    const value = (name: string, text: string) => ({ name, value: text });
    new k8s.KubeDeployment(this, 'manager', {
      metadata: { name: MANAGER },
      spec: {
        replicas: 1,
        selector: { matchLabels: pods.labels },
        // Two managers that make their own certificates would each register theirs and answer for the other.
        strategy: { type: ownWebhook ? 'Recreate' : 'RollingUpdate' },
        template: {
          metadata: { labels: this.podLabels(pods) },
          spec: {
            ...podBase({ serviceAccountName: account, uid: SELDON_UID, pullSecret: props.pullSecret }),
            terminationGracePeriodSeconds: 10,
            containers: [
              {
                name: 'manager',
                ...imageOf(props.images.seldonOperator),
                command: ['/manager'],
                args: [
                  '--enable-leader-election',
                  // The default also locks a ConfigMap, which would need write access to ConfigMaps.
                  '--leader-election-resource-lock=leases',
                  `--webhook-port=${WEBHOOK_PORT}`,
                  `--metrics-addr=:${METRICS_PORT}`,
                  '--log-level=INFO',
                  ...(ownWebhook ? ['--create-resources=true'] : []),
                ],
                ports: [
                  { name: 'webhook-server', containerPort: WEBHOOK_PORT },
                  { name: 'metrics', containerPort: METRICS_PORT },
                ],
                env: [
                  { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
                  value('WATCH_NAMESPACE', ''),
                  value('AMBASSADOR_ENABLED', String(props.ambassador.enabled)),
                  value('AMBASSADOR_VERSION', 'v2'),
                  value('AMBASSADOR_SINGLE_NAMESPACE', 'false'),
                  value('ISTIO_ENABLED', String(props.istio.enabled)),
                  value('ISTIO_GATEWAY', props.istio.gateway),
                  value('ISTIO_TLS_MODE', ''),
                  value('KEDA_ENABLED', String(props.keda.enabled)),
                  value('USE_EXECUTOR', 'true'),
                  value('DEFAULT_USER_ID', String(SELDON_UID)),
                  value('DEPLOYMENT_NAME_AS_PREFIX', 'false'),
                  value('EXECUTOR_CONTAINER_IMAGE_AND_VERSION', props.images.seldonExecutor.reference),
                  value('EXECUTOR_CONTAINER_IMAGE_PULL_POLICY', props.images.seldonExecutor.pullPolicy),
                  value('EXECUTOR_CONTAINER_SERVICE_ACCOUNT_NAME', props.modelsServiceAccount),
                  value('EXECUTOR_CONTAINER_USER', String(SELDON_UID)),
                  value('EXECUTOR_PROMETHEUS_PATH', '/prometheus'),
                  value('EXECUTOR_SERVER_PORT', '8000'),
                  value('EXECUTOR_SERVER_METRICS_PORT_NAME', 'metrics'),
                  value('EXECUTOR_FULL_HEALTH_CHECKS', 'false'),
                  value('EXECUTOR_REQUEST_LOGGER_DEFAULT_ENDPOINT', 'http://default-broker'),
                  value('EXECUTOR_REQUEST_LOGGER_WORK_QUEUE_SIZE', '10000'),
                  value('EXECUTOR_REQUEST_LOGGER_WRITE_TIMEOUT_MS', '2000'),
                  value('EXECUTOR_DEFAULT_CPU_REQUEST', '100m'),
                  value('EXECUTOR_DEFAULT_CPU_LIMIT', '500m'),
                  value('EXECUTOR_DEFAULT_MEMORY_REQUEST', '128Mi'),
                  value('EXECUTOR_DEFAULT_MEMORY_LIMIT', '512Mi'),
                  value('PREDICTIVE_UNIT_HTTP_SERVICE_PORT', '9000'),
                  value('PREDICTIVE_UNIT_GRPC_SERVICE_PORT', '9500'),
                  value('PREDICTIVE_UNIT_METRICS_PORT_NAME', 'metrics'),
                  value('PREDICTIVE_UNIT_DEFAULT_ENV_SECRET_REF_NAME', ''),
                ],
                // The manager has no health endpoint. Its webhook listens once it has a certificate and has, if that
                // is its task, registered it: from then on SeldonDeployments can be applied.
                startupProbe: { ...tcp('webhook-server'), periodSeconds: 2, failureThreshold: 150 },
                readinessProbe: { ...tcp('webhook-server'), periodSeconds: 20, timeoutSeconds: 5 },
                livenessProbe: {
                  httpGet: { path: '/metrics', port: k8s.IntOrString.fromString('metrics') },
                  periodSeconds: 20,
                  timeoutSeconds: 5,
                  failureThreshold: 6,
                },
                resources: resourceRequirements(props.resources),
                securityContext: RESTRICTED_CONTAINER,
                volumeMounts: [
                  // Only this folder: the image keeps the templates of the resources it creates elsewhere in /tmp.
                  { name: 'serving-certs', mountPath: CERT_PATH, ...(ownWebhook ? {} : { readOnly: true }) },
                  { name: 'api-token', mountPath: TOKEN_PATH, readOnly: true },
                ],
              },
            ],
            volumes: [
              ownWebhook
                ? { name: 'serving-certs', emptyDir: { sizeLimit: k8s.Quantity.fromString('1Mi') } }
                : { name: 'serving-certs', secret: { secretName: SERVING_CERT_SECRET, defaultMode: 0o440 } },
              apiToken('api-token'),
            ],
          },
        },
      },
    });
  }

  /** The webhook with a certificate that cert-manager makes, renews and injects; no key is ever in the manifests. */
  private certManagerWebhook(namespace: string): void {
    const issuer = new Issuer(this, 'issuer', {
      metadata: { name: 'seldon-selfsigned-issuer' },
      spec: { selfSigned: {} },
    });
    const host = `${WEBHOOK_SERVICE}.${namespace}.svc`;
    new Certificate(this, 'certificate', {
      metadata: { name: SERVING_CERT },
      spec: {
        secretName: SERVING_CERT_SECRET,
        dnsNames: [host, `${WEBHOOK_SERVICE}.${namespace}`],
        issuerRef: { kind: 'Issuer', name: issuer.name },
        duration: '8760h',
        renewBefore: '720h',
      },
    });
    new k8s.KubeValidatingWebhookConfiguration(this.clusterScope, 'webhook-configuration', {
      metadata: {
        name: `${OWN_WEBHOOK_CONFIGURATION}-${namespace}`,
        annotations: { 'cert-manager.io/inject-ca-from': `${namespace}/${SERVING_CERT}` },
      },
      webhooks: [
        {
          name: 'v1.vseldondeployment.kb.io',
          admissionReviewVersions: ['v1', 'v1beta1'],
          clientConfig: {
            service: {
              name: WEBHOOK_SERVICE,
              namespace,
              path: '/validate-machinelearning-seldon-io-v1-seldondeployment',
            },
          },
          failurePolicy: 'Fail',
          matchPolicy: 'Equivalent',
          namespaceSelector: OURS,
          objectSelector: OURS,
          rules: [
            {
              apiGroups: ['machinelearning.seldon.io'],
              apiVersions: ['v1'],
              operations: ['CREATE', 'UPDATE'],
              resources: ['seldondeployments'],
            },
          ],
          sideEffects: 'None',
        },
      ],
    });
  }
}

/** What carries this label is another operator's. */
const OURS: k8s.LabelSelector = { matchExpressions: [{ key: 'seldon.io/controller-id', operator: 'DoesNotExist' }] };

const tcp = (port: string) => ({ tcpSocket: { port: k8s.IntOrString.fromString(port) } });

/** What a mounted ServiceAccount token consists of, with a token that expires within the hour and is renewed. */
function apiToken(name: string): k8s.Volume {
  return {
    name,
    projected: {
      defaultMode: 0o440,
      sources: [
        { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardApi: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
      ],
    },
  };
}
