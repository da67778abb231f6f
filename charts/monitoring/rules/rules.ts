import type { Construct } from 'constructs';
import { PrometheusRule } from '../../../imports/monitoring.coreos.com';
import { Component } from '../../lib/component';
import { PREREQUISITES } from '../../prerequisites/catalogue';
import type { RuleFacts } from './facts';
import { ruleGroups } from './groups';

export interface MonitoringRulesProps extends RuleFacts {
  readonly namespace: string;
  /** Labels by which Prometheus finds its rules. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What Prometheus computes and alerts about. How good each model has to be is in its own file. */
export class MonitoringRules extends Component {
  constructor(scope: Construct, props: MonitoringRulesProps) {
    super(scope, { name: 'monitoring-rules', stage: '60-apps', namespace: props.namespace });
    this.requireInstalled(PREREQUISITES.prometheusOperator);
    new PrometheusRule(this, 'rules', {
      metadata: { name: 'ml-platform', labels: { ...props.labels } },
      spec: { groups: ruleGroups(props) },
    });
  }
}
