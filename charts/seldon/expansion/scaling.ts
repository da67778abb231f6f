/** What the operator makes to scale a predictor. Budgets of models are the platform's own (charts/models/scaling.ts). */
import type { ExpandedPredictor } from './predictor';
import type { ComponentJson, MadeObject } from './seldon-json';

/** @param name of the Deployment that is scaled */
export function scaling(
  predictor: ExpandedPredictor,
  name: string,
  { hpaSpec, kedaSpec }: ComponentJson,
): MadeObject[] {
  const { id } = predictor;
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name };
  const made = (apiVersion: string, kind: string, spec: object | undefined) =>
    spec === undefined ? [] : [predictor.made(apiVersion, kind, name, id, spec)];
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
  ];
}
