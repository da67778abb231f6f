/** Seldon's own words for what a model file says otherwise. People paste them from a SeldonDeployment. */
import type { OtherNames } from '../../../config/other-names';

const CONTAINER = 'stands in container, beside server or image';
const POD_IS_OURS = 'cannot be set: the platform sets it for every model, see docs/models.md';
const PROBE = 'cannot be set: the platform probes every server until it has loaded its model';
const BOTH = 'is not needed: HTTP and gRPC are both served, at ports 8000 and 5001';
const GPUS = 'is placement.gpus here, such as placement: {gpus: 1}, or gpus of a node in a graph';

/** Fields of a SeldonDeployment, and what each is called in a model file. */
const FIELDS: Readonly<Record<string, string>> = {
  implementation: 'is called server here, such as server: SKLEARN_SERVER; RANDOM_ABTEST is a router',
  modelUri: 'is called uri here',
  componentSpecs:
    'is not needed: image, container and resources say what a node runs, placement where, autoscaling and keda how often',
  componentSpec: 'is not needed: image, container and resources say what a node runs',
  containers: 'is not needed: image, container and resources of a node are its container',
  containerSpec: 'is not needed: resources of the explainer stand in it',
  hpaSpec: 'is called autoscaling here, such as autoscaling: {min: 1, max: 5, cpu: 80}',
  minReplicas: 'is called min here',
  maxReplicas: 'is called max here',
  metrics: 'is said by cpu and memory here, in percent of the requests, such as cpu: 80',
  metricsv2: 'is said by cpu and memory here, in percent of the requests, such as cpu: 80',
  kedaSpec: 'is called keda here',
  minReplicaCount: 'is called min here',
  maxReplicaCount: 'is called max here',
  idleReplicaCount: 'is called idle here',
  authenticationRef: 'is called authentication here, and is the name alone',
  advanced: 'is not needed: behavior stands in keda itself',
  pdbSpec: 'is called disruptionBudget here',
  svcOrchSpec: 'is called engineResources here, at the top of the file',
  nodeSelector: 'stands in placement, at the top of the file',
  tolerations: 'stands in placement, at the top of the file',
  affinity: 'stands in placement, at the top of the file',
  priorityClassName: 'stands in placement, at the top of the file',
  topologySpreadConstraints: 'is called topologySpread here, and stands in placement',
  annotations: 'is called podAnnotations here, at the top of the file; timeouts and istio say what the operator reads',
  serviceAccountName: 'is not needed: serviceAccount at the top of the file makes one for the model',
  labels: 'stands in each of predictors, such as predictors: [{name: main, labels: {colour: green}}]',
  traffic: 'stands in each of predictors, such as predictors: [{name: main, traffic: 90}, {name: canary, traffic: 10}]',
  shadow: 'stands in one of predictors, such as predictors: [{name: main}, {name: next, shadow: true}]',
  children: 'stands in graph, whose nodes have name, server or image, and children',
  type: 'stands in the nodes of graph; a single node is a MODEL',
  endpoint: BOTH,
  'tracing.endpoint':
    'is a setting of the environment: write tracing: {endpoint: "http://otel-collector.observability.svc:4317"} in platform.yaml, with jaeger where executors send spans elsewhere',
  transport: BOTH,
  methods: 'is not needed: what a node does follows from its type',
  serverType: 'cannot be set: models answer requests, and read no Kafka topic',
  env: CONTAINER,
  command: CONTAINER,
  args: CONTAINER,
  ports: 'is not needed; an image that cannot be told its port says it in container.port',
  volumes: CONTAINER,
  volumeMounts: 'is not needed: each of container.volumes has its path',
  limits: 'stands in resources',
  requests: 'stands in resources',
  'nvidia.com/gpu': GPUS,
  'amd.com/gpu': GPUS,
  envSecretRefName:
    'is not needed: modelStores of platform.yaml names the Secret of a store, and the store of the platform has its own',
  storageInitializerImage: 'stands in platform.yaml, as images.overrides.seldonInitializer',
  imagePullSecrets: 'stands in platform.yaml, as images.pullSecret',
  imagePullPolicy: POD_IS_OURS,
  securityContext: 'cannot be set: every container passes Pod Security "restricted"; container.uid says the user',
  terminationGracePeriodSeconds: POD_IS_OURS,
  livenessProbe: PROBE,
  readinessProbe: PROBE,
  startupProbe: PROBE,
  initContainers: 'cannot be set: a pod has the containers of its graph, and what fetches their files',
  ssl: 'cannot be set: the Gateway in front has the certificate',
  oauth_key: 'is gone from Seldon Core',
  oauth_secret: 'is gone from Seldon Core',
};

export const SELDON_NAMES: OtherNames = {
  fields: FIELDS,
  otherKind: {
    fields: ['apiVersion', 'kind', 'metadata', 'spec'],
    answer:
      'is an object for kubectl and not a model file; "npx ml-platform models import FILE" makes model files of SeldonDeployments',
  },
};

/** What Seldon and others call the protocols. */
export const OTHER_PROTOCOLS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['kfserving', 'kserve', 'oip', 'open-inference', 'v2 open inference', 'open inference'].map((name) => [
      name,
      'must be v2, as this protocol is called here',
    ]),
  ),
  ...Object.fromEntries(
    ['rest', 'grpc', 'REST', 'GRPC', 'http'].map((name) => [
      name,
      'must be v2, seldon or tensorflow, each of which is served by HTTP and by gRPC',
    ]),
  ),
  v1: 'must be tensorflow, as this protocol is called here',
};
