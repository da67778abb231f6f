/** How many pods serve a model: what the operator makes a HorizontalPodAutoscaler or a ScaledObject of, and their budget. */
import type { ApiObjectProps } from 'cdk8s';
import { k8s } from '../lib/k8s';
import { budgetSpec } from '../lib/spread';
import { podsOf } from './endpoint';
import type { AutoscalingProps, KedaProps, ModelProps, PredictorProps } from './props';

/** The part of a component of a SeldonDeployment that says how it is scaled. */
export function scaled({ autoscaling, keda }: ModelProps) {
  return {
    ...(autoscaling && { hpaSpec: hpaSpec(autoscaling) }),
    ...(keda && { kedaSpec: kedaSpec(keda) }),
  };
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

/** The most pods of a predictor. */
export const mostPods = (
  { autoscaling, keda }: Pick<ModelProps, 'autoscaling' | 'keda'>,
  { replicas = 1 }: Pick<PredictorProps, 'replicas'>,
): number => autoscaling?.max ?? keda?.max ?? replicas;

/**
 * The PodDisruptionBudget over the pods of all predictors, where there may be several of one.
 *
 * The operator would make one of `pdbSpec`, whose type has no policy for pods that are not ready
 * (SeldonPdbSpec in operator/apis/machinelearning.seldon.io/v1, Seldon Core 1.17.1).
 */
export function modelBudget(
  model: ModelProps,
  namespace: string,
  labels: Readonly<Record<string, string>>,
): ApiObjectProps | undefined {
  const { name, disruptionBudget, predictors } = model;
  const several = predictors.some((predictor) => mostPods(model, predictor) > 1);
  if (!several && !disruptionBudget) return undefined;
  return k8s.KubePodDisruptionBudget.manifest({
    metadata: { name, namespace, labels: { ...labels } },
    spec: budgetSpec(podsOf(model, namespace), disruptionBudget),
  }) as ApiObjectProps;
}
