/** The schema of an environment: environments/<env>/platform.yaml. Every default of the platform is here. */
import { z } from 'zod';
import { CATALOGUE, type ImageName } from '../images';
import { NAMESPACE } from '../namespaces';
import {
  bucketName,
  cidr,
  count,
  cron,
  dnsLabel,
  flag,
  hostName,
  httpUrl,
  imageDigest,
  imageRepository,
  imageTag,
  labels,
  objectName,
  port,
  registry,
  serviceName,
} from './fields';
import { gatewaySchema } from './gateway';
import { resources, storage } from './resources';
import { seldonSchema } from './seldon';

const imageOverride = z.strictObject({
  repository: imageRepository('registry.example.com/team/mlflow').optional().describe('Registry and path'),
  tag: imageTag('v3.17.0-full').optional().describe('Tag; never "latest"'),
  digest: imageDigest().optional().describe('Digest, which then decides what is pulled'),
  pullPolicy: z
    .enum(['Always', 'IfNotPresent', 'Never'], { error: 'must be one of Always, IfNotPresent, Never' })
    .optional()
    .meta({ examples: ['IfNotPresent'] })
    .describe('When the kubelet pulls the image'),
});

const imageNames = Object.keys(CATALOGUE) as ImageName[];

const images = z
  .strictObject({
    registry: registry('registry.example.com/mirror')
      .optional()
      .describe('Mirror that replaces the registry of every image not overridden'),
    pullSecret: objectName('registry-login')
      .optional()
      .describe('Name of an image pull Secret that exists in every namespace of the platform'),
    overrides: z
      .strictObject(Object.fromEntries(imageNames.map((name) => [name, imageOverride.optional()])))
      .prefault({})
      .describe('Images by their name in the catalogue'),
  })
  .prefault({})
  .describe('Where images come from');

/** A namespace that the platform does not own: what its own pods may call follows from how they are wired. */
const foreignNamespace = (example: string) =>
  dnsLabel(example)
    .refine((name) => !Object.values<string>(NAMESPACE).includes(name), {
      error: 'must be a namespace outside the platform, whose own pods get the connections they need',
    })
    .meta({ examples: [example] });

const clients = z
  .array(foreignNamespace('team-a'))
  .default([])
  .meta({ examples: [['team-a']] });

const networkPolicies = z
  .strictObject({
    enabled: flag(true).describe('Renders the policies; a cluster without a policy engine ignores them'),
    apiServer: z
      .strictObject({
        cidrs: z
          .array(cidr('192.168.49.2/32'))
          .default([])
          .meta({ examples: [['192.168.49.2/32']] })
          .describe('Addresses of the API server; any address where empty, since no selector finds it'),
        ports: z
          .array(port(8443))
          .min(1, { error: 'must name at least one port' })
          .default([443, 6443, 8443])
          .meta({ examples: [[6443]] })
          .describe('Ports it listens on behind the kubernetes Service; minikube uses 8443, kubeadm 6443'),
      })
      .prefault({})
      .describe('How pods reach the API server'),
    clients: z
      .strictObject({
        mlflow: clients.describe('Namespaces whose pods may call MLflow'),
        models: clients.describe('Namespaces whose pods may call the models'),
      })
      .prefault({})
      .describe('Callers outside the platform; a port-forward needs no entry'),
  })
  .prefault({})
  .describe('NetworkPolicies: everything is denied except what the platform itself needs');

const monitoring = z
  .strictObject({
    enabled: flag(false).describe('Renders ServiceMonitors; needs the CRDs of the Prometheus operator'),
    namespace: foreignNamespace('monitoring').default('monitoring').describe('Namespace of Prometheus'),
    labels: labels('release', 'prometheus')
      .default({ release: 'prometheus' })
      .describe('Labels by which Prometheus finds its ServiceMonitors'),
  })
  .prefault({})
  .describe('Metrics for the Prometheus operator');

const postgresql = z
  .strictObject({
    storage: storage('8Gi'),
    resources: resources({ cpu: ['100m', '1'], memory: ['256Mi', '512Mi'], scratch: ['64Mi', '1Gi'] }),
    backup: z
      .strictObject({
        enabled: flag(false).describe('Dumps the database on a schedule to a volume of its own'),
        schedule: cron('0 3 * * *')
          .default('0 3 * * *')
          .describe("When: minute, hour, day, month, weekday, in the controller manager's time zone"),
        keep: count(1, 365, 7).default(7).describe('Dumps that are kept'),
        storage: storage('8Gi'),
      })
      .prefault({})
      .describe('Backups of the database'),
  })
  .prefault({})
  .describe('PostgreSQL, the database of the tracking server');

const objectStore = z
  .strictObject({
    bucket: bucketName('models').default('models').describe('The bucket of models and MLflow artifacts'),
    storage: storage('20Gi'),
    console: flag(true).describe('Serves the web console on port 9001; it is reached by port-forward only'),
    resources: resources({ cpu: ['100m', '1'], memory: ['256Mi', '1Gi'], scratch: ['64Mi', '1Gi'] }),
  })
  .prefault({})
  .describe('The MinIO-compatible object store');

const mlflow = z
  .strictObject({
    host: hostName('mlflow.example.com')
      .optional()
      .describe('A further host name that users reach the server by, such as an ingress host'),
    replicas: count(1, 10, 2).default(1).describe('Pods of the tracking server'),
    workers: count(1, 32, 4).default(1).describe('Processes that serve requests in each pod, about 300Mi each'),
    resources: resources({ cpu: ['100m', '2'], memory: ['640Mi', '2Gi'], scratch: ['256Mi', '5Gi'] }),
  })
  .prefault({})
  .describe('MLflow, the tracking server and model registry');

const modelStores = z
  .record(
    z.string().regex(/^(?!(?:s3|pvc|models|runs)$)[a-z][a-z0-9]{0,31}$/, {
      error: 'must be a name of lower-case letters and digits, such as "gs"',
    }),
    z.strictObject({
      secret: objectName('gcs-models').describe(
        'Secret of ml-models with the variables RCLONE_CONFIG_<NAME>_… that configure rclone for it',
      ),
      port: port(443).default(443).describe('Port that it is reached by, at any address'),
    }),
  )
  .default({})
  .meta({ examples: [{ gs: { secret: 'gcs-models' } }] })
  .describe('Further places that models are fetched from: <name>://… is the rclone remote of that name');

const training = z
  .strictObject({
    enabled: flag(false).describe('Renders a Job that trains the wine models in the cluster'),
    data: httpUrl('https://data.example.com/winequality-red.csv')
      .default('https://archive.ics.uci.edu/ml/machine-learning-databases/wine-quality/winequality-red.csv')
      .describe('Where the data is'),
    verify: flag(true).describe('Refuses data whose checksum is not that of the UCI wine data'),
    resources: resources({ cpu: ['250m', '2'], memory: ['512Mi', '2Gi'], scratch: ['256Mi', '2Gi'] }),
  })
  .prefault({})
  .describe('The wine example, trained in the cluster');

const frontend = z
  .strictObject({
    enabled: flag(true).describe('Deploys the front end'),
    model: serviceName('mlflow-wine')
      .default('mlflow-wine')
      .describe('Name of the model it calls, one of the environment'),
    resources: resources({ cpu: ['50m', '500m'], memory: ['128Mi', '512Mi'], scratch: ['64Mi', '256Mi'] }),
  })
  .prefault({})
  .describe('The Streamlit front end');

export const platformSchema = z
  .strictObject({
    clusterDomain: objectName('cluster.local')
      .default('cluster.local')
      .describe("The cluster's DNS domain, which MLflow must know to accept calls by full name"),
    images,
    networkPolicies,
    monitoring,
    postgresql,
    objectStore,
    mlflow,
    training,
    seldon: seldonSchema,
    modelStores,
    gateway: gatewaySchema,
    frontend,
  })
  .describe('One environment of the ML platform');

/** platform.yaml after validation. */
export type PlatformSettings = z.output<typeof platformSchema>;
