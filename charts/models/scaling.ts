/** How many pods serve a model: what the operator makes a HorizontalPodAutoscaler, a ScaledObject or a budget of. */
import {
  SeldonDeploymentSpecPredictorsComponentSpecsPdbSpecMaxUnavailable as MaxUnavailable,
  SeldonDeploymentSpecPredictorsComponentSpecsPdbSpecMinAvailable as MinAvailable,
} from '../../imports/machinelearning.seldon.io';
import type { AutoscalingProps, DisruptionBudgetProps, KedaProps, ModelProps } from './props';

/** The part of a component of a SeldonDeployment that says how it is scaled. */
export function scaled({ autoscaling, keda, disruptionBudget }: ModelProps) {
  return {
    ...(autoscaling && { hpaSpec: hpaSpec(autoscaling) }),
    ...(keda && { kedaSpec: kedaSpec(keda) }),
    ...(disruptionBudget && { pdbSpec: pdbSpec(disruptionBudget) }),
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

function pdbSpec({ minAvailable: min, maxUnavailable: max }: DisruptionBudgetProps) {
  return {
    ...(min !== undefined && {
      minAvailable: typeof min === 'number' ? MinAvailable.fromNumber(min) : MinAvailable.fromString(min),
    }),
    ...(max !== undefined && {
      maxUnavailable: typeof max === 'number' ? MaxUnavailable.fromNumber(max) : MaxUnavailable.fromString(max),
    }),
  };
}
