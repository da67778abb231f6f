/** The schema of `predictors`, among which a model's traffic is divided, and the rules about them. */
import * as z from 'zod';
import { count, dnsLabel, flag, labels } from '../../../config/fields';
import type { Fault } from '../../../config/problems';
import type { Predictor } from './complete';
import { explainer } from './explainer';
import { graphSchema } from './graph';
import { nodeFields } from './node';

export const predictorName = dnsLabel('default');

const predictor = z
  .strictObject({
    name: predictorName.describe('Name of the predictor; part of the Service name'),
    traffic: count(0, 100, 10)
      .optional()
      .describe('Percent of the requests, or of those that a shadow is sent a copy of'),
    shadow: flag(false)
      .meta({ examples: [true] })
      .describe('Gets copies of requests; its answers go nowhere'),
    labels: labels('colour', 'green').default({}).describe('Labels of its pods'),
    replicas: count(0, 100, 1).optional().describe('Pods'),
    ...nodeFields,
    graph: graphSchema.optional().describe('A graph in place of one node'),
    explainer,
  })
  .meta({ examples: [{ name: 'canary', traffic: 10 }] });

/** A predictor as a file writes it: what differs from the model's own fields. */
export type PredictorSettings = z.output<typeof predictor>;

export const predictors = z
  .array(predictor, { error: 'must be a list' })
  .default([])
  .meta({
    examples: [
      [
        { name: 'main', traffic: 90 },
        { name: 'canary', traffic: 10, uri: 'models:/wine@challenger' },
      ],
    ],
  })
  .describe('Several predictors, each with what differs from the fields above: canary, A/B, shadow, blue-green');

/** What several predictors may not be together. */
export function predictorsFaults(predictors: readonly Predictor[]): Fault[] {
  return [...sameNameFaults(predictors), ...shadowFaults(predictors), ...trafficFaults(predictors)];
}

function sameNameFaults(predictors: readonly Predictor[]): Fault[] {
  const names = predictors.map(({ name }) => name);
  return predictors
    .filter(({ name }, index) => names.indexOf(name) < index)
    .map(({ name, path }) => ({
      path: [...path, 'name'],
      message: `is "${name}", the name of another predictor; rename one of them`,
    }));
}

function shadowFaults(predictors: readonly Predictor[]): Fault[] {
  const [first] = predictors;
  const shadows = predictors.filter(({ shadow }) => shadow);
  const faults: Fault[] = shadows
    .slice(1)
    .map(({ path }) => ({ path: [...path, 'shadow'], message: 'is the second shadow; Seldon takes one' }));
  if (first && shadows.length === predictors.length) {
    faults.push({
      path: [...first.path, 'shadow'],
      message: 'is true, but there is no predictor that answers; add one',
    });
  }
  return faults;
}

/** The traffic of the predictors that answer sums to 100: a canary gets what the others leave. */
function trafficFaults(predictors: readonly Predictor[]): Fault[] {
  const live = predictors.filter(({ shadow }) => !shadow);
  const sum = live.reduce((total, { traffic = 0 }) => total + traffic, 0);
  if (live.length > 1 && sum !== 100) {
    return [
      {
        path: ['predictors'],
        message: `share ${sum} percent of the traffic; the traffic of all but the shadow must sum to 100, such as 90 and 10`,
      },
    ];
  }
  const [only] = live;
  if (live.length === 1 && only?.traffic !== undefined && only.traffic !== 100) {
    return [
      {
        path: [...only.path, 'traffic'],
        message: `is ${only.traffic}, but no other predictor answers; remove it, or make it 100`,
      },
    ];
  }
  return [];
}
