/**
 * A model as a SeldonDeployment. What the operator adds (Deployments, Services, probes, images) is in its
 * controllers/seldondeployment_controller.go, mlserver.go and model_initializer_injector.go at v1.17.1, and in
 * expansion.ts.
 */
import { k8s } from 'cdk8s-plus-27';
import {
  SeldonDeploymentSpecPredictorsComponentSpecsPdbSpecMaxUnavailable as MaxUnavailable,
  SeldonDeploymentSpecPredictorsComponentSpecsPdbSpecMinAvailable as MinAvailable,
  SeldonDeployment,
} from '../../imports/machinelearning.seldon.io';
import { resourceRequirements } from '../lib/container';
import { podSpecJson } from '../lib/pod-json';
import { restrictedContainer } from '../lib/security';
import { componentName } from './containers';
import { type PodContext, predictorPod } from './pod';
import {
  type AutoscalingProps,
  type KedaProps,
  type ModelProps,
  type ModelVersion,
  type NodeProps,
  nodesOf,
  type PredictorProps,
} from './props';
import { serverUser } from './server';

export interface SeldonDeploymentProps extends PodContext {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly podLabels: Readonly<Record<string, string>>;
  /** Where a model's detector listens. */
  readonly detectorUrl: (model: string) => string;
}

/** One model, as JSON: a construct for each would triple the time with thousands of models (`npm run bench`). */
export function seldonDeployment(model: ModelProps, props: SeldonDeploymentProps): unknown {
  const [main] = model.predictors;
  return SeldonDeployment.manifest({
    metadata: {
      // An object of its own to whoever looks for it, not a part of "models".
      labels: { ...props.labels, 'app.kubernetes.io/name': model.name },
      ...provenance(main?.graph.version),
      name: model.name,
      namespace: props.namespace,
    },
    spec: {
      protocol: model.protocol,
      predictors: model.predictors.map((predictor) => predictorSpec(model, predictor, props)),
    },
  });
}

function predictorSpec(model: ModelProps, predictor: PredictorProps, props: SeldonDeploymentProps) {
  const { name, replicas, traffic, shadow, labels, engine, graph, explainer } = predictor;
  const pod = predictorPod(model, predictor, props);
  const component = componentName(nodesOf<NodeProps>(graph), model.protocol);
  return {
    name,
    ...(replicas !== undefined && { replicas }),
    ...(traffic !== undefined && { traffic }),
    ...(shadow && { shadow }),
    ...(Object.keys(labels).length > 0 && { labels: { ...labels } }),
    ...(engine
      ? {
          svcOrchSpec: {
            resources: k8s.toJson_ResourceRequirements(resourceRequirements(model.engineResources)),
            ...(model.tracing && { env: tracingEnv(model.tracing, `${model.name}-${name}`) }),
          },
        }
      : // Callers reach the server itself, which speaks the same protocol on the same port.
        { annotations: { 'seldon.io/no-engine': 'true' } }),
    componentSpecs: [
      {
        metadata: { labels: { ...props.podLabels }, ...(pod.containers.length > 1 && { name: component }) },
        spec: podSpecJson(pod),
        ...(model.autoscaling && { hpaSpec: hpaSpec(model.autoscaling) }),
        ...(model.keda && { kedaSpec: kedaSpec(model.keda) }),
        ...(model.disruptionBudget && { pdbSpec: pdbSpec(model.disruptionBudget) }),
      },
    ],
    graph: predictiveUnit(watched(model, graph, props), props),
    ...(explainer && {
      explainer: {
        type: explainer.type,
        ...(explainer.uri !== undefined && {
          modelUri: explainer.uri,
          envSecretRefName: props.secretOf(explainer.uri),
        }),
        ...(Object.keys(explainer.config).length > 0 && { config: { ...explainer.config } }),
        replicas: explainer.replicas,
        serviceAccountName: props.serviceAccount,
        containerSpec: {
          name: EXPLAINER,
          resources: k8s.toJson_ResourceRequirements(resourceRequirements(explainer.resources)),
          // Its pod is the operator's, without a volume for the files that Python programs write as they start.
          securityContext: { ...restrictedContainer(serverUser(model.protocol)), readOnlyRootFilesystem: false },
          // The operator would give up on one that takes more than a minute and a half to load.
          startupProbe: { ...EXPLAINER_PROBE, periodSeconds: 5, failureThreshold: 120 },
          readinessProbe: { ...EXPLAINER_PROBE, periodSeconds: 10, failureThreshold: 3 },
          livenessProbe: { ...EXPLAINER_PROBE, periodSeconds: 20, failureThreshold: 6 },
        },
      },
    }),
  };
}

/** A graph whose requests go to the detector as well. */
function watched(model: ModelProps, graph: NodeProps, { detectorUrl }: SeldonDeploymentProps): NodeProps {
  return model.detector ? { ...graph, logger: { mode: 'request', url: detectorUrl(model.name) } } : graph;
}

const EXPLAINER = 'explainer';
const EXPLAINER_PROBE = { tcpSocket: { port: 'http' }, timeoutSeconds: 5 };

function predictiveUnit(node: NodeProps, props: SeldonDeploymentProps, root = true): PredictiveUnit {
  const { name, server, router, type, uri, logger, parameters, children } = node;
  return {
    name,
    ...(type !== undefined && { type }),
    ...(server !== undefined && { implementation: server }),
    ...(router !== undefined && { implementation: router }),
    // An image has no implementation, and without a type the operator takes it for a model.
    ...(server !== undefined && uri !== undefined && { modelUri: uri, envSecretRefName: props.secretOf(uri) }),
    ...(logger && { logger: { ...logger } }),
    ...(Object.keys(parameters).length > 0 && { parameters: Object.entries(parameters).map(parameter) }),
    // The deepest level that the type describes has no such field.
    ...((root || children.length > 0) && { children: children.map((child) => predictiveUnit(child, props, false)) }),
  };
}

interface PredictiveUnit {
  readonly name: string;
  readonly children?: PredictiveUnit[];
}

function parameter([name, value]: [string, string | number | boolean]) {
  const type =
    typeof value === 'string'
      ? 'STRING'
      : typeof value === 'boolean'
        ? 'BOOL'
        : Number.isInteger(value)
          ? 'INT'
          : 'FLOAT';
  return { name, value: String(value), type };
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

/** Jaeger's client, in the executor: spans over HTTP, since the agent's UDP port is no longer served by most. */
function tracingEnv({ endpoint, sample }: NonNullable<ModelProps['tracing']>, service: string): k8s.EnvVar[] {
  return [
    { name: 'TRACING', value: '1' },
    { name: 'JAEGER_SERVICE_NAME', value: service },
    { name: 'JAEGER_ENDPOINT', value: endpoint },
    { name: 'JAEGER_SAMPLER_TYPE', value: 'probabilistic' },
    { name: 'JAEGER_SAMPLER_PARAM', value: String(sample) },
  ];
}

function hpaSpec({ min, max, cpu, memory }: AutoscalingProps) {
  const metric = (name: string, averageUtilization: number) => ({
    type: 'Resource',
    resource: { name, target: { type: 'Utilization', averageUtilization } },
  });
  return {
    minReplicas: min,
    maxReplicas: max,
    // "metrics" is the form of autoscaling/v2beta1, which Kubernetes 1.25 removed.
    metricsv2: [
      ...(cpu === undefined ? [] : [metric('cpu', cpu)]),
      ...(memory === undefined ? [] : [metric('memory', memory)]),
    ],
  };
}

function kedaSpec({ min, max, idle, pollingInterval, cooldownPeriod, triggers, behavior }: KedaProps) {
  return {
    minReplicaCount: min,
    maxReplicaCount: max,
    ...(idle !== undefined && { idleReplicaCount: idle }),
    ...(pollingInterval !== undefined && { pollingInterval }),
    ...(cooldownPeriod !== undefined && { cooldownPeriod }),
    triggers: triggers.map(({ type, metadata, metricType, authentication }) => ({
      type,
      metadata: { ...metadata },
      ...(metricType !== undefined && { metricType }),
      ...(authentication !== undefined && { authenticationRef: { name: authentication } }),
    })),
    ...(behavior && {
      advanced: {
        horizontalPodAutoscalerConfig: {
          behavior: Object.fromEntries(
            Object.entries(behavior).map(([direction, rules]) => [
              direction,
              { ...rules, policies: [...rules.policies] },
            ]),
          ),
        },
      },
    }),
  };
}

function pdbSpec({ minAvailable: min, maxUnavailable: max }: NonNullable<ModelProps['disruptionBudget']>) {
  return {
    ...(min !== undefined && {
      minAvailable: typeof min === 'number' ? MinAvailable.fromNumber(min) : MinAvailable.fromString(min),
    }),
    ...(max !== undefined && {
      maxUnavailable: typeof max === 'number' ? MaxUnavailable.fromNumber(max) : MaxUnavailable.fromString(max),
    }),
  };
}
