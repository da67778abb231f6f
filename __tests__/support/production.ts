/** An environment for production, as small as it can be. */
import { CATALOGUE } from '../../charts/images/catalogue';

const digest = `sha256:${'7'.repeat(64)}`;

export const PRODUCTION = {
  profile: 'production',
  images: {
    pullPolicy: 'Always',
    requireDigests: true,
    overrides: Object.fromEntries(Object.keys(CATALOGUE).map((name) => [name, { digest }])),
  },
  podSecurity: { uids: 'high' },
  priorities: { enabled: true },
  quotas: { enabled: true },
  certificates: { kind: 'own' },
  postgresql: {
    kind: 'cloudNativePg',
    backup: {
      enabled: true,
      store: { endpoint: 'https://s3.backups.test', bucket: 'kept', accessKeyId: 'AKIAEXAMPLE' },
    },
    maxConnections: 300,
  },
  objectStore: { kind: 'distributed' },
  mlflow: { replicas: 2, gc: { enabled: true } },
  seldon: { certificates: 'cert-manager', replicas: 2 },
  frontend: { replicas: 2 },
} as const;

const form = { inputs: [{ name: 'pH' }] };

/** Models that are scaled in each way. */
export const PRODUCTION_MODELS = [
  { name: 'mlflow-wine', server: 'MLFLOW_SERVER', uri: 's3://models/a', replicas: 3, form },
  { name: 'scaled', server: 'XGBOOST_SERVER', uri: 's3://models/b', autoscaling: { min: 2, max: 5, cpu: 70 } },
] as const;
