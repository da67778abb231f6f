/** Rules of Prometheus: what is computed, and what somebody is told about. */
import {
  type PrometheusRuleSpecGroups,
  type PrometheusRuleSpecGroupsRules,
  PrometheusRuleSpecGroupsRulesExpr,
} from '../../../imports/monitoring.coreos.com';
import type { Alert } from './alert';

/** The part of an address that leads to a heading. */
export const anchorOf = (name: string) => name.toLowerCase();

export const alert = (
  { name, severity, expr, for: duration, summary, labels }: Alert,
  runbooks: string,
): PrometheusRuleSpecGroupsRules => ({
  alert: name,
  expr: PrometheusRuleSpecGroupsRulesExpr.fromString(expr),
  for: duration,
  labels: { severity, ...labels },
  annotations: { summary, runbook_url: `${runbooks}#${anchorOf(name)}` },
});

export const record = (
  name: string,
  expr: string,
  labels?: Readonly<Record<string, string>>,
): PrometheusRuleSpecGroupsRules => ({
  record: name,
  expr: PrometheusRuleSpecGroupsRulesExpr.fromString(expr),
  ...(labels && { labels: { ...labels } }),
});

export const group = (name: string, rules: PrometheusRuleSpecGroupsRules[]): PrometheusRuleSpecGroups => ({
  name: `ml-platform.${name}`,
  rules,
});

/** A matcher for any of some values, such as namespace=~"a|b". Names of Kubernetes need no escaping but for their dots. */
export function anyOf(label: string, values: readonly string[]): string {
  const [first, ...further] = values;
  if (first !== undefined && further.length === 0) return `${label}="${first}"`;
  return `${label}=~"${values.map((value) => value.replaceAll('.', '\\\\.')).join('|')}"`;
}
