/**
 * What Seldon's validating webhook refuses, written anew from its source and not from charts/: the judge of what synth
 * accepts. Source: operator/apis/machinelearning.seldon.io/v1/seldondeployment_webhook.go.
 */
import { SERVERS } from '../../charts/models/image';
import type { KubernetesObject } from './platform';

type Any = KubernetesObject['spec'];

/** The messages of all that it finds wrong. */
export function refusals({ spec }: KubernetesObject): string[] {
  const predictors: Any[] = spec.predictors ?? [];
  const found: string[] = [];
  const refuse = (broken: boolean, message: string) => broken && found.push(message);

  refuse(![undefined, '', 'seldon', 'tensorflow', 'kfserving', 'v2'].includes(spec.protocol), 'Invalid protocol');
  refuse(![undefined, '', 'rest', 'grpc'].includes(spec.transport), 'Invalid transport');
  refuse(![undefined, '', 'rpc', 'kafka'].includes(spec.serverType), 'Invalid serverType');
  const KAFKA = ['KAFKA_BROKER', 'KAFKA_INPUT_TOPIC', 'KAFKA_OUTPUT_TOPIC'];
  for (const { svcOrchSpec } of spec.serverType === 'kafka' ? predictors : []) {
    const names = (svcOrchSpec?.env ?? []).map(({ name }: Any) => name);
    refuse(!KAFKA.every((name) => names.includes(name)), 'For kafka please supply svcOrchSpec envs');
  }
  refuse(predictors.length === 1 && predictors[0].shadow === true, 'Shadow can not exist as only predictor');
  refuse(predictors.length === 0, 'Graph contains no predictors');
  predictors.forEach((predictor, index) => {
    const noEngine = predictor.annotations?.['seldon.io/no-engine'] !== undefined;
    refuse(
      noEngine && unitsOf(predictor.graph).length > 1,
      'Running without engine only valid for single element graphs',
    );
    refuse(predictors.findIndex(({ name }) => name === predictor.name) < index, 'Duplicate predictor name');
    found.push(...unitsOf(predictor.graph).flatMap((unit) => unitRefusals(unit, predictor, spec.protocol)));
  });
  found.push(...trafficRefusals(predictors));
  return found;
}

const unitsOf = (unit: Any): Any[] => [unit, ...(unit.children ?? []).flatMap(unitsOf)];

function unitRefusals(unit: Any, predictor: Any, protocol: string): string[] {
  const { name, implementation, modelUri, logger, type, methods } = unit;
  const container = (predictor.componentSpecs ?? [])
    .flatMap(({ spec }: Any) => spec.containers)
    .find((candidate: Any) => candidate.name === name);
  const found: string[] = [];
  if (implementation === undefined || implementation === 'UNKNOWN_IMPLEMENTATION') {
    if (!container) found.push("Can't find container for Predictive Unit");
    if (type === 'UNKNOWN_TYPE' && !methods?.length)
      found.push('Predictive Unit has no implementation methods defined');
  } else if (!['SIMPLE_MODEL', 'SIMPLE_ROUTER', 'RANDOM_ABTEST', 'AVERAGE_COMBINER'].includes(implementation)) {
    if (!modelUri && implementation !== 'HUGGINGFACE_SERVER')
      found.push('Predictive unit modelUri required when using standalone servers');
    if (protocol === 'tensorflow' && /^(SKLEARN|XGBOOST|MLFLOW|HUGGINGFACE)_SERVER$/.test(implementation))
      found.push('Prepackaged server does not handle tensorflow protocol');
    if (!container?.image && !(implementation in SERVERS)) found.push('No entry in predictors map');
  }
  if (logger && !logger.mode) found.push('No logger mode specified');
  return found;
}

function trafficRefusals(predictors: readonly Any[]): string[] {
  const shadows = predictors.filter(({ shadow }) => shadow === true);
  const sum = predictors.filter(({ shadow }) => shadow !== true).reduce((total, { traffic = 0 }) => total + traffic, 0);
  const found: string[] = [];
  if (shadows.length > 1) found.push('Multiple shadows are not allowed');
  if (shadows.some(({ traffic = 0 }) => traffic < 0 || traffic > 100)) found.push('shadow traffic is illegal');
  if (sum !== 100 && predictors.length - shadows.length > 1)
    found.push('Traffic must sum to 100 for multiple predictors');
  if (sum > 0 && sum < 100 && predictors.length === 1)
    found.push('Traffic must sum be 100 for a single predictor when set');
  return found;
}
