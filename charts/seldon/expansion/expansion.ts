/**
 * What the operator makes of a SeldonDeployment, so that nothing about it is guessed anywhere else: capacity, the tests'
 * invariants and the loop ask here. `npm run e2e:api` holds it to the operator's own objects, field by field.
 *
 * Source: operator/controllers/seldondeployment_controller.go and labels.go of Seldon Core.
 */
import { type Images, SELDON_UID, SERVERS } from '../../images/catalogue';
import { podSpecJson } from '../../lib/pod-json';
import { EXPLAINER_PORT, GRPC_PORT, HTTP_PORT } from '../../models/server';
import { EXECUTOR } from '../executor';
import { operatorContainer } from './container';
import { executor, INFO_MOUNT } from './executor';
import { explainerPod } from './explainer';
import { hasEngine } from './pod-groups';
import { operatorPorts } from './ports';
import {
  type MadeObject,
  type PodJson,
  type PredictorJson,
  type SeldonDeploymentJson,
  type UnitJson,
  unitsOf,
} from './seldon-json';

type Labels = Readonly<Record<string, string>>;

/**
 * The objects that the operator makes, in the namespace of the SeldonDeployment.
 * @param images of seldon-config; left out where nobody asks which images run
 */
export function expand(deployment: SeldonDeploymentJson, images?: Images): MadeObject[] {
  return deployment.spec.predictors.flatMap((predictor) => new Expansion(deployment, predictor, images).objects());
}

class Expansion {
  private readonly service: string;
  private readonly engine: boolean;
  private readonly portsOf: ReturnType<typeof operatorPorts>;
  /** What is on everything of the SeldonDeployment. */
  private readonly id: Labels;
  /** What is on the pods of the predictor. */
  private readonly predictorLabels: Labels;

  constructor(
    private readonly owner: SeldonDeploymentJson,
    private readonly predictor: PredictorJson,
    private readonly images?: Images,
  ) {
    this.service = `${owner.metadata.name}-${predictor.name}`;
    this.engine = hasEngine(predictor);
    this.portsOf = operatorPorts(owner);
    this.id = { 'seldon-deployment-id': owner.metadata.name };
    this.predictorLabels = { version: predictor.name, ...predictor.labels };
  }

  objects(): MadeObject[] {
    const [component] = this.predictor.componentSpecs;
    if (!component) return [];
    const { spec, metadata } = component;
    const part = metadata.name ?? spec.containers.map(({ name }) => name).join('-');
    const name = `${this.service}-0-${part}`;
    const units = spec.containers.flatMap((container) => this.unitOf(container.name) ?? []);
    return [
      this.serving(name, component, units),
      this.predictorService(units),
      ...units.map((unit) => this.nodeService(unit)),
      ...this.scaling(name, component),
      ...this.explainer(),
    ];
  }

  private serving(name: string, component: PredictorJson['componentSpecs'][number], units: UnitJson[]): MadeObject {
    const { spec, metadata, hpaSpec, kedaSpec } = component;
    const containers = spec.containers.map((container) =>
      operatorContainer(container, {
        owner: this.owner,
        predictor: this.predictor,
        labels: this.predictorLabels,
        portsOf: this.portsOf,
        images: this.images,
      }),
    );
    const added = this.engine ? [executor(this.owner, this.predictor, this.images?.seldonExecutor.reference)] : [];
    const services = Object.assign({}, ...units.map((unit) => this.nodeLabel(unit))) as Labels;
    const scaled = hpaSpec !== undefined || kedaSpec !== undefined;
    return this.deployment({
      name,
      selector: { ...this.id, ...services, 'seldon-app': this.service },
      labels: { ...metadata.labels, ...services, 'seldon-app': this.service, ...typesOf(units) },
      annotations: { 'prometheus.io/path': EXECUTOR.prometheusPath, 'prometheus.io/scrape': 'true' },
      pod: { ...spec, containers: [...containers, ...added] },
      replicas: scaled ? undefined : (this.predictor.replicas ?? 1),
    });
  }

  private deployment(props: {
    readonly name: string;
    readonly selector: Labels;
    readonly labels: Labels;
    readonly annotations: Labels;
    readonly pod: PodJson;
    readonly replicas: number | undefined;
  }): MadeObject {
    const { name, selector, replicas } = props;
    const labels = {
      ...this.id,
      ...this.predictorLabels,
      ...props.labels,
      ...MANAGED,
      ...this.shadow(),
      app: name,
      fluentd: 'true',
    };
    const engine = this.engine && selector['seldon-app'] !== undefined;
    return this.made('apps/v1', 'Deployment', name, engine ? { ...labels, ...CONTAINS_EXECUTOR } : labels, {
      ...(replicas !== undefined && { replicas }),
      selector: { matchLabels: selector },
      // The operator means 10%, and writes 0: each rollout needs room for a pod more.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } },
      template: {
        metadata: { labels, annotations: { ...props.annotations, ...this.predictor.annotations } },
        spec: podSpecJson(withInfo(props.pod)),
      },
    });
  }

  /** In front of the executor, or of the server in its place. */
  private predictorService(units: readonly UnitJson[]): MadeObject {
    const [unit] = units;
    const own = !this.engine && unit ? this.portsOf(this.predictor, unit.name) : { http: HTTP_PORT, grpc: GRPC_PORT };
    const labels = this.engine ? {} : { ...typesOf(units), ...this.shadow() };
    const selector = { 'seldon-app': this.service };
    return this.serviceOf(this.service, { ...selector, ...labels }, { http: own.http, grpc: own.grpc }, selector);
  }

  private nodeService(unit: UnitJson): MadeObject {
    const { http, grpc } = this.portsOf(this.predictor, unit.name);
    const selector = this.nodeLabel(unit);
    const labels = { ...selector, 'seldon-app': this.service, ...typesOf([unit]), ...this.shadow() };
    return this.serviceOf(`${this.service}-${unit.name}`, labels, { http, grpc }, selector);
  }

  private nodeLabel({ name }: UnitJson): Labels {
    return { [`seldon-app-svc-${name}`]: `${this.service}-${name}` };
  }

  private serviceOf(
    name: string,
    labels: Labels,
    ports: Readonly<Record<string, number>>,
    selector: Labels,
  ): MadeObject {
    return this.made(
      'v1',
      'Service',
      name,
      { ...this.id, ...labels, ...MANAGED },
      {
        type: 'ClusterIP',
        selector,
        ports: Object.entries(ports).map(([port, number]) => ({ name: port, port: number, targetPort: number })),
      },
    );
  }

  private scaling(name: string, { hpaSpec, kedaSpec, pdbSpec }: PredictorJson['componentSpecs'][number]): MadeObject[] {
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name };
    const made = (apiVersion: string, kind: string, spec: object | undefined) =>
      spec === undefined ? [] : [this.made(apiVersion, kind, name, this.id, spec)];
    return [
      ...made(
        'autoscaling/v2',
        'HorizontalPodAutoscaler',
        hpaSpec && {
          scaleTargetRef,
          minReplicas: hpaSpec.minReplicas ?? 1,
          maxReplicas: hpaSpec.maxReplicas,
          metrics: hpaSpec.metricsv2,
        },
      ),
      ...made('keda.sh/v1alpha1', 'ScaledObject', kedaSpec && { scaleTargetRef, ...kedaSpec }),
      // Over the pods of all predictors, the explainers' among them.
      ...made('policy/v1', 'PodDisruptionBudget', pdbSpec && { selector: { matchLabels: this.id }, ...pdbSpec }),
    ];
  }

  private explainer(): MadeObject[] {
    const { explainer, graph, replicas } = this.predictor;
    if (!explainer) return [];
    const { namespace } = this.owner.metadata;
    const name = `${this.service}-explainer`;
    const callers = this.engine ? HTTP_PORT : this.portsOf(this.predictor, graph.name).http;
    const labels = { 'seldon.io/explainer': 'true' };
    return [
      this.deployment({
        name,
        // Of every pod of the SeldonDeployment; the ReplicaSets tell theirs by a hash.
        selector: this.id,
        labels: { 'seldon-app': name, ...labels },
        annotations: {},
        pod: explainerPod({
          explainer,
          node: graph.name,
          host: `${this.service}.${namespace}:${callers}`,
          protocol: this.owner.spec.protocol ?? 'seldon',
          images: this.images,
        }),
        replicas: replicas === 0 ? 0 : (explainer.replicas ?? 1),
      }),
      this.serviceOf(
        name,
        { 'seldon-app': this.service, ...labels, ...this.shadow() },
        { http: EXPLAINER_PORT },
        { 'seldon-app': name },
      ),
    ];
  }

  private made(apiVersion: string, kind: string, name: string, labels: Labels, spec: object): MadeObject {
    return { apiVersion, kind, metadata: { name, namespace: this.owner.metadata.namespace, labels }, spec };
  }

  private shadow(): Labels {
    return this.predictor.shadow ? { 'seldon.io/shadow': 'true' } : {};
  }

  /** The node of a container; containers of other names would be nobody's. */
  private unitOf(name: string): UnitJson | undefined {
    return unitsOf(this.predictor.graph).find((unit) => unit.name === name);
  }
}

const MANAGED: Labels = { 'app.kubernetes.io/managed-by': 'seldon-core' };
const CONTAINS_EXECUTOR: Labels = { 'seldon-deployment-contains-svcorch': 'true' };

/** The operator's own securityContext, and the annotations of the pod as a file. */
function withInfo(pod: PodJson): PodJson {
  const items = [{ path: 'annotations', fieldRef: { fieldPath: 'metadata.annotations' } }];
  return {
    ...pod,
    // In place of the pod's own, whatever that says.
    securityContext: { runAsUser: SELDON_UID },
    volumes: [...(pod.volumes ?? []), { name: INFO_MOUNT.name, downwardAPI: { items } }],
  };
}

/** A label for what each node does; of a prepackaged server and of an image without a type, it is a model. */
function typesOf(units: readonly UnitJson[]): Labels {
  const types = units.flatMap(({ type, implementation }) =>
    implementation !== undefined && implementation in SERVERS ? 'MODEL' : (type ?? (implementation ? [] : 'MODEL')),
  );
  return Object.fromEntries(types.map((type) => [`seldon.io/${type.toLowerCase().replace('_', '-')}`, 'true']));
}
