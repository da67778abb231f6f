/** How many pods there are: from a component of a SeldonDeployment to autoscaling, keda and disruptionBudget. */
import type { Fields, Reader } from './reader';

export function readAutoscaling(reader: Reader): Fields {
  if (reader.isEmpty) return {};
  const targets: Record<string, number> = {};
  for (const metric of [...reader.list('metrics'), ...reader.list('metricsv2')]) {
    const resource = metric.mapping('resource');
    const target = resource.mapping('target');
    const name = resource.text('name');
    const percent = resource.number('targetAverageUtilization') ?? target.number('averageUtilization');
    target.ignore('type');
    metric.ignore('type');
    if ((name === 'cpu' || name === 'memory') && percent !== undefined) targets[name] = percent;
    else metric.note('', 'autoscaling knows the percentage of CPU and memory; keda knows more');
    for (const rest of [target, resource, metric]) rest.done();
  }
  const [min, max] = [reader.number('minReplicas'), reader.number('maxReplicas')];
  reader.done();
  return Object.keys(targets).length === 0
    ? {}
    : { autoscaling: { ...(min !== undefined && { min }), ...(max !== undefined && { max }), ...targets } };
}

export function readKeda(reader: Reader): Fields {
  if (reader.isEmpty) return {};
  const numbers = {
    min: reader.number('minReplicaCount') ?? 0,
    max: reader.number('maxReplicaCount') ?? 100,
    idle: reader.number('idleReplicaCount'),
    pollingInterval: reader.number('pollingInterval'),
    cooldownPeriod: reader.number('cooldownPeriod'),
  };
  const triggers = reader.list('triggers').map((trigger) => {
    const type = trigger.text('type');
    const metadata = Object.fromEntries(trigger.entries('metadata'));
    const metricType = trigger.text('metricType');
    const reference = trigger.mapping('authenticationRef');
    const authentication = reference.text('name');
    for (const rest of [reference, trigger]) rest.done();
    return {
      type,
      metadata,
      ...(metricType !== undefined && { metricType }),
      ...(authentication !== undefined && { authentication }),
    };
  });
  const advanced = reader.mapping('advanced');
  const config = advanced.mapping('horizontalPodAutoscalerConfig');
  const behavior = config.any('behavior');
  for (const rest of [config, advanced, reader]) rest.done();
  return {
    keda: {
      ...Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined)),
      triggers,
      ...(behavior !== undefined && { behavior }),
    },
  };
}

export function readBudget(reader: Reader): Fields {
  if (reader.isEmpty) return {};
  const budget = Object.fromEntries(
    ['minAvailable', 'maxUnavailable'].flatMap((field) => {
      const value = reader.any(field);
      return value === undefined ? [] : [[field, value]];
    }),
  );
  reader.done();
  return { disruptionBudget: budget };
}
