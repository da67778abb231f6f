import type { Construct } from 'constructs';
import { PrometheusRule } from '../../../imports/monitoring.coreos.com';
import { Component } from '../../lib/component';
import { PREREQUISITES } from '../../prerequisites/catalogue';
import { type ComponentFacts, componentAlerts } from './components';
import { modelAlerts, modelRecords } from './models';
import { alert, group } from './rule';

export interface MonitoringRulesProps extends ComponentFacts {
  readonly namespace: string;
  /** Labels by which Prometheus finds its rules. */
  readonly labels: Readonly<Record<string, string>>;
  /** Namespaces of models. */
  readonly modelsNamespaces: readonly string[];
  /** The address of the page with the runbooks. */
  readonly runbooks: string;
}

/** What Prometheus computes and alerts about. How good each model has to be is in its own file. */
export class MonitoringRules extends Component {
  constructor(scope: Construct, props: MonitoringRulesProps) {
    super(scope, { name: 'monitoring-rules', stage: '60-apps', namespace: props.namespace });
    this.requireInstalled(PREREQUISITES.prometheusOperator);
    const { runbooks } = props;
    new PrometheusRule(this, 'rules', {
      metadata: { name: 'ml-platform', labels: { ...props.labels } },
      spec: {
        groups: [
          group(
            'components',
            componentAlerts(props).map((rule) => alert(rule, runbooks)),
          ),
          group('model-requests', modelRecords()),
          group(
            'models',
            modelAlerts(props.modelsNamespaces).map((rule) => alert(rule, runbooks)),
          ),
        ],
      },
    });
  }
}
