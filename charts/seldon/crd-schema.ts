/**
 * The fields of a SeldonDeployment.
 *
 * Source: operator/apis/machinelearning.seldon.io/v1/seldondeployment_types.go at v1.17.1.
 */
import {
  array,
  boolean,
  doc,
  int32,
  int64,
  intOrString,
  map,
  object,
  open,
  type Schema,
  string,
} from './structural-schema';

/** Upstream unrolls `graph.children` this many times; a structural schema cannot be recursive. */
const GRAPH_DEPTH = 10;

const endpoint = object({
  grpcPort: int32,
  httpPort: int32,
  service_host: string,
  service_port: int32,
  type: string,
});

const scalingPolicies = object({
  policies: array(object({ periodSeconds: int32, type: string, value: int32 }, ['periodSeconds', 'type', 'value'])),
  selectPolicy: string,
  stabilizationWindowSeconds: int32,
});

const hpaSpec = object({ maxReplicas: int32, metrics: array(open), metricsv2: array(open), minReplicas: int32 }, [
  'maxReplicas',
]);

const kedaSpec = object(
  {
    advanced: object({
      horizontalPodAutoscalerConfig: object({
        behavior: object({ scaleDown: scalingPolicies, scaleUp: scalingPolicies }),
      }),
      restoreToOriginalReplicaCount: boolean,
    }),
    cooldownPeriod: int32,
    fallback: object({ failureThreshold: int32, replicas: int32 }, ['failureThreshold', 'replicas']),
    idleReplicaCount: int32,
    maxReplicaCount: int32,
    minReplicaCount: int32,
    pollingInterval: int32,
    triggers: array(
      object(
        {
          authenticationRef: object({ kind: string, name: string }, ['name']),
          metadata: map(string),
          metricType: string,
          name: string,
          type: string,
        },
        ['metadata', 'type'],
      ),
    ),
  },
  ['triggers'],
);

const componentSpec = object({
  hpaSpec,
  kedaSpec,
  metadata: { ...open, properties: { annotations: map(string), labels: map(string), name: string } },
  pdbSpec: object({ maxUnavailable: intOrString, minAvailable: intOrString }),
  replicas: int32,
  spec: doc('A core/v1 PodSpec', open),
});

const explainer = object({
  config: map(string),
  containerSpec: doc('A core/v1 Container', open),
  endpoint,
  envSecretRefName: string,
  initParameters: string,
  modelUri: string,
  replicas: int32,
  serviceAccountName: string,
  storageInitializerImage: string,
  type: string,
});

/** One node of an inference graph (Seldon's PredictiveUnit) with `depth` more levels of children below it. */
function predictiveUnit(depth: number): Schema {
  return object(
    {
      ...(depth > 0 ? { children: array(predictiveUnit(depth - 1)) } : {}),
      endpoint,
      envSecretRefName: string,
      implementation: string,
      logger: object({ mode: string, url: string }),
      methods: array(string),
      modelUri: string,
      name: string,
      parameters: array(object({ name: string, type: string, value: string }, ['name', 'type', 'value'])),
      serviceAccountName: string,
      storageInitializerImage: string,
      type: string,
    },
    ['name'],
  );
}

const predictor = object(
  {
    annotations: map(string),
    componentSpecs: array(componentSpec),
    engineResources: doc('A core/v1 ResourceRequirements', open),
    explainer,
    graph: predictiveUnit(GRAPH_DEPTH),
    labels: map(string),
    name: string,
    progressDeadlineSeconds: int32,
    replicas: int32,
    shadow: boolean,
    ssl: object({ certSecretName: string }),
    svcOrchSpec: object({ env: array(open), replicas: int32, resources: doc('A core/v1 ResourceRequirements', open) }),
    traffic: int32,
  },
  ['graph', 'name'],
);

export const spec = object(
  {
    annotations: map(string),
    name: doc('Deprecated: metadata.name is used', string),
    oauth_key: string,
    oauth_secret: string,
    predictors: array(predictor),
    protocol: doc('seldon (also when unset), v2, kfserving or tensorflow', string),
    replicas: int32,
    serverType: doc('rpc (also when unset) or kafka', string),
    transport: doc('rest (also when unset) or grpc', string),
  },
  ['predictors'],
);

export const status = object({
  address: object({ url: string }),
  annotations: map(string),
  conditions: array(
    object(
      { lastTransitionTime: string, message: string, reason: string, severity: string, status: string, type: string },
      ['status', 'type'],
    ),
  ),
  deploymentStatus: map(
    object({
      availableReplicas: int32,
      description: string,
      explainerFor: string,
      name: string,
      replicas: int32,
      status: string,
    }),
  ),
  description: string,
  observedGeneration: int64,
  replicas: int32,
  serviceStatus: map(object({ explainerFor: string, grpcEndpoint: string, httpEndpoint: string, svcName: string })),
  state: string,
});
