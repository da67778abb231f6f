/**
 * The SeldonDeployment CustomResourceDefinition: what the cluster gets, and what `cdk8s import` makes imports/ from.
 *
 * The upstream file inlines a Kubernetes 1.24 PodSpec into every version, which makes it 1.85 MB (too large for
 * client-side `kubectl apply`) and prunes every pod field that is newer than that. Here the fields that belong to
 * Seldon are typed, and the embedded Kubernetes types are left open: the API server checks them when the operator
 * creates the Deployment.
 *
 * Source of the fields: operator/apis/machinelearning.seldon.io/v1/seldondeployment_types.go at v1.17.1.
 */
import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { Component } from '../lib/component';

/** Name of the CustomResourceDefinition, and of its file in crds/. */
export const SELDON_CRD = 'seldondeployments.machinelearning.seldon.io';

/** Installs the SeldonDeployment type. */
export class SeldonCrd extends Component {
  constructor(scope: Construct) {
    super(scope, { name: 'seldon-crd', stage: '10-setup' });
    new ApiObject(this, 'definition', seldonCrd());
  }
}

interface Schema {
  type: string;
  description?: string;
  format?: string;
  nullable?: boolean;
  required?: string[];
  properties?: Record<string, Schema | IntOrString>;
  additionalProperties?: Schema;
  items?: Schema;
  'x-kubernetes-preserve-unknown-fields'?: true;
}
interface IntOrString {
  'x-kubernetes-int-or-string': true;
  anyOf: [{ type: 'integer' }, { type: 'string' }];
}
type Properties = Record<string, Schema | IntOrString>;

/** Upstream unrolls `graph.children` this many times; a structural schema cannot be recursive. */
const GRAPH_DEPTH = 10;

const string: Schema = { type: 'string' };
const boolean: Schema = { type: 'boolean' };
const int32: Schema = { type: 'integer', format: 'int32' };
const int64: Schema = { type: 'integer', format: 'int64' };
const intOrString: IntOrString = {
  'x-kubernetes-int-or-string': true,
  anyOf: [{ type: 'integer' }, { type: 'string' }],
};
/** A Kubernetes type that is not ours to freeze: nothing in it is pruned. */
const open: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const array = (items: Schema): Schema => ({ type: 'array', items });
const map = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });
const object = (properties: Properties, required?: string[]): Schema => ({
  type: 'object',
  properties,
  ...(required ? { required } : {}),
});
const doc = (description: string, schema: Schema): Schema => ({ ...schema, description });

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

const spec = object(
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

const status = object({
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

const version = (name: string, storage: boolean) => ({
  name,
  served: true,
  storage,
  additionalPrinterColumns: [
    { name: 'State', type: 'string', jsonPath: '.status.state' },
    { name: 'Replicas', type: 'integer', jsonPath: '.status.replicas' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
  schema: {
    openAPIV3Schema: object({
      apiVersion: string,
      kind: string,
      metadata: { type: 'object' },
      spec,
      status,
    }),
  },
  subresources: {
    scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
    status: {},
  },
});

/** The definition as a Kubernetes object. */
export function seldonCrd() {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: SELDON_CRD },
    spec: {
      group: 'machinelearning.seldon.io',
      names: {
        kind: 'SeldonDeployment',
        listKind: 'SeldonDeploymentList',
        plural: 'seldondeployments',
        shortNames: ['sdep'],
        singular: 'seldondeployment',
      },
      scope: 'Namespaced',
      versions: [version('v1', true), version('v1alpha2', false), version('v1alpha3', false)],
    },
  };
}
