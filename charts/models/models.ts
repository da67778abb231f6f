import { createHash } from 'node:crypto';
import type { Construct } from 'constructs';
import { detectorUrl } from '../detector/detector';
import { type GatewayProps, httpRoute } from '../gateway/http-route';
import type { Images } from '../images/catalogue';
import { Component, type ComponentFile } from '../lib/component';
import { type Endpoint, type Pods, peerOf } from '../lib/endpoint';
import { serviceAccount } from '../lib/pod';
import { RequiredSecret } from '../lib/secret';
import type { PodSecurityLevel } from '../namespaces/namespaces';
import type { BucketAccess } from '../object-store/bucket';
import { rcloneRemote } from '../object-store/rclone';
import { CONTROLLER_ID } from '../seldon/controller-id';
import { type ModelProps, nodesOf, type Protocol } from './props';
import { type SeldonDeploymentProps, seldonDeployment } from './seldon-deployment';
import { EXPLAINER_PORT, GRPC_PORT, HTTP_PORT, predictionPath, servicePort } from './server';

export interface ModelsProps {
  readonly namespace: string;
  /** Which of the cluster's operators the models are for. @default - the one without an ID */
  readonly controllerId?: string;
  readonly images: Images;
  readonly pullSecret?: string;
  /** Where the models' files are; read-only is enough. */
  readonly store: BucketAccess;
  readonly models: readonly ModelProps[];
  /** Further rclone remotes, by name, with the Secret that configures each and the port it is reached by. */
  readonly stores: Readonly<Record<string, { readonly secret: string; readonly port: number }>>;
  /** @default - nothing but Services, or what the operator makes */
  readonly gateway?: GatewayProps;
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

/** Files in one folder, beyond which Git hosts show no more of them; then models lie in 256 folders by their names' hash. */
const FOLDER_LIMIT = 1000;
const shardOf = (name: string) => createHash('sha256').update(name).digest('hex').slice(0, 2);

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
        data: rcloneRemote(props.store),
      }),
    );
    this.connect(this.podGroup, props.store.endpoint);
    for (const name of props.clientNamespaces) {
      this.allow({ kind: 'namespace', name }, this.podGroup, HTTP_PORT, GRPC_PORT, ...ownPorts(props.models));
    }
    for (const model of props.models) this.connectParts(model);
    for (const port of portsOf(props)) this.allow(this.podGroup, { kind: 'anywhere' }, port);
    // It carries the pull Secret for the pods that the operator makes for explainers.
    serviceAccount(this, 'account', MODELS_SERVICE_ACCOUNT, props.pullSecret);
  }

  /** The level of the namespace: the executor and what fetches an explainer, which the operator makes, do not pass "restricted". */
  get podSecurity(): PodSecurityLevel {
    const added = this.props.models
      .flatMap(({ predictors }) => predictors)
      .some(({ engine, explainer }) => engine || explainer);
    return added ? 'baseline' : 'restricted';
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

  /** What a model's own parts call: the explainer the model, the executor what it logs and traces to. */
  private connectParts(model: ModelProps): void {
    const { namespace, clientNamespaces } = this.props;
    const pods = podsOf(model, namespace);
    for (const { name, engine, graph, explainer } of model.predictors) {
      if (!explainer) continue;
      const explainers = explainerPods(model, name, namespace);
      this.allow(explainers, pods, servicePort(engine, graph));
      if (explainer.uri !== undefined) this.connectStore(explainers, explainer.uri);
      for (const client of clientNamespaces)
        this.allow({ kind: 'namespace', name: client }, explainers, EXPLAINER_PORT);
    }
    const logs = model.predictors.flatMap(({ graph }) => nodesOf(graph)).flatMap(({ logger }) => logger?.url ?? []);
    for (const url of new Set([...logs, ...(model.tracing ? [model.tracing.endpoint] : [])])) {
      const { peer, port } = peerOf(url);
      // Its detector says itself who calls it.
      if (peer.kind !== 'namespace' || peer.name !== namespace) this.allow(pods, peer, port);
    }
  }

  private objectsOf(model: ModelProps): unknown[] {
    const { namespace, gateway } = this.props;
    const route = gateway ? [httpRoute(model, { namespace, labels: this.labels, gateway })] : [];
    return [seldonDeployment(model, this.deploymentProps), ...route];
  }

  /** The Secret by which files at a place are fetched. */
  secretOf(uri: string): string {
    return this.props.stores[schemeOf(uri)]?.secret ?? this.secret.name;
  }

  private connectStore(pods: Pods, uri: string): void {
    const store = this.props.stores[schemeOf(uri)];
    if (store) this.allow(pods, { kind: 'anywhere' }, store.port);
    else this.connect(pods, this.props.store.endpoint);
  }

  private get deploymentProps(): SeldonDeploymentProps {
    const { namespace, controllerId, pullSecret, images } = this.props;
    return {
      namespace,
      labels: { ...this.labels, ...(controllerId !== undefined && { [CONTROLLER_ID]: controllerId }) },
      podLabels: this.podLabels(this.podGroup),
      serviceAccount: MODELS_SERVICE_ACCOUNT,
      pullSecret,
      initializer: images.seldonInitializer,
      detectorUrl: (model) => detectorUrl(model, namespace),
      secretOf: (uri) => this.secretOf(uri),
    };
  }

  override *files(): Iterable<ComponentFile> {
    yield* super.files();
    for (const model of this.props.models) {
      const name = this.props.models.length > FOLDER_LIMIT ? `${shardOf(model.name)}/${model.name}` : model.name;
      yield { stage: '50-models', name, objects: this.objectsOf(model) };
    }
  }
}

function endpointOf(model: ModelProps, namespace: string): ModelEndpoint {
  const [main] = model.predictors;
  if (!main) throw new Error(`the model ${model.name} has no predictor`);
  const port = servicePort(main.engine, main.graph);
  return {
    endpoint: {
      service: `${model.name}-${main.name}`,
      namespace,
      port,
      targetPort: port,
      pods: podsOf(model, namespace),
    },
    protocol: model.protocol,
    path: predictionPath(model.protocol, main.graph.name, main.engine),
  };
}

/** The pods of one model: the operator puts this label on every pod of a SeldonDeployment. */
export function podsOf({ name }: { readonly name: string }, namespace: string): Pods {
  // Told apart from the group of all models, whatever a model is called.
  return { kind: 'pods', name: `model-${name}`, namespace, labels: { 'seldon-deployment-id': name } };
}

/** The operator gives the pods that explain a label of their own, and none of ours. */
function explainerPods({ name }: ModelProps, predictor: string, namespace: string): Pods {
  const app = `${name}-${predictor}-explainer`;
  return { kind: 'pods', name: `model-${app}`, namespace, labels: { 'seldon-app': app } };
}

/** The ports of images that listen where nobody told them to, and that callers reach without an executor. */
function ownPorts(models: readonly ModelProps[]): number[] {
  const ports = models
    .flatMap(({ predictors }) => predictors)
    .filter(({ engine }) => !engine)
    .flatMap(({ graph }) => graph.container.port ?? []);
  return [...new Set(ports)].filter((port) => port !== HTTP_PORT && port !== GRPC_PORT);
}

const schemeOf = (uri: string) => uri.split(':')[0] ?? '';

/** The ports by which models leave the cluster: those of the stores that one of them is fetched from. */
function portsOf({ models, stores }: ModelsProps): number[] {
  const used = models
    .flatMap(({ predictors }) => predictors)
    .flatMap(({ graph }) => nodesOf(graph))
    .flatMap(({ uri = '' }) => stores[schemeOf(uri)]?.port ?? []);
  return [...new Set(used)];
}
