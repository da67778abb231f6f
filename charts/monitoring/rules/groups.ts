/** The rules of a platform, in their groups. */
import type { PrometheusRuleSpecGroups } from '../../../imports/monitoring.coreos.com';
import { asksFor } from '../metrics';
import type { Alert } from './alert';
import { componentAlerts } from './components';
import type { RuleFacts } from './facts';
import { modelAlerts, modelRecords } from './models';
import { alert, group } from './rule';

/** What Prometheus computes and alerts about, without what it has no series for. */
export function ruleGroups({ runbooks, unseen = [], ...facts }: RuleFacts): PrometheusRuleSpecGroups[] {
  const alerts = (all: readonly Alert[]) =>
    all.filter(({ expr }) => !asksFor(expr, unseen)).map((rule) => alert(rule, runbooks));
  return [
    group('components', alerts(componentAlerts(facts))),
    group('model-requests', modelRecords()),
    group('models', alerts(modelAlerts(facts.modelsNamespaces))),
  ];
}
