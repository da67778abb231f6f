/** One predictor of a SeldonDeployment. */

import { detectorUrl } from '../detector/detector';
import { resourceRequirements } from '../lib/container';
import { k8s } from '../lib/k8s';
import { levelVariable } from '../lib/logging';
import { podSpecJson } from '../lib/pod-json';
import { explainerSpec } from './explainer';
import { graphSpec } from './graph';
import { withAddress, withLogger } from './logging';
import { componentName } from './naming';
import { type NodeProps, nodesOf } from './node';
import { predictorPod } from './pod';
import type { ModelProps, PredictorProps } from './props';
import { scaled } from './scaling';
import { portAnnotation } from './scraping';
import { accountOf, type ServingProps } from './serving';
import { executorTracing } from './tracing';

export function predictorSpec(model: ModelProps, predictor: PredictorProps, serving: ServingProps) {
  const { name, replicas, traffic, shadow, labels, graph, explainer } = predictor;
  const pod = predictorPod(model, predictor, serving);
  const component = componentName(graph, model.protocol);
  const annotations = { ...portAnnotation(model, predictor, serving.monitoring), ...model.podAnnotations };
  return {
    name,
    ...(replicas !== undefined && { replicas }),
    ...(traffic !== undefined && { traffic }),
    ...(shadow && { shadow }),
    ...(Object.keys(labels).length > 0 && { labels: { ...labels } }),
    ...(model.progressDeadlineSeconds !== undefined && { progressDeadlineSeconds: model.progressDeadlineSeconds }),
    ...executorSpec(model, predictor, serving),
    componentSpecs: [
      {
        metadata: {
          labels: { ...serving.podLabels },
          ...(Object.keys(annotations).length > 0 && { annotations }),
          ...(pod.containers.length > 1 && { name: component }),
        },
        spec: podSpecJson(pod),
        ...scaled(model),
      },
    ],
    graph: graphSpec(watched(model, graph, serving), serving.secretOf),
    ...(explainer && { explainer: explainerSpec(explainer, model.protocol, accountOf(model, serving), serving) }),
  };
}

/** The executor, or word to the operator that there is none. */
function executorSpec(model: ModelProps, predictor: PredictorProps, { logging, collector }: ServingProps) {
  const { engine, graph } = predictor;
  // Callers then reach the server itself, which speaks the same protocol on the same port.
  if (!engine) return { annotations: { 'seldon.io/no-engine': 'true' } };
  const { engineResources } = model;
  const env = [
    ...routingEnv(model, graph),
    ...executorTracing(model, predictor, collector),
    ...Object.entries(levelVariable('SELDON_LOG_LEVEL', logging)).map(([name, value]) => ({ name, value })),
  ];
  return {
    svcOrchSpec: {
      resources: k8s.toJson_ResourceRequirements(resourceRequirements(engineResources)),
      ...(env.length > 0 && { env }),
    },
  };
}

/**
 * Has the executor write into meta.routing of an answer which child each router chose. Feedback sends it back, and a router
 * learns from it. In other protocols than Seldon's an answer has no meta, and there is no feedback.
 *
 * Source: Predict and routeFeedback in executor/predictor/predictor_process.go, and Feedback in executor/api/rest/client.go,
 * Seldon Core 1.17.1.
 */
function routingEnv({ protocol }: ModelProps, graph: NodeProps): k8s.EnvVar[] {
  const routes = nodesOf(graph).some(({ type, router }) => type === 'ROUTER' || router !== undefined);
  return routes && protocol === 'seldon' ? [{ name: 'SELDON_ENABLE_ROUTING_INJECTION', value: 'true' }] : [];
}

/** A graph whose requests the executor logs to the log of the platform, and to the detector where the model has one. */
function watched(model: ModelProps, graph: NodeProps, { namespace, requestLog }: ServingProps): NodeProps {
  const logged = requestLog === undefined ? graph : withAddress(graph, requestLog);
  return model.detector ? withLogger(logged, { mode: 'request', url: detectorUrl(model, namespace) }) : logged;
}
