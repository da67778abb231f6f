/** Rules: each names series that are there. When an alert fires, e2e/rules proves by promtool. */

import type { PlatformConfig } from '../../../charts/config';
import { seriesNames } from '../../../charts/monitoring/metrics';
import { scrapedOf } from '../../../charts/monitoring/series';
import { composePlatform, objectsOf } from '../../../charts/platform';
import { configurations } from '../../support/configurations';
import { type KubernetesObject, platformConfig } from '../../support/platform';
import { selectorsOf } from '../../support/promql';

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Whatever a configuration says of monitoring, a Prometheus with an operator is given its rules. */
function render(config: PlatformConfig): KubernetesObject[] {
  const { runbooks, backupAge } = config.monitoring;
  const monitoring = {
    ...{ enabled: true, stack: 'external' as const, kind: 'operator' as const, namespace: 'prometheus', labels: {} },
    ...{ runbooks, backupAge, dashboards: { enabled: false, labels: {}, folder: 'x' } },
  };
  return [...objectsOf(composePlatform({ ...config, monitoring }))] as KubernetesObject[];
}
const rulesOf = (objects: readonly KubernetesObject[]) =>
  objects
    .filter(({ kind }) => kind === 'PrometheusRule')
    .flatMap(({ spec }): Rule[] => spec.groups.flatMap((group: { readonly rules: readonly Rule[] }) => group.rules));

const platforms = configurations().map(([name, config]) => {
  const objects = render(config);
  return { name, objects, rules: rulesOf(objects) };
});
const rules = platforms.flatMap((platform) => platform.rules);

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

/** The pods that each monitor of a component finds, by its job; a model's are told of by kube-state-metrics. */
function podsByJob(objects: readonly KubernetesObject[]): [job: string, pods: number][] {
  const { monitors, workloads } = scrapedOf(objects);
  return monitors
    .filter(({ name }) => !['models', 'model-servers'].includes(name))
    .map(({ name, namespace, labels }) => {
      const found = workloads.filter(
        (workload) =>
          workload.namespace === namespace &&
          Object.entries(labels).every(([key, value]) => workload.labels[key] === value),
      );
      return [name, found.reduce((sum, { pods }) => sum + pods, 0)];
    });
}
const limitsOf = (rules: readonly Rule[], name: string) =>
  rules
    .filter(({ alert }) => alert === name)
    .map(({ expr }): [string | undefined, number] => [
      selectorsOf(expr)[0]?.labels.job?.[0],
      Number(/< (\d+)$/.exec(expr)?.[1]),
    ])
    .sort();

/** Names an issuer of cert-manager, which makes a Certificate of it. */
const isAnnotated = ({ metadata }: KubernetesObject) =>
  Object.keys(metadata.annotations ?? {}).some((key) => /^cert-manager\.io\/(cluster-)?issuer$/.test(key));

describe.each(platforms)('$name', ({ objects, rules }) => {
  test('every component of several pods has an alert that counts them, and no other has', () => {
    const several = podsByJob(objects).filter(([, pods]) => pods > 1);
    expect(limitsOf(rules, 'InstancesMissing')).toEqual(several.sort());
  });

  test('the rule about certificates is about every namespace that has one, whatever the label is called', () => {
    const selectors = rules
      .filter(({ alert }) => alert === 'CertificateExpires')
      .flatMap(({ expr }) => selectorsOf(expr))
      .flatMap(({ labels }) => [labels.namespace, labels.exported_namespace].filter((values) => values?.[0]));
    const namespaces = objects
      .filter((object) => object.kind === 'Certificate' || isAnnotated(object))
      .map(({ metadata }) => metadata.namespace ?? '');
    expect(selectors).toHaveLength(namespaces.length > 0 ? 2 : 0);
    for (const known of selectors) expect(namespaces.filter((name) => !known?.includes(name))).toEqual([]);
  });
});

test('the platforms have certificates in the namespaces of cert-manager and of a Gateway', () => {
  const namespaces = platforms
    .flatMap(({ objects }) => objects)
    .filter((object) => object.kind === 'Certificate' || isAnnotated(object))
    .map(({ metadata }) => metadata.namespace);
  expect(namespaces).toEqual(expect.arrayContaining(['cert-manager', 'gateways']));
});

test('several components have several pods, one of them by an operator', () => {
  const jobs = platforms.flatMap(({ rules }) => limitsOf(rules, 'InstancesMissing')).map(([job]) => job);
  expect(jobs).toEqual(
    expect.arrayContaining([
      'mlflow',
      'minio',
      'seaweedfs-volume',
      'seaweedfs-etcd',
      'frontend',
      'request-log',
      'postgres',
    ]),
  );
});

describe('a cluster of PostgreSQL with four instances', () => {
  const limits = (synchronous: object) => {
    const rules = rulesOf(
      render(
        platformConfig({
          certificates: { kind: 'own' },
          namespaces: { postgresql: 'data-x' },
          postgresql: { kind: 'cloudNativePg', instances: 4, synchronous },
        }),
      ),
    );
    return ['DatabaseStandbys', 'DatabaseWritesWait'].map((name) => limitsOf(rules, name));
  };

  test('has an alert about its three standbys, and about the two that writes wait for', () => {
    expect(limits({ replicas: 2 })).toEqual([[['postgres', 3]], [['postgres', 2]]]);
  });

  test.each([
    ['durability is only preferred', { replicas: 2, durability: 'preferred' }],
    ['there are none', { replicas: 0 }],
  ])('has none about writes that wait where %s', (_, synchronous) => {
    expect(limits(synchronous)).toEqual([[['postgres', 3]], []]);
  });
});
