/**
 * What a cluster would run: the rendered pods and Services, and those that the Seldon operator makes of a
 * SeldonDeployment, which no rendered object shows.
 */
import type { KubernetesObject } from './platform';

/** A pod, wherever its template is. */
export interface PodView {
  /** What it comes from, such as "Deployment mlflow/mlflow". */
  readonly owner: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: KubernetesObject['spec'];
  /** The selector of the workload, where it has one. */
  readonly selector?: Readonly<Record<string, string>>;
}

export interface ServiceView {
  readonly name: string;
  readonly namespace: string;
  readonly headless: boolean;
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly port: number; readonly targetPort: number | string }[];
  /** The labels that a ServiceMonitor selects by. */
  readonly labels: Readonly<Record<string, string>>;
}

export const nameOf = ({ kind, metadata }: KubernetesObject) =>
  `${kind} ${metadata.namespace ? `${metadata.namespace}/` : ''}${metadata.name}`;

export function podsOf(objects: readonly KubernetesObject[]): PodView[] {
  return objects.flatMap((object) => {
    const { kind, spec, metadata } = object;
    const pod = (template: KubernetesObject, selector?: Record<string, string>): PodView => ({
      owner: nameOf(object),
      namespace: metadata.namespace ?? '',
      labels: template.metadata.labels ?? {},
      spec: template.spec,
      ...(selector && { selector }),
    });
    if (kind === 'Deployment' || kind === 'StatefulSet') return [pod(spec.template, spec.selector.matchLabels)];
    if (kind === 'Job') return [pod(spec.template)];
    if (kind === 'CronJob') return [pod(spec.jobTemplate.spec.template)];
    return kind === 'SeldonDeployment' ? seldonPods(object) : [];
  });
}

export function servicesOf(objects: readonly KubernetesObject[]): ServiceView[] {
  return objects.flatMap((object) => {
    const { kind, spec, metadata } = object;
    if (kind === 'Service') {
      return [
        {
          name: metadata.name,
          namespace: metadata.namespace ?? '',
          headless: spec.clusterIP === 'None',
          selector: spec.selector,
          ports: spec.ports,
          labels: metadata.labels ?? {},
        },
      ];
    }
    return kind === 'SeldonDeployment' ? seldonServices(object) : [];
  });
}

/** Where callers reach a predictor, with the executor or without. */
const HTTP = 8000;
const GRPC = 5001;

const hasEngine = (predictor: KubernetesObject['spec']) => predictor.annotations?.['seldon.io/no-engine'] !== 'true';

/** The operator's pods, as controllers/seldondeployment_controller.go of 1.17.1 makes them. */
function seldonPods(object: KubernetesObject): PodView[] {
  const { metadata, spec } = object;
  return spec.predictors.map((predictor: KubernetesObject['spec']): PodView => {
    const component = predictor.componentSpecs[0];
    const node = predictor.graph.name;
    const containers = component.spec.containers.map((container: KubernetesObject['spec']) => ({
      // The image comes from seldon-config, and the ports from the operator where the container names none.
      image: 'from.seldon-config/server:1',
      ports: [
        { name: 'http', containerPort: 9000 },
        { name: 'grpc', containerPort: 9500 },
      ],
      ...container,
    }));
    const engine = {
      name: 'seldon-container-engine',
      image: 'from.the.operator/executor:1',
      ports: [
        { name: 'http', containerPort: HTTP },
        { name: 'grpc', containerPort: GRPC },
      ],
      securityContext: { runAsUser: 8888, allowPrivilegeEscalation: false },
      resources: predictor.svcOrchSpec?.resources,
    };
    return {
      owner: nameOf(object),
      namespace: metadata.namespace ?? '',
      labels: {
        'seldon-deployment-id': metadata.name,
        'seldon-app': `${metadata.name}-${predictor.name}`,
        [`seldon-app-svc-${node}`]: `${metadata.name}-${predictor.name}-${node}`,
        'app.kubernetes.io/managed-by': 'seldon-core',
        version: predictor.name,
        ...component.metadata.labels,
      },
      spec: { ...component.spec, containers: hasEngine(predictor) ? [...containers, engine] : containers },
    };
  });
}

function seldonServices({ metadata, spec }: KubernetesObject): ServiceView[] {
  return spec.predictors.map((predictor: KubernetesObject['spec']): ServiceView => {
    const name = `${metadata.name}-${predictor.name}`;
    return {
      name,
      namespace: metadata.namespace ?? '',
      headless: false,
      selector: { 'seldon-app': name },
      ports: [HTTP, GRPC].map((port) => ({ port, targetPort: port })),
      labels: {},
    };
  });
}

export const matches = (selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>) =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);
