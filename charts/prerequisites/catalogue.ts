/** What other projects install into a cluster, at the releases whose types are in crds/ or that the tests build. */
import type { Prerequisite } from '../lib/prerequisite';

const release = (repository: string, version: string, file: string) =>
  `kubectl apply --server-side -f https://github.com/${repository}/releases/download/${version}/${file}`;

/** A command for a manifest that names no namespace, and makes none. */
const inNamespace = (namespace: string, command: string) =>
  `${newNamespace(namespace)}\n${command.replace('apply', `apply --namespace ${namespace}`)}`;

const newNamespace = (name: string) => `kubectl create namespace ${name}`;

const CERT_MANAGER = 'v1.21.2';
const PROMETHEUS_OPERATOR = 'v0.85.0';
const GATEWAY_API = 'v1.6.3';
// The one before loses what an archive has after a replica took over: https://github.com/cloudnative-pg/cloudnative-pg/issues/10817
const CLOUD_NATIVE_PG = 'v1.30.0';
const BARMAN_PLUGIN = 'v0.15.0';
const EXTERNAL_SECRETS = 'v1.3.2';
const SEALED_SECRETS = 'v0.32.2';
const KEDA = 'v2.21.0';
const ARGO = 'v3.7.1';
const ARGO_CD = 'v3.5.0';
const EMISSARY = '3.9.1';
/** The tests have the types alone. */
const ANY = 'any that serves the API';

/** In an order in which they can be installed: what one needs of another comes after it. */
export const PREREQUISITES = {
  gatewayApi: {
    name: 'Gateway API',
    version: GATEWAY_API,
    api: 'gateway.networking.k8s.io/v1',
    purpose: 'Has the routes; besides, an implementation with the GatewayClass or the Gateway that platform.yaml says',
    install: release('kubernetes-sigs/gateway-api', GATEWAY_API, 'standard-install.yaml'),
  },
  certManager: {
    name: 'cert-manager',
    version: CERT_MANAGER,
    api: 'cert-manager.io/v1',
    // "enableGatewayAPI" of its ControllerConfiguration is false by default, and its manifest does not set it.
    purpose: 'Makes and renews certificates; those of a Gateway only with `--enable-gateway-api` of its controller',
    install: release('cert-manager/cert-manager', CERT_MANAGER, 'cert-manager.yaml'),
  },
  cloudNativePg: {
    name: 'CloudNativePG',
    version: CLOUD_NATIVE_PG,
    api: 'postgresql.cnpg.io/v1',
    purpose: 'Runs PostgreSQL: a primary, and replicas that take over',
    install: release('cloudnative-pg/cloudnative-pg', CLOUD_NATIVE_PG, `cnpg-${CLOUD_NATIVE_PG.slice(1)}.yaml`),
  },
  barmanPlugin: {
    name: 'Barman Cloud plugin of CloudNativePG',
    version: BARMAN_PLUGIN,
    api: 'barmancloud.cnpg.io/v1',
    purpose: 'Puts base backups and the write-ahead log of PostgreSQL into a bucket',
    install: release('cloudnative-pg/plugin-barman-cloud', BARMAN_PLUGIN, 'manifest.yaml'),
  },
  externalSecrets: {
    name: 'External Secrets Operator',
    version: EXTERNAL_SECRETS,
    api: 'external-secrets.io/v1',
    purpose: 'Makes Secrets of what a vault has; besides, a store of the name that platform.yaml says',
    install: `helm install external-secrets external-secrets --repo https://charts.external-secrets.io --version ${EXTERNAL_SECRETS.slice(1)} --namespace external-secrets --create-namespace`,
  },
  sealedSecrets: {
    name: 'Sealed Secrets',
    version: SEALED_SECRETS,
    api: 'bitnami.com/v1alpha1',
    purpose: 'Makes Secrets of those that are sealed in environments/<env>/secrets/',
    install: release('bitnami-labs/sealed-secrets', SEALED_SECRETS, 'controller.yaml'),
  },
  prometheusOperator: {
    name: 'Prometheus operator',
    version: PROMETHEUS_OPERATOR,
    api: 'monitoring.coreos.com/v1',
    purpose: 'Has Prometheus scrape what ServiceMonitors and PodMonitors find',
    install: release('prometheus-operator/prometheus-operator', PROMETHEUS_OPERATOR, 'bundle.yaml'),
  },
  metricsServer: {
    name: 'Metrics Server',
    version: ANY,
    api: 'metrics.k8s.io/v1beta1',
    purpose: 'Tells HorizontalPodAutoscalers what pods use',
    install:
      'kubectl apply --server-side -f https://github.com/kubernetes-sigs/metrics-server/releases/latest/download/components.yaml',
  },
  istio: {
    name: 'Istio',
    version: ANY,
    api: 'networking.istio.io/v1alpha3',
    purpose: 'Routes requests to models by the VirtualServices that the Seldon operator makes',
    install: 'istioctl install --set profile=minimal',
  },
  emissary: {
    name: 'Emissary-ingress',
    version: ANY,
    api: 'getambassador.io/v3alpha1',
    purpose: 'Routes requests to models by the Mappings that the Seldon operator makes',
    // Its chart brings no types, and refuses to start without the server that converts them.
    install: [
      `kubectl apply --server-side -f https://app.getambassador.io/yaml/emissary/${EMISSARY}/emissary-crds.yaml`,
      'kubectl wait --namespace emissary-system --for=condition=Available deployment/emissary-apiext --timeout=5m',
      'helm install emissary-ingress emissary-ingress --repo https://app.getambassador.io --namespace ambassador --create-namespace',
    ].join('\n'),
  },
  argoWorkflows: {
    name: 'Argo Workflows',
    version: ARGO,
    api: 'argoproj.io/v1alpha1',
    purpose: 'Runs batches',
    install: inNamespace('argo', release('argoproj/argo-workflows', ARGO, 'install.yaml')),
  },
  keda: {
    name: 'KEDA',
    version: KEDA,
    api: 'keda.sh/v1alpha1',
    purpose: 'Scales models',
    install: release('kedacore/keda', KEDA, `keda-${KEDA.slice(1)}.yaml`),
  },
  argoCd: {
    name: 'Argo CD',
    version: ARGO_CD,
    api: 'argoproj.io/v1alpha1',
    purpose: 'Deploys dist/ by the Applications of delivery/argo-cd.yaml',
    install: inNamespace(
      'argocd',
      `kubectl apply --server-side -f https://raw.githubusercontent.com/argoproj/argo-cd/${ARGO_CD}/manifests/install.yaml`,
    ),
  },
  flux: {
    name: 'Flux',
    version: '2.5 or later',
    api: 'kustomize.toolkit.fluxcd.io/v1',
    purpose: 'Deploys dist/ by the Kustomizations of delivery/flux.yaml',
    // With its namespace, flux-system.
    install: 'kubectl apply --server-side -f https://github.com/fluxcd/flux2/releases/latest/download/install.yaml',
  },
} as const satisfies Record<string, Prerequisite>;

/** The namespace of a Gateway that is made here: it belongs to whatever runs its pods. */
export const gatewayNamespace = (name: string): Prerequisite => ({
  name: `Namespace ${name}`,
  version: 'any',
  api: 'v1',
  purpose: 'Has the Gateway that is made here, and the pods of its implementation',
  install: newNamespace(name),
});

/** Emissary-ingress in the namespace whose pods may call the models. */
export const emissaryIn = (namespace = 'ambassador'): Prerequisite => ({
  ...PREREQUISITES.emissary,
  install: PREREQUISITES.emissary.install.replace('--namespace ambassador', `--namespace ${namespace}`),
});
