/** Somebody else's App, with the components of this package among charts of their own. */
import { ok } from 'node:assert';
import { App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import {
  Frontend,
  Mlflow,
  Models,
  ObjectStore,
  Postgresql,
  type Resources,
  resolveImages,
  SeldonOperator,
} from 'ml-platform';

const images = resolveImages({
  registry: 'mirror.example.com',
  overrides: { mlflow: { tag: 'v9.9.9' } },
  seldonVersion: '1.17.1',
});
const resources: Resources = {
  requests: { cpu: '30m', memory: '130Mi', 'ephemeral-storage': '30Mi' },
  limits: { cpu: '300m', memory: '330Mi', 'ephemeral-storage': '300Mi' },
};

const app = new App();
const own = new Chart(app, 'own');
new k8s.KubeConfigMap(own, 'config', { metadata: { name: 'own' }, data: { key: 'value' } });

const postgresql = new Postgresql(app, {
  namespace: 'acme-db',
  image: images.postgresql,
  resources,
  storage: { size: '3Gi' },
  maxConnections: 50,
  sharedMemory: '64Mi',
});
const objectStore = new ObjectStore(app, {
  namespace: 'acme-store',
  image: images.objectStore,
  bucket: 'acme',
  console: false,
  batch: false,
  resources,
  storage: { size: '4Gi' },
});
new Mlflow(app, {
  namespace: 'acme-tracking',
  image: images.mlflow,
  database: postgresql.mlflow,
  artifacts: objectStore.buckets.readWrite,
  clusterDomain: 'cluster.local',
  hosts: [],
  replicas: 2,
  workers: 1,
  resources,
  clientNamespaces: [],
});
new SeldonOperator(app, {
  namespace: 'acme-seldon',
  modelsNamespaces: ['acme-models'],
  images,
  resources,
  certificates: 'manager',
  istio: { enabled: false, gateway: 'istio-system/seldon-gateway' },
  keda: { enabled: false },
  ambassador: { enabled: false },
  modelsServiceAccount: 'models',
  apiServerPorts: [6443],
  webhookPort: 4443,
});
const models = new Models(app, {
  namespace: 'acme-models',
  images,
  store: objectStore.buckets.readOnly,
  stores: {},
  clients: [],
  models: [
    {
      name: 'churn',
      protocol: 'v2',
      placement: { gpuResource: 'nvidia.com/gpu', nodeSelector: {}, tolerations: [] },
      engineResources: resources,
      predictors: [
        {
          name: 'default',
          shadow: false,
          labels: {},
          replicas: 2,
          engine: false,
          graph: {
            name: 'classifier',
            server: 'SKLEARN_SERVER',
            uri: 's3://acme/churn/1',
            parameters: {},
            container: { env: {}, secrets: [], volumes: [] },
            resources,
            initializerResources: resources,
            children: [],
          },
        },
      ],
    },
  ],
});
new Frontend(app, {
  namespace: 'acme-front',
  image: images.frontend,
  model: models.endpoint('churn'),
  form: {
    title: 'Churn',
    inputs: [{ name: 'age', type: 'double', required: true }],
    output: { label: 'Probability' },
  },
  resources,
});

// Not instanceof, which cdk8s makes true for the charts of any copy of itself.
const isOurs = (chart: Chart) => Object.prototype.isPrototypeOf.call(Chart.prototype, chart);
for (const chart of app.charts) ok(isOurs(chart), `${chart.node.id} is a chart of another cdk8s`);
app.synth();
