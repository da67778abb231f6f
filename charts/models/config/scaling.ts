/** The schema of how many pods serve a model, and the rules about it: fixed replicas, an autoscaler, KEDA, a disruption budget. */
import * as z from 'zod';
import { cron, timeZone } from '../../../config/cron';
import { count, oneOf, text } from '../../../config/fields';
import type { Fault } from '../../../config/problems';
import { rules } from '../../../config/rules';
import { mostPods } from '../scaling';
import type { Predictor } from './complete';

const percent = (example: number) => count(1, 1000, example);

export const autoscaling = z
  .strictObject({
    min: count(1, 1000, 1).default(1).describe('Least pods'),
    max: count(1, 1000, 5).describe('Most pods'),
    cpu: percent(80).optional().describe('Percent of the requested CPU that pods are kept at'),
    memory: percent(80).optional().describe('Percent of the requested memory that pods are kept at'),
  })
  .refine(({ min, max }) => min <= max, { error: 'must have a min that is not more than max' })
  .refine(({ cpu, memory }) => cpu !== undefined || memory !== undefined, {
    error: 'must have one of cpu and memory, such as cpu: 80',
  })
  .optional()
  .meta({ examples: [{ min: 1, max: 5, cpu: 80 }] })
  .describe('A HorizontalPodAutoscaler; Seldon 1.17 knows no behaviour for one, keda does');

const scalingRules = z
  .strictObject({
    stabilizationWindowSeconds: count(0, 3600, 300).optional().describe('Seconds of the past that count'),
    selectPolicy: oneOf(['Max', 'Min', 'Disabled'], 'Max').optional().describe('Which of the policies counts'),
    policies: z
      .array(
        z
          .strictObject({
            type: oneOf(['Pods', 'Percent'], 'Pods').describe('What the value counts'),
            value: count(1, 10000, 2).describe('Most pods, or percent of them, that may come or go'),
            periodSeconds: count(1, 1800, 60).describe('Seconds in which they may'),
          })
          .meta({ examples: [{ type: 'Pods', value: 2, periodSeconds: 60 }] }),
      )
      .default([])
      .meta({ examples: [[{ type: 'Pods', value: 2, periodSeconds: 60 }]] })
      .describe('How many pods may come or go at a time'),
  })
  .optional();

/** What a trigger needs to be told, of those that are used for models most. */
const TRIGGER_FIELDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['cron', ['timezone', 'start', 'end', 'desiredReplicas']],
  ['prometheus', ['serverAddress', 'query', 'threshold']],
  ['cpu', ['value']],
  ['memory', ['value']],
  ['kafka', ['bootstrapServers', 'consumerGroup', 'topic']],
]);

/** What KEDA's scaler "cron" reads as times. */
const TIMES = { timezone: timeZone, start: cron('0 6 * * *'), end: cron('0 20 * * *') };

function timeFaults(metadata: Readonly<Record<string, string>>): Fault[] {
  return Object.entries(TIMES).flatMap(([name, schema]) => {
    const value = metadata[name];
    const issues = value === undefined ? [] : (schema.safeParse(value).error?.issues ?? []);
    return issues.map(({ message }) => ({ path: ['metadata', name], message: `${message}, not "${value}"` }));
  });
}

const trigger = z
  .strictObject({
    type: text('prometheus').min(1).describe('A scaler of KEDA'),
    metadata: z
      .record(z.string(), z.string({ error: 'must be text, in quotes' }))
      .meta({ examples: [{ value: '80' }] })
      .describe('What the scaler is told'),
    metricType: oneOf(['AverageValue', 'Value', 'Utilization'], 'AverageValue')
      .optional()
      .describe('How its metric is compared'),
    authentication: text('prometheus-login')
      .min(1)
      .optional()
      .describe("A TriggerAuthentication in the models' namespace"),
  })
  .superRefine(
    rules(({ type, metadata }) => [
      ...(TRIGGER_FIELDS.get(type) ?? [])
        .filter((name) => !Object.hasOwn(metadata, name))
        .map((name) => ({ path: ['metadata', name], message: `is required by KEDA's scaler "${type}"` })),
      ...(type === 'cron' ? timeFaults(metadata) : []),
    ]),
  )
  .meta({ examples: [{ type: 'cpu', metricType: 'Utilization', metadata: { value: '80' } }] });

export const keda = z
  .strictObject({
    min: count(0, 1000, 1).default(1).describe('Least pods'),
    max: count(1, 1000, 5).describe('Most pods'),
    idle: count(0, 1000, 0).optional().describe('Pods while no trigger is active; less than min'),
    pollingInterval: count(1, 86400, 30).optional().describe('Seconds between looks at the triggers'),
    cooldownPeriod: count(0, 86400, 300).optional().describe('Seconds of quiet before it scales to zero'),
    triggers: z
      .array(trigger, { error: 'must be a list' })
      .min(1, { error: 'must have a trigger' })
      .meta({ examples: [[{ type: 'cpu', metricType: 'Utilization', metadata: { value: '80' } }]] })
      .describe('What it scales by'),
    behavior: z
      .strictObject({
        scaleUp: scalingRules.meta({ examples: [{ stabilizationWindowSeconds: 0 }] }).describe('Adding pods'),
        scaleDown: scalingRules.meta({ examples: [{ stabilizationWindowSeconds: 300 }] }).describe('Taking pods away'),
      })
      .optional()
      .describe('How fast it scales'),
  })
  .refine(({ min, max }) => min <= max, { error: 'must have a min that is not more than max' })
  .refine(({ min, idle }) => idle === undefined || idle < min, { error: 'must have an idle that is less than min' })
  .superRefine(rules(wakingFaults))
  .optional()
  .describe("KEDA's ScaledObject; needs seldon.keda.enabled");

interface Waking {
  readonly min: number;
  readonly idle?: number;
  readonly triggers: readonly z.output<typeof trigger>[];
}

/** Without a pod there is nothing to measure, so that such a trigger can keep a model awake, and never wake it. */
function wakingFaults({ min, idle, triggers }: Waking): Fault[] {
  const lowest = min === 0 ? 'min' : idle === 0 && 'idle';
  if (!lowest || !triggers.every(measuresPods)) return [];
  return [
    {
      path: [lowest],
      message:
        'is 0, but every trigger measures the pods themselves, and nothing would start the first one; add a trigger that works without pods, such as cron, or make it 1',
    },
  ];
}

/** The executor, Seldon's wrapper and MLServer name their metrics so. */
const OWN_METRICS = /\b(seldon_api|seldon_model|model_infer|rest_server|grpc_server|parallel_request)_/;

const measuresPods = ({ type, metadata }: z.output<typeof trigger>) =>
  ['cpu', 'memory'].includes(type) || (type === 'prometheus' && OWN_METRICS.test(metadata.query ?? ''));

const PODS = { error: 'must be a number of pods or a percentage up to 100%' };

const podsOrPercent = z.union([z.number().int().min(0), z.string().regex(/^(\d{1,2}|100)%$/, PODS)], PODS);

export const disruptionBudget = z
  .strictObject({
    minAvailable: podsOrPercent
      .optional()
      .meta({ examples: ['50%'] })
      .describe('Pods that always run'),
    maxUnavailable: podsOrPercent
      .optional()
      .meta({ examples: [1] })
      .describe('Pods that may be away'),
  })
  .refine(({ minAvailable, maxUnavailable }) => (minAvailable === undefined) !== (maxUnavailable === undefined), {
    error: 'must have one of minAvailable and maxUnavailable',
  })
  .optional()
  .meta({ examples: [{ maxUnavailable: 1 }] })
  .describe('The PodDisruptionBudget over the pods of all predictors; one at a time where there may be several of one');

interface Scaled {
  readonly replicas?: number;
  readonly autoscaling?: z.output<typeof autoscaling>;
  readonly keda?: z.output<typeof keda>;
  readonly disruptionBudget?: z.output<typeof disruptionBudget>;
}

/**
 * A budget that lets no pod go, however many there are: no node with one of them could be drained. Who wants that writes
 * maxUnavailable: 0.
 */
export function budgetFaults(model: Scaled, predictors: readonly Predictor[]): Fault[] {
  const least = model.disruptionBudget?.minAvailable;
  const pods = predictors.reduce((sum, predictor) => sum + mostPods(model, predictor), 0);
  if (typeof least !== 'number' || pods === 0 || least < pods) return [];
  const message = `is ${least}, and there are ${pods} pods at most, so that no node with one of them could be drained; make it less, or write maxUnavailable: 1 in its place`;
  return [{ path: ['disruptionBudget', 'minAvailable'], message }];
}

/** One of replicas, autoscaling and keda sets the number of pods. */
export function scalingFaults(model: Scaled & { readonly predictors: readonly Scaled[] }): Fault[] {
  const faults: Fault[] = [];
  if (model.autoscaling && model.keda) {
    faults.push({
      path: ['keda'],
      message: 'stands beside autoscaling, and both would set the number of pods; remove one',
    });
  }
  const scaler = model.autoscaling ? 'autoscaling' : model.keda && 'keda';
  if (!scaler) return faults;
  const places = [
    { path: [], replicas: model.replicas },
    ...model.predictors.map(({ replicas }, index) => ({ path: ['predictors', index], replicas })),
  ];
  for (const { path, replicas } of places) {
    if (replicas === undefined) continue;
    const message = `is ${replicas}, which ${scaler} would change; remove it, and set ${scaler}.min`;
    faults.push({ path: [...path, 'replicas'], message });
  }
  return faults;
}
