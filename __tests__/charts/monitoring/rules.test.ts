/** Rules: each names series that are there. When an alert fires, e2e/rules proves by promtool. */
import { seriesNames } from '../../../charts/monitoring/metrics';
import { composePlatform, objectsOf } from '../../../charts/platform';
import { exampleEnvironments } from '../../support/environments';
import type { KubernetesObject } from '../../support/platform';
import { selectorsOf } from '../../support/promql';

interface Rule {
  readonly record?: string;
  readonly expr: string;
}

const rules = exampleEnvironments()
  .map((config) => ({ ...config, monitoring: { ...config.monitoring, enabled: true, kind: 'operator' as const } }))
  .flatMap((config) => [...objectsOf(composePlatform(config))] as KubernetesObject[])
  .filter(({ kind }) => kind === 'PrometheusRule')
  .flatMap(({ spec }): Rule[] => spec.groups.flatMap((group: { readonly rules: readonly Rule[] }) => group.rules));

test('each expression is PromQL that names metrics of the list alone', () => {
  const known = seriesNames();
  const faults = rules
    .flatMap(({ expr }) => selectorsOf(expr))
    .flatMap(({ names }) => names.filter((name) => !known.has(name)));
  expect(rules.length).toBeGreaterThan(50);
  expect(new Set(faults)).toEqual(new Set());
});

test('each series that the list calls recorded is recorded', () => {
  const recorded = new Set(rules.flatMap(({ record }) => record ?? []));
  const known = [...seriesNames()].filter((name) => name.startsWith('model:'));
  expect(known.filter((name) => !recorded.has(name))).toEqual([]);
});
