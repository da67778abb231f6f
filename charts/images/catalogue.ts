/**
 * Every image the platform can run, in one table. Nothing else in the code names an image.
 *
 * Tags and registries were checked against public use in November 2026. Not to be used, since they are gone or
 * frozen: docker.io/minio, docker.io/bitnami, gcr.io/google_containers/spartakus.
 */
/** What is known of an image. */
export interface CatalogueEntry {
  /** Registry and path, without tag. */
  readonly repository: string;
  /** The tag; "seldon" stands for the configured version of Seldon Core. */
  readonly tag: string;
  /** SPDX identifier of what the image is made for; the base system has licences of its own. */
  readonly licence: string;
  readonly purpose: string;
  /**
   * The only architecture that it is built for.
   * @default - several, or not known
   */
  readonly architecture?: 'amd64';
  /** Of an image that loads models: what it loads them with. */
  readonly runtime?: Runtime;
}

/**
 * What an image loads models with, as far as that is known. A model that was pickled by other versions may not load, or
 * may answer otherwise.
 */
export interface Runtime {
  /** Such as "3.10". */
  readonly python: string;
  /** Versions of what models are made of. What is not named was the newest when the image was built. */
  readonly packages: Readonly<Record<string, string>>;
  /** Where that is known from. */
  readonly source: string;
}

/** The user that Seldon's images run as: the operator, the executor, the seldon-protocol servers, rclone, Alibi. */
export const SELDON_UID = 8888;

const seldon = (name: string, purpose: string, runtime?: Runtime): CatalogueEntry => ({
  repository: `docker.io/seldonio/${name}`,
  tag: 'seldon',
  licence: 'Apache-2.0',
  purpose,
  // Reported for Apple silicon in seldon-core#4438.
  architecture: 'amd64',
  ...(runtime && { runtime }),
});

const mlserver = (variant: string, purpose: string, packages: Runtime['packages'] = {}): CatalogueEntry => ({
  repository: 'docker.io/seldonio/mlserver',
  tag: `1.7.1-${variant}`,
  licence: 'Apache-2.0',
  purpose,
  // Its Dockerfile fetches the Miniforge of x86_64.
  architecture: 'amd64',
  runtime: {
    python: '3.10',
    packages,
    source: `Dockerfile of MLServer 1.7.1${Object.keys(packages).length > 0 ? '; versions reported by users of the image' : ''}`,
  },
});

/** The servers of Seldon's own protocol pin what they load models with. */
const pinned = (server: string, packages: Runtime['packages']): Runtime => ({
  python: '3.8',
  packages,
  source: `servers/${server} of Seldon Core 1.17.1, requirements.txt`,
});

export const CATALOGUE = {
  postgresql: {
    repository: 'docker.io/library/postgres',
    tag: '18.6-trixie',
    licence: 'PostgreSQL',
    purpose: 'Database of the tracking server',
  },
  cloudNativePg: {
    repository: 'ghcr.io/cloudnative-pg/postgresql',
    // Made for backups by a plugin: without Barman Cloud, whose programs the plugin brings.
    tag: '18.3-minimal-trixie',
    licence: 'PostgreSQL',
    purpose: 'Database of the tracking server, as CloudNativePG runs it',
  },
  postgresExporter: {
    repository: 'quay.io/prometheuscommunity/postgres-exporter',
    tag: 'v0.19.1',
    licence: 'Apache-2.0',
    purpose: 'Metrics of the embedded database, where monitoring is enabled',
  },
  prometheus: {
    repository: 'docker.io/prom/prometheus',
    tag: 'v3.16.0',
    licence: 'Apache-2.0',
    purpose: 'Scrapes and computes, where monitoring.stack is embedded',
  },
  alertmanager: {
    repository: 'docker.io/prom/alertmanager',
    tag: 'v0.35.0',
    licence: 'Apache-2.0',
    purpose: 'Tells people of alerts, where monitoring.stack is embedded',
  },
  kubeStateMetrics: {
    repository: 'registry.k8s.io/kube-state-metrics/kube-state-metrics',
    tag: 'v2.18.0',
    licence: 'Apache-2.0',
    purpose: 'Tells of Jobs, CronJobs, Deployments and pods, where monitoring.stack is embedded',
  },
  grafana: {
    repository: 'docker.io/grafana/grafana',
    // The last minor release of 12, which is supported longer than others.
    tag: '12.4.4',
    licence: 'AGPL-3.0-only',
    purpose: 'Shows dashboards, where monitoring.stack is embedded',
  },
  objectStore: {
    repository: 'docker.io/pgsty/silo',
    tag: 'RELEASE.2026-09-16T00-00-00Z',
    licence: 'AGPL-3.0-or-later',
    purpose: 'S3 object store: the maintained fork of MinIO, with the mc client',
  },
  seaweedfs: {
    repository: 'docker.io/chrislusf/seaweedfs',
    tag: '4.53',
    licence: 'Apache-2.0',
    purpose: 'S3 object store of the kind seaweedfs',
  },
  etcd: {
    repository: 'registry.k8s.io/etcd',
    tag: '3.6.5-0',
    licence: 'Apache-2.0',
    purpose: 'Names of objects of the kind seaweedfs',
  },
  rclone: {
    repository: 'docker.io/rclone/rclone',
    tag: '1.71.2',
    licence: 'MIT',
    purpose: 'Copies the bucket to its mirror',
  },
  mlflow: {
    repository: 'ghcr.io/mlflow/mlflow',
    // Only the -full variant carries the PostgreSQL and S3 drivers.
    tag: 'v3.17.0-full',
    licence: 'Apache-2.0',
    purpose: 'Tracking server and model registry',
  },
  oauth2Proxy: {
    repository: 'quay.io/oauth2-proxy/oauth2-proxy',
    tag: 'v7.15.6',
    licence: 'MIT',
    purpose: 'Sign-in in front of what is reached from outside the cluster',
  },
  seldonOperator: seldon('seldon-core-operator', 'Operator that turns SeldonDeployments into Deployments'),
  seldonExecutor: seldon('seldon-core-executor', 'Proxy in front of a model where its engine is on'),
  seldonInitializer: seldon('rclone-storage-initializer', 'Init container that fetches a model with rclone'),
  seldonExplainer: seldon('alibiexplainer', 'Explanations, seldon protocol'),
  sklearnServer: seldon(
    'sklearnserver',
    'SKLEARN_SERVER, seldon protocol',
    pinned('sklearnserver', { 'scikit-learn': '0.24.2' }),
  ),
  xgboostServer: seldon(
    'xgboostserver',
    'XGBOOST_SERVER, seldon protocol',
    pinned('xgboostserver', { 'scikit-learn': '0.24.2', xgboost: '1.4.2' }),
  ),
  tensorflowProxy: seldon('tfserving-proxy', 'TENSORFLOW_SERVER, seldon protocol: the proxy in front'),
  tensorflowServing: {
    repository: 'docker.io/tensorflow/serving',
    tag: '2.18.0',
    licence: 'Apache-2.0',
    purpose: 'TENSORFLOW_SERVER, seldon and tensorflow protocol',
    // tensorflow/serving publishes no other.
    architecture: 'amd64',
  },
  mlserverSklearn: mlserver('sklearn', 'SKLEARN_SERVER and detectors, v2 protocol'),
  mlserverXgboost: mlserver('xgboost', 'XGBOOST_SERVER, v2 protocol'),
  mlserverMlflow: mlserver('mlflow', 'MLFLOW_SERVER, v2 protocol', { numpy: '2.2.6', pandas: '2.2.3' }),
  mlserverHuggingface: mlserver('huggingface', 'HUGGINGFACE_SERVER, v2 protocol'),
  mlserverExplainer: {
    ...mlserver('alibi-explain', 'Explanations, v2 protocol'),
    // It is built with the main branch of Alibi, which has had this licence since 0.9.5.
    licence: 'BUSL-1.1',
  },
  triton: {
    repository: 'nvcr.io/nvidia/tritonserver',
    tag: '26.06-py3',
    licence: 'BSD-3-Clause',
    purpose: 'TRITON_SERVER, v2 protocol',
  },
  alibiDetect: seldon('alibi-detect-server', 'Outliers, drift and adversarial input, seldon and tensorflow protocol'),
  batchProcessor: seldon('seldon-core-s2i-python38', 'Batch prediction: Python with seldon-batch-processor'),
  training: {
    // Built from datascience/ into the cluster's own image store.
    repository: 'ml-training',
    tag: '0.1.0',
    licence: 'Apache-2.0',
    purpose: 'Trains the wine example in the cluster',
  },
  frontend: {
    // Built from frontend/ into the cluster's own image store, as the guide does; it is in no registry.
    repository: 'ml-streamlit',
    tag: '0.1.0',
    licence: 'Apache-2.0',
    purpose: 'Streamlit front end',
  },
} as const satisfies Record<string, CatalogueEntry>;

export type ImageName = keyof typeof CATALOGUE;
