/** What a model's file promises, as constant series that the rules of all models compare with. */
import type { ApiObjectProps } from 'cdk8s';
import { PrometheusRule, type PrometheusRuleSpecGroupsRules } from '../../imports/monitoring.coreos.com';
import type { Scraping } from '../monitoring/monitored';
import { OBJECTIVE } from '../monitoring/rules/models';
import { group, record } from '../monitoring/rules/rule';
import type { SloProps } from './slo';

export interface Objective {
  /** Of the model. */
  readonly name: string;
  readonly namespace: string;
  readonly slo: SloProps;
}

/** The share that may be otherwise, without the digits that a subtraction of binary fractions adds. */
const budget = (percent: number) => String(Number(((100 - percent) / 100).toFixed(7)));

/** The label "le" of a bucket: seconds, with a point. */
function bucketOf(within: string): string {
  const seconds = within.endsWith('ms') ? Number.parseFloat(within) / 1000 : Number.parseFloat(within);
  return Number.isInteger(seconds) ? `${seconds}.0` : String(seconds);
}

export function objectiveRecords({ name, namespace, slo }: Objective): PrometheusRuleSpecGroupsRules[] {
  const of = { namespace, model: name };
  const { availability, latency } = slo;
  return [
    record(OBJECTIVE.availability, `vector(${budget(availability)})`, of),
    ...(latency
      ? [record(OBJECTIVE.latency, `vector(${budget(latency.percent)})`, { ...of, le: bucketOf(latency.within) })]
      : []),
  ];
}

/** @param labels of the model's objects */
export function objectiveRule(
  objective: Objective,
  labels: Readonly<Record<string, string>>,
  scraping: Scraping,
): ApiObjectProps {
  const { name, namespace } = objective;
  return PrometheusRule.manifest({
    metadata: { name: `model-${name}`, namespace, labels: { ...scraping.labels, ...labels } },
    spec: { groups: [group(`model.${name}`, objectiveRecords(objective))] },
  }) as ApiObjectProps;
}
