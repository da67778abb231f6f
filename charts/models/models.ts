import { hash } from 'node:crypto';
import { App, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { GatewayProps } from '../gateway/http-route';
import type { Images } from '../images/resolve';
import type { Collector } from '../lib/collector';
import type { ComponentFile } from '../lib/component';
import { type Endpoint, originOf, type Peer, type Pods } from '../lib/endpoint';
import type { PullPolicy } from '../lib/image';
import type { k8s } from '../lib/k8s';
import type { Logging } from '../lib/logging';
import { serviceAccount } from '../lib/pod';
import { RequiredSecret } from '../lib/secret';
import type { WorkloadSettings } from '../lib/workload-settings';
import { MonitoredComponent, type Scraping } from '../monitoring/monitored';
import type { PodSecurityLevel } from '../namespaces/namespaces';
import { type BucketAccess, identityEdges } from '../object-store/bucket';
import { rcloneRemote, storeAuthority } from '../object-store/rclone';
import { PREREQUISITES } from '../prerequisites/catalogue';
import { modelEdges, storePorts } from './connections';
import { callPorts, endpointOf, type ModelEndpoint, metricsPorts } from './endpoint';
import { likenessOf } from './likeness';
import { Model } from './model';
import type { ModelProps } from './props';
import { MODELS_JOB, ofAnnotatedPorts, ofDeclaredPorts, serverPorts } from './scraping';
import type { ServingProps } from './serving';
import { type ModelStores, storeOf, storeVariables } from './stores';

export interface ModelsProps {
  readonly namespace: string;
  /** Whose models they are. @default - the platform's own */
  readonly team?: string;
  /** Which of the cluster's operators the models are for. @default - the one without an ID */
  readonly controllerId?: string;
  readonly images: Images;
  readonly pullSecret?: string;
  /** When the images of servers are pulled. @default - IfNotPresent */
  readonly pullPolicy?: PullPolicy;
  /** Where the models' files are; read-only is enough. */
  readonly store: BucketAccess;
  readonly models: readonly ModelProps[];
  /** The ServiceAccount that models share. @default - it says nothing but its name */
  readonly serviceAccount?: WorkloadSettings['serviceAccount'];
  /** Further rclone remotes, by name. */
  readonly stores: ModelStores;
  /** @default - no routes: callers use the Services, or the ingress that the operator configures */
  readonly gateway?: GatewayProps;
  /** Those outside the platform who may call the models. */
  readonly clients: readonly Peer[];
  /** Where spans of models that are traced go. @default - nowhere */
  readonly collector?: Collector;
  /** Where models log whose logger has no address. @default - where the operator says, which is a broker of Knative */
  readonly requestLog?: Endpoint;
  /** @default - servers and executors log as they do by themselves */
  readonly logging?: Logging;
  /** @default - no PodMonitor, and Prometheus does not reach the models */
  readonly monitoring?: Scraping;
  /**
   * Whether models stay out of the construct tree: files() builds each when its objects are asked for, and lets go of it.
   * Thousands of models then take no more memory than one.
   * @default false - the models are part of this chart, and App.synth() writes them
   */
  readonly streamed?: boolean;
}

/** ServiceAccount of every pod in the models' namespace. */
export const MODELS_SERVICE_ACCOUNT = 'models';

/** Git hosts show no more files of one folder. With more models than that they lie in 256 folders. */
const FOLDER_LIMIT = 1000;
/** The folder of a model, by a hash of its name, so that it does not depend on the other models. */
const shardOf = (name: string) => hash('sha256', name).slice(0, 2);

/** The file of one model. It is a class, since V8 makes the getter of an object literal anew for each of thousands. */
class ModelFile implements ComponentFile {
  readonly stage = '50-models';

  constructor(
    readonly name: string,
    readonly input: ModelProps,
    private readonly objectsOf: (model: ModelProps) => unknown[],
  ) {}

  likeness() {
    return likenessOf(this.input, this.objectsOf);
  }

  get objects() {
    return this.objectsOf(this.input);
  }
}

/** What models share in their namespace, and the models. */
export class Models extends MonitoredComponent {
  /** The volume with the authority of the store. @default - it is a public one, or the store speaks no TLS */
  readonly authority?: k8s.Volume;
  private readonly secret: RequiredSecret;
  private readonly serving: ServingProps;

  constructor(
    scope: Construct,
    private readonly props: ModelsProps,
  ) {
    const name = props.team === undefined ? 'models' : `models-${props.team}`;
    super(scope, { name, stage: '20-operators', namespace: props.namespace });
    this.secret = this.requireSecret(
      new RequiredSecret({
        namespace: props.namespace,
        name: 'seldon-init-container-secret',
        purpose: 'Configuration of the rclone remote "s3" that models are fetched from',
        data: rcloneRemote(props.store),
      }),
    );
    this.authority = storeAuthority(this, props.store);
    this.serving = this.servingProps();
    this.allowConnections();
    if (props.models.some(({ autoscaling }) => autoscaling)) this.requireInstalled(PREREQUISITES.metricsServer);
    if (props.gateway && props.models.length > 0) this.requireInstalled(PREREQUISITES.gatewayApi);
    // It carries the pull Secret for the pods of explainers, which the operator makes.
    serviceAccount(this, 'account', MODELS_SERVICE_ACCOUNT, { serviceAccount: props.serviceAccount }, props.pullSecret);
    if (props.monitoring) this.monitor(props.monitoring);
    if (!props.streamed) for (const model of props.models) this.build(this, model);
  }

  /**
   * The Pod Security level of the namespace. The executor, and what fetches an explainer, do not pass "restricted"; the
   * operator makes both.
   */
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

  /** The Secret by which files at a place are fetched. */
  secretOf(uri: string): string {
    return storeOf(this.props.stores, uri)?.secret ?? this.secret.name;
  }

  /** The volume with the authority by which files at a place are fetched; none where that is a public one. */
  authorityOf(uri: string): k8s.Volume | undefined {
    return uri.startsWith('s3:') ? this.authority : undefined;
  }

  /** One file with what is in this chart, and one for each model that is not. */
  override *files(): Iterable<ComponentFile> {
    yield* super.files();
    const { models, namespace, streamed, team } = this.props;
    if (!streamed) return;
    // One chart takes one model after the other: a chart and an App for each would take some 15 microseconds a model.
    const chart = new Chart(new App(), 'models', { namespace, labels: this.labels });
    const objectsOf = (model: ModelProps) => {
      const objects = this.objectsIn(this.build(chart, model));
      chart.node.tryRemoveChild(model.name);
      return objects;
    };
    for (const model of models) {
      const shard = models.length > FOLDER_LIMIT ? `${shardOf(model.name)}/` : '';
      const folder = `${team === undefined ? '' : `${team}/`}${shard}`;
      yield new ModelFile(`${folder}${model.name}`, model, objectsOf);
    }
  }

  private build(scope: Construct, model: ModelProps): Model {
    return new Model(scope, model.name, { ...model, ...this.serving, gateway: this.props.gateway });
  }

  private servingProps(): ServingProps {
    const { namespace, controllerId, pullSecret, pullPolicy, images } = this.props;
    return {
      namespace,
      controllerId,
      podLabels: this.podLabels(this.allPods),
      sharedAccount: MODELS_SERVICE_ACCOUNT,
      pullSecret,
      ...(pullPolicy && { pullPolicy }),
      initializer: images.seldonInitializer,
      secretOf: (uri) => this.secretOf(uri),
      variablesOf: (uri) => storeVariables(this.props.stores, uri),
      authorityOf: (uri) => this.authorityOf(uri),
      monitoring: this.props.monitoring,
      logging: this.props.logging,
      collector: this.props.collector,
      requestLog: this.props.requestLog && `${originOf(this.props.requestLog)}/`,
    };
  }

  /** The pods of all models. */
  private get allPods(): Pods {
    return this.pods(this.props.namespace, 'server');
  }

  private monitor(scraping: Scraping): void {
    const { allPods } = this;
    const { models } = this.props;
    const declared = metricsPorts(models);
    const annotated = serverPorts(models);
    if (declared.length + annotated.length === 0) return;
    const ports = [...new Set([...declared, ...annotated])];
    this.admit(scraping, { job: MODELS_JOB, namespace: allPods.namespace, up: 'up' }, allPods, ...ports);
    if (scraping.kind === 'annotations') return;
    if (declared.length > 0) this.lead(scraping, ofDeclaredPorts(allPods));
    if (annotated.length > 0) this.lead(scraping, ofAnnotatedPorts(allPods));
  }

  private allowConnections(): void {
    const { props, allPods } = this;
    this.connect(allPods, props.store.endpoint);
    for (const { from, to, ports } of identityEdges(allPods, props.store)) this.allow(from, to, ...ports);
    for (const client of props.clients) this.allow(client, allPods, ...callPorts(props.models));
    for (const { from, to, ports } of props.models.flatMap((model) => modelEdges(model, props))) {
      this.allow(from, to, ...ports);
    }
    for (const port of storePorts(props)) this.allow(allPods, { kind: 'anywhere' }, port);
  }
}
