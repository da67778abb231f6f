/** What a model's file promises, as constant series that the rules of all models compare with. */
import type { ApiObjectProps } from 'cdk8s';
import { PrometheusRule } from '../../imports/monitoring.coreos.com';
import type { Scraping } from '../monitoring/monitored';
import { OBJECTIVE } from '../monitoring/rules/models';
import { group, record } from '../monitoring/rules/rule';

export interface SloProps {
  /** Percent of the requests that may not fail. */
  readonly availability: number;
  /** Percent of the requests that are answered within a time such as "500ms". @default - any time will do */
  readonly latency?: { readonly percent: number; readonly within: string };
}

/** The share that may be otherwise, without the digits that a subtraction of binary fractions adds. */
const budget = (percent: number) => String(Number(((100 - percent) / 100).toFixed(7)));

/** The label "le" of a bucket: seconds, with a point. */
function bucketOf(within: string): string {
  const seconds = within.endsWith('ms') ? Number.parseFloat(within) / 1000 : Number.parseFloat(within);
  return Number.isInteger(seconds) ? `${seconds}.0` : String(seconds);
}

export interface ObjectiveProps {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly slo: SloProps;
}

export function objectiveRule({ name, namespace, labels, slo }: ObjectiveProps, scraping: Scraping): ApiObjectProps {
  const of = { namespace, model: name };
  const { availability, latency } = slo;
  return PrometheusRule.manifest({
    metadata: { name: `model-${name}`, namespace, labels: { ...scraping.labels, ...labels } },
    spec: {
      groups: [
        group(`model.${name}`, [
          record(OBJECTIVE.availability, `vector(${budget(availability)})`, of),
          ...(latency
            ? [record(OBJECTIVE.latency, `vector(${budget(latency.percent)})`, { ...of, le: bucketOf(latency.within) })]
            : []),
        ]),
      ],
    },
  }) as ApiObjectProps;
}
