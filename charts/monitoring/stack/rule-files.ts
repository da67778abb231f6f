/** The rules of a Prometheus without an operator, as files that it reads. */
import { type PrometheusRuleSpecGroups, toJson_PrometheusRuleSpecGroups } from '../../../imports/monitoring.coreos.com';
import { toYaml } from '../../lib/yaml';
import { type Objective, objectiveRecords } from '../../models/objectives';
import { group } from '../rules/rule';

/** A ConfigMap has at most 1 MiB, and a model with a long name takes 600 bytes. */
const MODELS_IN_FILE = 1000;

export const ruleFile = (groups: readonly PrometheusRuleSpecGroups[]): string =>
  toYaml([{ groups: groups.map(toJson_PrometheusRuleSpecGroups) }]);

/** What the files of models promise, as constant series; as many files as it takes. */
export function objectiveFiles(objectives: readonly Objective[]): string[] {
  const files = Math.ceil(objectives.length / MODELS_IN_FILE);
  return Array.from({ length: files }, (_, index) => {
    const part = objectives.slice(index * MODELS_IN_FILE, (index + 1) * MODELS_IN_FILE);
    return ruleFile([group(`objectives-${index + 1}`, part.flatMap(objectiveRecords))]);
  });
}
