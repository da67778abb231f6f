/**
 * Faults for Seldon's webhook, one for each of its rules, planted in the examples: a name, the example, what is changed in
 * its spec, and what the webhook says. Also run against the real webhook (`npm run e2e:api`).
 */
import type { KubernetesObject } from './platform';

type Any = KubernetesObject['spec'];

const first = (spec: Any) => spec.predictors[0];

export const WEBHOOK_CASES: readonly [string, string, (spec: Any) => unknown, string][] = [
  ['a protocol that there is not', 'iris', (spec) => (spec.protocol = 'v3'), 'Invalid protocol'],
  ['kafka without topics', 'iris', (spec) => (spec.serverType = 'kafka'), 'For kafka please supply svcOrchSpec envs'],
  ['no predictors', 'iris', (spec) => (spec.predictors = []), 'Graph contains no predictors'],
  ['one name twice', 'price', (spec) => (spec.predictors[1].name = 'linear'), 'Duplicate predictor name'],
  [
    'a graph without the executor',
    'pipeline',
    (spec) => (first(spec).annotations = { 'seldon.io/no-engine': 'true' }),
    'Running without engine only valid for single element graphs',
  ],
  [
    'a node without a container',
    'scorer',
    (spec) => (first(spec).graph.name = 'x'),
    "Can't find container for Predictive Unit",
  ],
  [
    'a server without files',
    'iris',
    (spec) => delete first(spec).graph.modelUri,
    'Predictive unit modelUri required when using standalone servers',
  ],
  [
    'a server that does not speak',
    'iris',
    (spec) => (spec.protocol = 'tensorflow'),
    'Prepackaged server does not handle tensorflow protocol',
  ],
  [
    'a server that there is not',
    'iris',
    (spec) => (first(spec).graph.implementation = 'X'),
    'No entry in predictors map',
  ],
  ['a logger without a mode', 'audited', (spec) => delete first(spec).graph.logger.mode, 'No logger mode specified'],
  [
    'traffic that is too little',
    'churn',
    (spec) => (first(spec).traffic = 89),
    'Traffic must sum to 100 for multiple predictors',
  ],
  ['a lone shadow', 'iris', (spec) => (first(spec).shadow = true), 'Shadow can not exist as only predictor'],
  [
    'two shadows',
    'churn',
    (spec) => spec.predictors.map((p: Any) => (p.shadow = true)),
    'Multiple shadows are not allowed',
  ],
];
