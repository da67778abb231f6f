/** The Deployments that the operator makes: of a predictor, and of its explainer. */
import type { k8s } from '../../lib/k8s';
import { podSpecJson } from '../../lib/pod-json';
import { HTTP_PORT } from '../contract';
import { EXECUTOR } from '../executor';
import { operatorContainer } from './container';
import { executor, INFO_MOUNT } from './executor';
import { explainerPod } from './explainer';
import { type ExpandedPredictor, type Labels, MANAGED } from './predictor';
import type { ComponentJson, ExplainerJson, MadeObject, UnitJson } from './seldon-json';
import { typesOf } from './services';

const CONTAINS_EXECUTOR: Labels = { 'seldon-deployment-contains-svcorch': 'true' };

/** The pods of a predictor, with the executor where it has one. */
export function servingDeployment(
  predictor: ExpandedPredictor,
  name: string,
  { spec, metadata, hpaSpec, kedaSpec }: ComponentJson,
  units: readonly UnitJson[],
): MadeObject {
  const { id, service, engine, owner, json, images } = predictor;
  const containers = spec.containers.map((container) => operatorContainer(container, predictor));
  const added = engine ? [executor(owner, json, predictor.user, images?.seldonExecutor)] : [];
  const services: Labels = Object.assign({}, ...units.map((unit) => predictor.nodeLabel(unit)));
  const scaled = hpaSpec !== undefined || kedaSpec !== undefined;
  const deployment = deploymentOf(predictor, {
    name,
    selector: { ...id, ...services, 'seldon-app': service },
    labels: { ...metadata.labels, ...services, 'seldon-app': service, ...typesOf(units) },
    annotations: { 'prometheus.io/path': EXECUTOR.prometheusPath, 'prometheus.io/scrape': 'true' },
    podAnnotations: metadata.annotations,
    pod: { ...spec, containers: [...containers, ...added] },
    replicas: scaled ? undefined : (json.replicas ?? 1),
  });
  if (!engine) return deployment;
  // On the Deployment alone, not on its pods.
  const labels = { ...deployment.metadata.labels, ...CONTAINS_EXECUTOR };
  return { ...deployment, metadata: { ...deployment.metadata, labels } };
}

export function explainerDeployment(
  predictor: ExpandedPredictor,
  name: string,
  labels: Labels,
  explainer: ExplainerJson,
): MadeObject {
  const { graph, replicas } = predictor.json;
  const port = predictor.engine ? HTTP_PORT : predictor.portsOf(graph.name).http;
  return deploymentOf(predictor, {
    name,
    // It selects every pod of the SeldonDeployment; the ReplicaSets tell theirs by a hash.
    selector: predictor.id,
    labels: { 'seldon-app': name, ...labels },
    annotations: {},
    pod: explainerPod({
      explainer,
      node: graph.name,
      host: `${predictor.service}.${predictor.owner.metadata.namespace}:${port}`,
      protocol: predictor.protocol,
      images: predictor.images,
    }),
    replicas: replicas === 0 ? 0 : (explainer.replicas ?? 1),
  });
}

interface DeploymentProps {
  readonly name: string;
  readonly selector: Labels;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly podAnnotations?: Labels;
  readonly pod: k8s.PodSpec;
  readonly replicas: number | undefined;
}

function deploymentOf(predictor: ExpandedPredictor, props: DeploymentProps): MadeObject {
  const { name, selector, replicas } = props;
  const labels = {
    ...predictor.id,
    ...predictor.podLabels,
    ...props.labels,
    ...MANAGED,
    ...predictor.shadow,
    app: name,
    fluentd: 'true',
  };
  return predictor.made('apps/v1', 'Deployment', name, labels, {
    ...(replicas !== undefined && { replicas }),
    ...(predictor.json.progressDeadlineSeconds !== undefined && {
      progressDeadlineSeconds: predictor.json.progressDeadlineSeconds,
    }),
    selector: { matchLabels: selector },
    // The operator means 10%, and writes 0: each rollout needs room for a pod more.
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } },
    template: {
      metadata: {
        labels,
        annotations: {
          ...props.annotations,
          ...predictor.owner.spec.annotations,
          ...predictor.json.annotations,
          ...props.podAnnotations,
        },
      },
      spec: podSpecJson(withInfo(props.pod, predictor.user)),
    },
  });
}

/** The operator's securityContext for a pod that has none, and the annotations of the pod as a file. */
function withInfo(pod: k8s.PodSpec, user: number): k8s.PodSpec {
  const items = [{ path: 'annotations', fieldRef: { fieldPath: 'metadata.annotations' } }];
  return {
    ...pod,
    securityContext: pod.securityContext ?? { runAsUser: user },
    volumes: [...(pod.volumes ?? []), { name: INFO_MOUNT.name, downwardApi: { items } }],
  };
}
