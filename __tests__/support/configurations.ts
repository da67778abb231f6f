/** Configurations that together use every option, for tests of the whole platform. */
import type { PlatformConfig } from '../../charts/config';
import { NO_LIMIT } from '../../charts/lib/quantity';
import { exampleEnvironments, startingEnvironment } from './environments';
import { GUIDE_MODELS, modelConfig, platformConfig } from './platform';
import { PRODUCTION, PRODUCTION_MODELS } from './production';

const digest = `sha256:${'5'.repeat(64)}`;

/** A form that uses every field. */
const form = {
  title: 'Wine',
  inputs: [
    { name: 'colour', type: 'string', choices: ['red', 'white'], default: 'white' },
    { name: 'alcohol', unit: '% vol', min: 5, max: 20, step: 0.1, default: 9.4 },
  ],
  output: { label: 'Quality', unit: 'points', min: 0, max: 10 },
};

/** Reports on a model, with all that a file must say. */
export const QUALITY = {
  schedule: '@daily',
  predictions: 's3://models/out',
  truth: 's3://models/truth',
  key: 'id',
  target: 'y',
  kind: 'regression',
};

/** Models of every kind of server and protocol, with and without the executor. */
export const MANY_MODELS = [
  ...GUIDE_MODELS,
  { name: 'seldon-iris', server: 'SKLEARN_SERVER', protocol: 'seldon', uri: 's3://models/iris/7', node: 'iris' },
  {
    name: 'with-engine',
    server: 'XGBOOST_SERVER',
    uri: 's3://models/e/1',
    engine: true,
    replicas: 3,
    predictor: 'main',
  },
  { name: 'tf', server: 'TENSORFLOW_SERVER', protocol: 'tensorflow', uri: 's3://models/tf/1' },
  { name: 'triton', server: 'TRITON_SERVER', uri: 's3://models/triton/1', replicas: 0 },
];

const everything = {
  clusterDomain: 'k8s.internal',
  images: {
    registry: 'mirror.example.com:5000/hub',
    pullSecret: 'registry-login',
    overrides: { mlflow: { digest }, mlserverMlflow: { repository: 'other.example.com/mlserver', tag: '9', digest } },
  },
  networkPolicies: {
    apiServer: { cidrs: ['10.0.0.1/32', '10.0.0.2/32'], ports: [6443] },
    clients: { mlflow: ['team-a'], models: ['team-a', 'team-b'] },
  },
  monitoring: { enabled: true, backupAge: 50, namespace: 'prometheus', labels: { release: 'kps' } },
  postgresql: {
    maxConnections: 200,
    sharedMemory: '256Mi',
    backup: { enabled: true, schedule: '*/15 1-5 * jan-dec mon-fri,sun', bucket: { enabled: true } },
    storage: { className: 'fast' },
  },
  objectStore: { bucket: 'models', console: false, backups: { enabled: true, keptDays: 400 } },
  training: { enabled: true, data: 'http://data.example.com:8080/wine.csv', verify: false },
  mlflow: {
    hosts: ['mlflow.example.com', 'mlflow.example.com:8443'],
    staticPrefix: '/tracking',
    replicas: 3,
    workers: 4,
    gc: { enabled: true, schedule: '0 5 * * sat', olderThan: '7d' },
  },
  seldon: { certificates: 'cert-manager', istio: { enabled: true }, ambassador: { enabled: true } },
};

const unlimited = { limits: { cpu: NO_LIMIT, memory: NO_LIMIT } };
const unlimitedFetching = { resources: unlimited, initializerResources: unlimited };
const components = ['postgresql', 'objectStore', 'mlflow', 'seldon', 'training', 'frontend'] as const;

/** Every component and every part of a model, without a limit of CPU or memory. */
export const withoutLimits = (): PlatformConfig =>
  platformConfig(
    {
      ...everything,
      ...Object.fromEntries(components.map((name) => [name, { ...Object(everything)[name], resources: unlimited }])),
      postgresql: {
        ...everything.postgresql,
        resources: unlimited,
        backup: { ...everything.postgresql.backup, restoreTest: { resources: unlimited } },
      },
    },
    [
      ...MANY_MODELS.map((model) => ({ ...model, ...unlimitedFetching, engineResources: unlimited })),
      {
        name: 'watched',
        server: 'SKLEARN_SERVER',
        protocol: 'seldon',
        uri: 's3://models/watched/1',
        ...unlimitedFetching,
        engineResources: unlimited,
        container: { sharedMemory: '4Gi' },
        explainer: { type: 'AnchorTabular', uri: 's3://models/explainer/1', resources: unlimited },
        detector: { kind: 'outlier', uri: 's3://models/outliers/1', resources: unlimited },
        batch: { input: 's3://models/in/', output: 's3://models/out', resources: unlimited },
        autoscaling: { min: 1, max: 3, cpu: 80, memory: 80 },
      },
      {
        name: 'reported',
        server: 'SKLEARN_SERVER',
        uri: 's3://models/reported/1',
        ...unlimitedFetching,
        quality: { ...QUALITY, resources: unlimited },
      },
      {
        name: 'graph',
        predictors: [1, 2].map((number) => ({
          name: `p${number}`,
          traffic: 50,
          graph: {
            name: 'first',
            image: 'example.org/transformer:1',
            type: 'TRANSFORMER',
            resources: unlimited,
            children: [{ name: 'second', server: 'SKLEARN_SERVER', uri: 's3://models/second/1', resources: unlimited }],
          },
        })),
        protocol: 'seldon',
        engineResources: unlimited,
        initializerResources: unlimited,
      },
    ],
  );

/** The starting environment, the examples, and settings that neither has. */
export function configurations(): [string, PlatformConfig][] {
  return [
    ['the starting environment', startingEnvironment()],
    ...exampleEnvironments().map((config): [string, PlatformConfig] => [`examples: ${config.environment}`, config]),
    ['everything on', platformConfig(everything, MANY_MODELS)],
    ['no models, no front end', platformConfig({ frontend: { enabled: false } }, [])],
    ['users that the cluster chooses', platformConfig({ podSecurity: { uids: 'assigned' } }, MANY_MODELS)],
    ['no limits of CPU and memory', withoutLimits()],
    ['production', platformConfig(PRODUCTION, PRODUCTION_MODELS)],
    [
      'users of MLflow',
      platformConfig({
        mlflow: { auth: 'basic', defaultPermission: 'EDIT', gc: { enabled: true }, staticPrefix: '/tracking' },
        training: { enabled: true },
        monitoring: { enabled: true },
        images: { pullSecret: 'registry-login' },
      }),
    ],
    [
      'a Prometheus of its own, and nothing that is optional',
      platformConfig({ monitoring: { enabled: true, stack: 'embedded' } }),
    ],
    ['teams with batches and reports', teamsWithBatches()],
    ['no network policies', platformConfig({ networkPolicies: { enabled: false } })],
    [
      'another bucket, licensed Seldon',
      platformConfig(
        { objectStore: { bucket: 'ml.team' }, seldon: { version: '1.18.2', acceptBusinessSourceLicense: true } },
        [{ name: 'mlflow-wine', server: 'SKLEARN_SERVER', uri: 's3://ml.team/wine/1', protocol: 'seldon', form }],
      ),
    ],
  ];
}

function teamsWithBatches(): PlatformConfig {
  const settings = {
    mlflow: { auth: 'basic' },
    frontend: { enabled: false },
    teams: ['north', 'south'].map((name) => ({ name, group: `people-of-${name}` })),
  };
  const models = ['north', 'south'].map((team) => {
    const place = (what: string) => `s3://models/workspaces/${team}/${what}`;
    const batch = { input: place('rows/'), output: place('answers'), schedule: '@daily' };
    const quality = { schedule: '@weekly', truth: place('truth'), key: 'id', target: 'y', kind: 'regression' };
    return {
      ...modelConfig({
        name: `of-${team}`,
        server: 'SKLEARN_SERVER',
        uri: place('model/1'),
        protocol: 'v2',
        batch,
        quality,
      }),
      team,
    };
  });
  const platform = platformConfig(settings);
  return { ...platform, models: [...platform.models, ...models] };
}
