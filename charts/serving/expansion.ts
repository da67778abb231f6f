/**
 * What the operator makes of a SeldonDeployment, so that nothing about it is guessed anywhere else: capacity, the tests'
 * invariants and the test on a real API server all ask here.
 *
 * Source: operator/controllers/seldondeployment_controller.go, seldondeployment_engine.go, _explainers.go, mlserver.go and
 * model_initializer_injector.go of Seldon Core, as near to v1.17.1 as their published history shows.
 */
import type { k8s } from 'cdk8s-plus-27';
import { type Image, type Images, SERVERS } from '../images';
import { operatorEnv } from './operator-env';
import { hasEngine } from './pod-groups';
import type { MadeObject, PodJson, PredictorJson, SeldonDeploymentJson, UnitJson } from './seldon-json';
import { EXPLAINER_PORT, GRPC_PORT, HTTP_PORT, MODEL_PATH } from './server';

/** Name of the container that the operator adds in front of a graph. */
const ENGINE = 'seldon-container-engine';
/** The operator deals ports to containers in their order, from these on. */
const FIRST_HTTP = 9000;
const FIRST_GRPC = 9500;

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

  constructor(
    private readonly owner: SeldonDeploymentJson,
    private readonly predictor: PredictorJson,
    private readonly images?: Images,
  ) {
    this.service = `${owner.metadata.name}-${predictor.name}`;
    this.engine = hasEngine(predictor);
  }

  objects(): MadeObject[] {
    const [component] = this.predictor.componentSpecs;
    if (!component) return [];
    const { spec, metadata, hpaSpec, kedaSpec, pdbSpec } = component;
    const containers = spec.containers.map((container, index) => this.server(container, index));
    const part = metadata.name ?? spec.containers.map(({ name }) => name).join('-');
    const name = `${this.service}-0-${part}`;
    const labels = {
      ...this.labels(this.service),
      ...Object.fromEntries(
        containers.map((container) => [`seldon-app-svc-${container.name}`, this.ofNode(container.name)]),
      ),
      ...metadata.labels,
    };
    const target = { apiVersion: 'apps/v1', kind: 'Deployment', name };
    const scaled = hpaSpec !== undefined || kedaSpec !== undefined;
    const pod = { ...spec, containers: this.engine ? [...containers, this.executor()] : containers };
    return [
      this.deployment(name, labels, withInfo(pod), scaled ? undefined : (this.predictor.replicas ?? 1)),
      this.made(
        'v1',
        'Service',
        this.service,
        this.serviceSpec(this.callers(containers), { 'seldon-app': this.service }),
      ),
      ...containers.map((container) =>
        this.made(
          'v1',
          'Service',
          this.ofNode(container.name),
          this.serviceSpec(container.ports ?? [], {
            [`seldon-app-svc-${container.name}`]: this.ofNode(container.name),
          }),
        ),
      ),
      ...(hpaSpec
        ? [
            this.made('autoscaling/v2', 'HorizontalPodAutoscaler', name, {
              scaleTargetRef: target,
              minReplicas: hpaSpec.minReplicas ?? 1,
              maxReplicas: hpaSpec.maxReplicas,
              metrics: hpaSpec.metricsv2,
            }),
          ]
        : []),
      ...(kedaSpec
        ? [this.made('keda.sh/v1alpha1', 'ScaledObject', name, { scaleTargetRef: target, ...kedaSpec })]
        : []),
      ...(pdbSpec
        ? [
            this.made('policy/v1', 'PodDisruptionBudget', name, {
              selector: { matchLabels: { 'seldon-deployment-id': this.owner.metadata.name } },
              ...pdbSpec,
            }),
          ]
        : []),
      ...this.explainer(),
    ];
  }

  private ofNode(container: string): string {
    return `${this.service}-${container}`;
  }

  private labels(app: string): Record<string, string> {
    return {
      'seldon-deployment-id': this.owner.metadata.name,
      'seldon-app': app,
      'app.kubernetes.io/managed-by': 'seldon-core',
      fluentd: 'true',
      version: this.predictor.name,
      ...(this.predictor.shadow && { 'seldon.io/shadow': 'true' }),
      ...this.predictor.labels,
    };
  }

  private made(
    apiVersion: string,
    kind: string,
    name: string,
    spec: object,
    labels = this.labels(this.service),
  ): MadeObject {
    return { apiVersion, kind, metadata: { name, namespace: this.owner.metadata.namespace, labels }, spec };
  }

  private deployment(
    name: string,
    labels: Record<string, string>,
    pod: PodJson,
    replicas: number | undefined,
  ): MadeObject {
    const selector = Object.fromEntries(
      Object.entries(labels).filter(([key]) => key === 'seldon-deployment-id' || key.startsWith('seldon-app')),
    );
    const spec = {
      ...(replicas !== undefined && { replicas }),
      selector: { matchLabels: selector },
      // The operator means 10%, and writes 0: each rollout needs room for a pod more.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } },
      template: {
        metadata: {
          labels: { ...labels, app: name },
          annotations: { 'prometheus.io/path': '/prometheus', 'prometheus.io/scrape': 'true' },
        },
        spec: pod,
      },
    };
    return this.made('apps/v1', 'Deployment', name, spec, { ...labels, app: name });
  }

  /** A container of the graph: the operator adds what it does not say. */
  private server(container: k8s.Container, index: number): k8s.Container {
    const unit = unitsOf(this.predictor.graph).find(({ name }) => name === container.name);
    const protocol = this.owner.spec.protocol ?? 'seldon';
    const server = unit?.implementation;
    const ports = container.ports ?? [
      { name: 'http', containerPort: FIRST_HTTP + index },
      { name: 'grpc', containerPort: FIRST_GRPC + index },
    ];
    const added = operatorEnv({
      deployment: this.owner.metadata.name,
      predictor: this.predictor.name,
      node: container.name,
      server,
      protocol,
      ports,
      parameters: unit?.parameters ?? [],
      engine: this.engine,
    });
    const said = new Set((container.env ?? []).map(({ name }) => name));
    return {
      ...container,
      image: container.image ?? (this.images && serverImage(this.images, server ?? '', protocol).reference),
      ports,
      env: [...(container.env ?? []), ...added.filter(({ name }) => !said.has(name))],
      volumeMounts: [...(container.volumeMounts ?? []), INFO_MOUNT],
      lifecycle: container.lifecycle ?? { preStop: { exec: { command: ['/bin/sh', '-c', '/bin/sleep 10'] } } },
    };
  }

  /** The ports that callers reach: the executor's, or the server's own in its place. */
  private callers(containers: readonly k8s.Container[]): readonly k8s.ContainerPort[] {
    if (!this.engine) return containers[0]?.ports ?? [];
    return [
      { name: 'http', containerPort: HTTP_PORT },
      { name: 'grpc', containerPort: GRPC_PORT },
    ];
  }

  private serviceSpec(ports: readonly k8s.ContainerPort[], selector: Record<string, string>): object {
    return {
      type: 'ClusterIP',
      selector,
      ports: ports.map(({ name, containerPort }) => ({ name, port: containerPort, targetPort: containerPort })),
    };
  }

  private executor(): k8s.Container {
    const { svcOrchSpec } = this.predictor;
    return {
      name: ENGINE,
      image: this.images?.seldonExecutor.reference,
      args: ['--sdep', this.owner.metadata.name, '--predictor', this.predictor.name, '--http_port', String(HTTP_PORT)],
      env: [...(svcOrchSpec?.env ?? [])],
      ports: [
        { name: 'http', containerPort: HTTP_PORT },
        { name: 'grpc', containerPort: GRPC_PORT },
      ],
      volumeMounts: [INFO_MOUNT],
      // All that it gets: no dropped capabilities, so that Pod Security "restricted" refuses it.
      securityContext: { runAsUser: 8888, allowPrivilegeEscalation: false },
      resources: svcOrchSpec?.resources,
    };
  }

  private explainer(): MadeObject[] {
    const { explainer } = this.predictor;
    if (!explainer) return [];
    const name = `${this.service}-explainer`;
    const { containerSpec, modelUri } = explainer;
    const volume = `${containerSpec.name}-provision-location`;
    const container: k8s.Container = {
      image: (this.owner.spec.protocol === 'v2' ? this.images?.mlserverExplainer : this.images?.seldonExplainer)
        ?.reference,
      ...containerSpec,
      ports: containerSpec.ports ?? [{ name: 'http', containerPort: EXPLAINER_PORT }],
      ...(modelUri !== undefined && { volumeMounts: [{ name: volume, mountPath: MODEL_PATH, readOnly: true }] }),
    };
    const pod: PodJson = {
      containers: [container],
      // The operator's own initializer, without a securityContext.
      ...(modelUri !== undefined && {
        initContainers: [
          {
            name: `${containerSpec.name}-model-initializer`,
            image: this.images?.seldonInitializer.reference,
            args: [modelUri, MODEL_PATH],
            envFrom: [{ secretRef: { name: explainer.envSecretRefName ?? '' } }],
            volumeMounts: [{ name: volume, mountPath: MODEL_PATH }],
          },
        ],
        volumes: [{ name: volume, emptyDir: {} }],
      }),
      serviceAccountName: 'default',
      securityContext: { runAsUser: 8888 },
    };
    const replicas = this.predictor.replicas === 0 ? 0 : explainer.replicas;
    return [
      this.deployment(name, this.labels(name), pod, replicas ?? 1),
      this.made('v1', 'Service', name, this.serviceSpec(container.ports ?? [], { 'seldon-app': name })),
    ];
  }
}

const INFO_MOUNT = { name: 'seldon-podinfo', mountPath: '/etc/podinfo' };

/** The containers can read the annotations of their pod. */
function withInfo(pod: PodJson): PodJson {
  const items = [{ path: 'annotations', fieldRef: { fieldPath: 'metadata.annotations' } }];
  return { ...pod, volumes: [...(pod.volumes ?? []), { name: INFO_MOUNT.name, downwardAPI: { items } }] };
}

const unitsOf = (unit: UnitJson): UnitJson[] => [unit, ...(unit.children ?? []).flatMap(unitsOf)];

/**
 * The image that seldon-config names for a server.
 * @throws Error where it names none
 */
function serverImage(images: Images, server: string, protocol: string): Image {
  const names: Readonly<Record<string, Readonly<Record<string, keyof Images>>>> = SERVERS;
  const name = names[server]?.[protocol];
  if (name === undefined) throw new Error(`there is no image of ${server} for the protocol ${protocol}`);
  return images[name];
}
