/** Dashboards: each panel asks for series that are there, and Grafana takes what is rendered. */
import type { PlatformConfig } from '../../../charts/config';
import { seriesNames } from '../../../charts/monitoring/metrics';
import { isMonitored } from '../../../charts/monitoring/monitored';
import { objectsOf as allObjects, composePlatform } from '../../../charts/platform';
import { allNamespaces } from '../../../charts/teams/config';
import { exampleEnvironments } from '../../support/environments';
import { type KubernetesObject, objectsOf, platformConfig } from '../../support/platform';
import { selectorsOf, withoutVariables } from '../../support/promql';

const MONITORING = {
  enabled: true,
  kind: 'operator',
  dashboards: { enabled: true, labels: { shown: 'here' }, folder: 'Models 2' },
} as const;

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}
interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
}

const isDashboard = ({ kind, metadata }: KubernetesObject) => kind === 'ConfigMap' && metadata.labels?.shown === 'here';
const contentOf = ({ data }: KubernetesObject): Dashboard => JSON.parse(String(Object.values(data as object)[0]));

/** The examples together have every kind of database and store. */
const platforms = [
  ...exampleEnvironments().map((config) => ({ ...config, monitoring: { ...config.monitoring, ...MONITORING } })),
  platformConfig({ monitoring: MONITORING }),
].map((config: PlatformConfig) => {
  const platform = composePlatform(config);
  const configMaps = ([...allObjects(platform)] as KubernetesObject[]).filter(isDashboard);
  return { config, platform, configMaps, dashboards: configMaps.map(contentOf) };
});
const dashboards = platforms.flatMap((platform) => platform.dashboards);
const expressions = dashboards.flatMap(({ title, panels, templating }) => [
  ...panels.flatMap((panel) => (panel.targets ?? []).map(({ expr }) => [`${title}: ${panel.title}`, expr] as const)),
  ...templating.list.flatMap(({ name, query }) => {
    const [, series] = /^label_values\((.*), \w+\)$/.exec(query) ?? [];
    return series === undefined ? [] : [[`${title}: $${name}`, series] as const];
  }),
]);

test('there is one for each kind of what is scraped', () => {
  const names = new Set(dashboards.map(({ title }) => title.replace(/ \(.*/, '')));
  expect([...names].sort()).toEqual([
    'Front end',
    'Log of requests',
    'MLflow',
    'Models',
    'Object store',
    'Overview',
    'PostgreSQL',
    'PostgreSQL by CloudNativePG',
    'Seldon operator',
    'Sign-in',
  ]);
});

test('each expression is PromQL that names metrics of the list alone', () => {
  const known = seriesNames();
  const faults = expressions.flatMap(([where, expr]) =>
    selectorsOf(withoutVariables(expr)).flatMap(({ names }) =>
      names.length > 0 && names.every((name) => known.has(name)) ? [] : [`${where}: ${names.join(', ') || expr}`],
    ),
  );
  expect(expressions.length).toBeGreaterThan(200);
  expect(faults).toEqual([]);
});

test('each job and each namespace is one of the platform', () => {
  for (const { config, platform, dashboards } of platforms) {
    const targets = platform.components.filter(isMonitored).flatMap((component) => component.targets);
    const jobs = new Set([...targets.map(({ job }) => job), 'chosen-detector']);
    const namespaces = new Set(allNamespaces(config));
    const selectors = dashboards
      .flatMap(({ panels }) => panels.flatMap(({ targets: queries = [] }) => queries))
      .flatMap(({ expr }) => selectorsOf(withoutVariables(expr)));
    expect(selectors.flatMap(({ labels }) => labels.job ?? []).filter((job) => !jobs.has(job))).toEqual([]);
    expect(selectors.flatMap(({ labels }) => labels.namespace ?? []).filter((name) => !namespaces.has(name))).toEqual(
      [],
    );
  }
});

test('10,000 models have the dashboards of one', () => {
  const counted = (models: number) =>
    objectsOf(
      platformConfig(
        { monitoring: MONITORING, frontend: { enabled: false } },
        Array.from({ length: models }, (_, index) => ({
          name: `m-${index}`,
          server: 'SKLEARN_SERVER',
          uri: 's3://models/m/1',
        })),
      ),
    )
      .filter(isDashboard)
      .map(({ data }) => data);
  expect(counted(40)).toEqual(counted(1));
});

describe('Grafana', () => {
  test('knows each by an address of its own, of at most 40 characters, which stays', () => {
    const uids = platforms.flatMap((platform) => platform.dashboards.map(({ uid }) => uid));
    expect(new Set(uids).size).toBe(uids.length);
    expect(uids.filter((uid) => !/^[a-z0-9-]{8,40}$/.test(uid))).toEqual([]);
    expect(platforms.at(-1)?.dashboards.find(({ title }) => title === 'MLflow (test)')?.uid).toBe('mlflow-9f86d081');
  });

  test('finds no two of one title in a folder, and no two files of one name', () => {
    const files = platforms.flatMap(({ configMaps }) => configMaps.flatMap(({ data }) => Object.keys(data)));
    const titles = dashboards.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    expect(new Set(files).size).toBe(files.length);
  });

  test.each(['id', 'place'] as const)('finds no two panels with one %s', (what) => {
    for (const { panels } of dashboards) {
      const values = panels.map(({ id, gridPos: { x, y } }) => (what === 'id' ? id : `${x} ${y}`));
      expect(new Set(values).size).toBe(panels.length);
    }
  });

  test('has room for each panel in its 24 columns', () => {
    const wide = dashboards.flatMap(({ panels }) => panels).filter(({ gridPos: { x, w } }) => x + w > 24 || w < 4);
    expect(wide).toEqual([]);
  });

  test('tells the queries of a panel apart', () => {
    for (const { targets = [] } of dashboards.flatMap(({ panels }) => panels)) {
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    }
  });
});

test('its sidecar finds each by the labels, and the folder by the annotation', () => {
  const { configMaps } = platforms.at(-1) ?? { configMaps: [] };
  expect(configMaps.length).toBeGreaterThan(5);
  expect(new Set(configMaps.map(({ metadata }) => metadata.annotations?.grafana_folder))).toEqual(
    new Set(['Models 2']),
  );
});

test('each ConfigMap is far below the 1 MiB that the API server takes', () => {
  const sizes = platforms.flatMap(({ configMaps }) => configMaps.map((map) => JSON.stringify(map).length));
  expect(Math.max(...sizes)).toBeLessThan(256 * 1024);
});

test.each([
  ['a model asks for a GPU', { placement: { gpus: 1 } }, 'GPU in use'],
  [
    'a model has a detector',
    { protocol: 'seldon', detector: { kind: 'drift', uri: 's3://models/drift/1', batchSize: 100 } },
    'Drift in the last batch',
  ],
])('there are panels for it where %s', (_, more, title) => {
  const panels = (settings: object) =>
    objectsOf(
      platformConfig({ monitoring: MONITORING, frontend: { enabled: false } }, [
        { name: 'iris', server: 'SKLEARN_SERVER', uri: 's3://models/iris/1', ...settings },
      ]),
    )
      .filter(isDashboard)
      .flatMap((object) => contentOf(object).panels.map((panel) => panel.title));
  expect(panels({})).not.toContain(title);
  expect(panels(more)).toContain(title);
});

test('without dashboards there are none', () => {
  expect(objectsOf(platformConfig({ monitoring: { enabled: true } })).filter(isDashboard)).toEqual([]);
});
