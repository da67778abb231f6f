import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { SeldonDeployment } from '../imports/machinelearning.seldon.io';
import type { Images } from './images';
import { Component, type ComponentFile } from './lib/component';
import type { Endpoint, Pods } from './lib/endpoint';
import { RequiredSecret, secretText } from './lib/secret';
import { RESTRICTED_CONTAINER } from './lib/security';
import { podBase, type Resources, resourceRequirements, scratchVolume, serviceAccount } from './lib/workload';
import type { PodSecurityLevel } from './namespaces';
import { type BucketAccess, s3Origin } from './object-store';

/** A model, as its file describes it. */
export interface ModelProps {
  readonly name: string;
  readonly server: string;
  readonly protocol: Protocol;
  /** Where the model's files are, such as "s3://models/wine/1". */
  readonly uri: string;
  readonly predictor: string;
  readonly node: string;
  readonly replicas: number;
  readonly engine: boolean;
  readonly resources: Resources;
  /** @default - nobody has said which version the files are */
  readonly version?: ModelVersion;
}

/** Where the files come from, and a digest of them. */
export interface ModelVersion {
  readonly digest: string;
  readonly run?: string;
  readonly registered?: { readonly name: string; readonly version: string };
}

export type Protocol = 'v2' | 'seldon' | 'tensorflow';

export interface ModelsProps {
  readonly namespace: string;
  readonly images: Images;
  readonly pullSecret?: string;
  /** Where the models' files are; read-only is enough. */
  readonly store: BucketAccess;
  readonly models: readonly ModelProps[];
  /** Namespaces outside the platform whose pods may call the models. */
  readonly clientNamespaces: readonly string[];
}

/** What a caller must know of a model. */
export interface ModelEndpoint {
  readonly endpoint: Endpoint;
  readonly protocol: Protocol;
  /** The path of a prediction, such as "/v2/models/classifier/infer". */
  readonly path: string;
}

/** ServiceAccount of every pod in the models' namespace. */
export const MODELS_SERVICE_ACCOUNT = 'models';

/** The predictor's Service listens here, and so do the pods behind it: the executor, or the server in its place. */
const HTTP_PORT = 8000;
const GRPC_PORT = 5001;
const MODEL_PATH = '/mnt/models';
/** MLServer's image gives its own folders to this user; the others run as any. */
const MLSERVER_UID = 1000;
const SELDON_UID = 8888;
/** rclone copies a few files and is gone before the server starts. */
const INITIALIZER_RESOURCES: Resources = {
  requests: { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '64Mi' },
  limits: { cpu: '1', memory: '512Mi', 'ephemeral-storage': '2Gi' },
};
const ENGINE_RESOURCES: Resources = {
  requests: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '32Mi' },
  limits: { cpu: '500m', memory: '512Mi', 'ephemeral-storage': '256Mi' },
};

const paths: Record<Protocol, (node: string) => string> = {
  v2: (node) => `/v2/models/${node}/infer`,
  seldon: () => '/api/v1.0/predictions',
  tensorflow: (node) => `/v1/models/${node}/:predict`,
};

/** What the models share in their namespace, and a SeldonDeployment for each, in a file of its own. */
export class Models extends Component {
  private readonly podGroup: Pods;
  private readonly secret: RequiredSecret;

  constructor(
    scope: Construct,
    private readonly props: ModelsProps,
  ) {
    super(scope, { name: 'models', stage: '20-operators', namespace: props.namespace });
    this.podGroup = this.pods(props.namespace, 'server');
    this.secret = this.requireSecret(
      new RequiredSecret({
        namespace: props.namespace,
        name: 'seldon-init-container-secret',
        purpose: 'Configuration of the rclone remote "s3" that models are fetched from',
        data: {
          RCLONE_CONFIG_S3_TYPE: secretText`s3`,
          RCLONE_CONFIG_S3_PROVIDER: secretText`Minio`,
          RCLONE_CONFIG_S3_ENV_AUTH: secretText`false`,
          RCLONE_CONFIG_S3_ENDPOINT: secretText`${s3Origin(props.store)}`,
          RCLONE_CONFIG_S3_ACCESS_KEY_ID: secretText`${props.store.accessKeyId}`,
          RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: secretText`${props.store.secretAccessKey}`,
        },
      }),
    );
    this.connect(this.podGroup, props.store.endpoint);
    for (const name of props.clientNamespaces) {
      this.allow({ kind: 'namespace', name }, this.podGroup, HTTP_PORT, GRPC_PORT);
    }
    serviceAccount(this, 'account', MODELS_SERVICE_ACCOUNT);
  }

  /** The level of the namespace: the executor's container, which the operator makes, does not pass "restricted". */
  get podSecurity(): PodSecurityLevel {
    return this.props.models.some((model) => model.engine) ? 'baseline' : 'restricted';
  }

  /**
   * How to call a model.
   * @throws Error when there is no such model
   */
  endpoint(name: string): ModelEndpoint {
    const model = this.props.models.find((candidate) => candidate.name === name);
    if (!model) throw new Error(`there is no model ${name}`);
    return endpointOf(model, this.props.namespace);
  }

  override *files(): Iterable<ComponentFile> {
    yield* super.files();
    for (const model of this.props.models) {
      const object = seldonDeployment(model, this.props, this.secret.name, this.labels, this.podLabels(this.podGroup));
      yield { stage: '50-models', name: model.name, objects: [object] };
    }
  }
}

function endpointOf(model: ModelProps, namespace: string): ModelEndpoint {
  const pods: Pods = {
    kind: 'pods',
    // Told apart from the group of all models, whatever a model is called.
    name: `model-${model.name}`,
    namespace,
    // The operator puts this label on every pod of the SeldonDeployment.
    labels: { 'seldon-deployment-id': model.name },
  };
  return {
    endpoint: {
      service: `${model.name}-${model.predictor}`,
      namespace,
      port: HTTP_PORT,
      targetPort: HTTP_PORT,
      pods,
    },
    protocol: model.protocol,
    path: paths[model.protocol](model.node),
  };
}

/**
 * One model, as JSON: a construct for each would triple the time of an environment with thousands of models
 * (`npm run bench`). What the operator adds to this (Deployment, Services, probes, the server's image) is in its
 * controllers/seldondeployment_controller.go, mlserver.go and model_initializer_injector.go at v1.17.1.
 */
function seldonDeployment(
  model: ModelProps,
  props: ModelsProps,
  secretName: string,
  labels: Record<string, string>,
  podLabels: Record<string, string>,
): unknown {
  return SeldonDeployment.manifest({
    metadata: {
      // An object of its own to whoever looks for it, not a part of "models".
      labels: { ...labels, 'app.kubernetes.io/name': model.name },
      ...provenance(model.version),
      name: model.name,
      namespace: props.namespace,
    },
    spec: {
      protocol: model.protocol,
      predictors: [
        {
          name: model.predictor,
          replicas: model.replicas,
          ...(model.engine
            ? { svcOrchSpec: { resources: k8s.toJson_ResourceRequirements(resourceRequirements(ENGINE_RESOURCES)) } }
            : // Callers reach the server itself, which speaks the same protocol on the same port.
              { annotations: { 'seldon.io/no-engine': 'true' } }),
          componentSpecs: [
            { metadata: { labels: podLabels }, spec: k8s.toJson_PodSpec(modelPod(model, props, secretName)) },
          ],
          graph: {
            name: model.node,
            implementation: model.server,
            modelUri: model.uri,
            envSecretRefName: secretName,
            children: [],
          },
        },
      ],
    },
  });
}

/** What a reader of the cluster or of a pull request wants to know: which version this is. */
function provenance(version: ModelVersion | undefined): { annotations?: Record<string, string> } {
  if (version === undefined) return {};
  const { registered, run } = version;
  const annotations = {
    ...(registered ? { 'mlflow-model': registered.name, 'mlflow-version': registered.version } : {}),
    ...(run === undefined ? {} : { 'mlflow-run': run }),
  };
  return Object.keys(annotations).length > 0 ? { annotations } : {};
}

function modelPod(model: ModelProps, props: ModelsProps, secretName: string): k8s.PodSpec {
  const mlserver = model.protocol === 'v2';
  const provision = `${model.node}-provision-location`;
  return {
    ...podBase({
      serviceAccountName: MODELS_SERVICE_ACCOUNT,
      uid: mlserver ? MLSERVER_UID : SELDON_UID,
      pullSecret: props.pullSecret,
    }),
    // The operator adds a preStop of ten seconds, which counts towards this.
    terminationGracePeriodSeconds: 30,
    initContainers: [
      {
        // The operator leaves a container of this name alone; its own would have no securityContext.
        name: `${model.node}-model-initializer`,
        image: props.images.seldonInitializer.reference,
        imagePullPolicy: props.images.seldonInitializer.pullPolicy,
        args: [model.uri, MODEL_PATH],
        env: [
          { name: 'HOME', value: '/tmp' },
          // rclone does not read it: other files at the same place are to start new pods.
          ...(model.version ? [{ name: 'MODEL_DIGEST', value: model.version.digest }] : []),
        ],
        envFrom: [{ secretRef: { name: secretName } }],
        resources: resourceRequirements(INITIALIZER_RESOURCES),
        securityContext: RESTRICTED_CONTAINER,
        volumeMounts: [
          { name: provision, mountPath: MODEL_PATH },
          { name: 'tmp', mountPath: '/tmp' },
        ],
      },
    ],
    containers: [
      {
        // The name of the graph node joins the two; the operator fills in the image from seldon-config.
        name: model.node,
        env: mlserver ? MLSERVER_ENV : [{ name: 'HOME', value: '/tmp' }],
        // Without an executor the Services follow these ports, so that callers keep theirs.
        ...(model.engine
          ? {}
          : {
              ports: [
                { name: 'http', containerPort: HTTP_PORT },
                { name: 'grpc', containerPort: GRPC_PORT },
              ],
            }),
        ...probes(mlserver),
        resources: resourceRequirements(model.resources),
        securityContext: RESTRICTED_CONTAINER,
        volumeMounts: [
          { name: provision, mountPath: MODEL_PATH, readOnly: true },
          { name: 'tmp', mountPath: '/tmp' },
        ],
      },
    ],
    volumes: [scratchVolume(provision, '2Gi'), scratchVolume('tmp', '512Mi')],
  };
}

const MLSERVER_ENV: k8s.EnvVar[] = [
  { name: 'HOME', value: '/tmp' },
  // A failed request would be answered with the server's stack trace.
  { name: 'MLSERVER_DEBUG', value: 'false' },
  // No worker processes: one model in one process, for about half of the memory.
  { name: 'MLSERVER_PARALLEL_WORKERS', value: '0' },
];

/**
 * The operator would probe after fixed delays and with a timeout of a second, which restarts a server that loads a
 * large model. It keeps these timings, and for v2 puts in the same paths.
 */
function probes(mlserver: boolean): Pick<k8s.Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'> {
  const port = k8s.IntOrString.fromString('http');
  const probe = (health: string): k8s.Probe =>
    mlserver ? { httpGet: { path: `/v2/health/${health}`, port } } : { tcpSocket: { port } };
  return {
    startupProbe: { ...probe('ready'), periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 120 },
    readinessProbe: { ...probe('ready'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    livenessProbe: { ...probe('live'), periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
  };
}
