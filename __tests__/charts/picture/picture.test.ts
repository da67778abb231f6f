/** The picture of an environment: what it shows, and where. */

import type { Layout } from '../../../charts/picture/boxes';
import { graphOf } from '../../../charts/picture/graph';
import { layoutOf } from '../../../charts/picture/layout';
import { picture } from '../../../charts/picture/picture';
import { workloadOf } from '../../../charts/picture/workloads';
import { composePlatform } from '../../../charts/platform';
import { objectsOf, platformConfig } from '../../support/platform';

const wine = { name: 'red-x', server: 'XGBOOST_SERVER', uri: 's3://models/x/1', form: { inputs: [{ name: 'a' }] } };
const settings = (more: object = {}) => ({ frontend: { model: 'red-x' }, ...more });

function propsOf(platformSettings: unknown, models: readonly { name: string }[] = [wine]) {
  const config = platformConfig(platformSettings, models, 'north');
  return {
    ...composePlatform(config),
    workloads: objectsOf(config).flatMap(workloadOf),
    models: models.map(({ name }) => ({ name, server: 'XGBOOST_SERVER' })),
    hosts: { 'edge-x': ['models.example.org'] },
    policies: true,
  };
}
const graph = (more: object = {}, models?: readonly { name: string }[]) => graphOf(propsOf(settings(more), models));
const cards = (found: ReturnType<typeof graph>) =>
  found.groups.flatMap(({ title, cards }) => cards.map((card) => `${title}/${card.title}`));
const arrows = (found: ReturnType<typeof graph>) =>
  found.arrows.map(({ from, to, label }) => `${from} > ${to}: ${label}`);

describe('the graph', () => {
  test('has a card for each group of pods, in its namespace', () => {
    expect(cards(graph()).sort()).toEqual([
      'Kubernetes/API server',
      'fe/frontend',
      'minio-system/minio',
      'minio-system/minio-setup',
      'ml-models/models',
      'mlflow/mlflow',
      'postgres/postgresql',
      'seldon-system/seldon-controller-manager',
    ]);
  });

  test('says the Pod Security level of each namespace of the platform', () => {
    const notes = graph({}, [{ ...wine, engine: true } as typeof wine]).groups.map(({ title, note }) => [title, note]);
    expect(notes).toContainEqual(['ml-models', 'baseline']);
    expect(notes).toContainEqual(['mlflow', 'restricted']);
    expect(notes).toContainEqual(['Kubernetes', '']);
  });

  test('says what runs, how often, and with how much storage', () => {
    const lines = graph({ mlflow: { replicas: 3 }, postgresql: { storage: { size: '77Gi' } } }).groups.flatMap(
      (group) => group.cards.map(({ title, lines }) => [title, lines]),
    );
    expect(lines).toContainEqual(['mlflow', ['Deployment × 3']]);
    expect(lines).toContainEqual(['postgresql', ['StatefulSet · 77Gi']]);
  });

  test('has an arrow for each pair that talks, with its ports', () => {
    expect(arrows(graph())).toEqual(
      expect.arrayContaining([
        'fe/frontend > ml-models/models: 8000',
        'mlflow/mlflow > postgres/postgresql: 5432',
        'minio-system/minio-setup > minio-system/minio: 9000',
      ]),
    );
  });

  test('has one arrow for two that call each other', () => {
    const both = graph().arrows.filter(({ back }) => back !== undefined);
    expect(both).toEqual([
      { from: 'seldon-system/seldon-controller-manager', to: 'apiServer', label: '443, 6443, 8443', back: '4443' },
    ]);
  });

  test('shows callers from outside, with the host names they answer to', () => {
    const gateway = {
      access: { kind: 'gateway', domain: 'example.org', gateway: { namespace: 'edge-x' } },
    };
    expect(graph(gateway).groups.find(({ title }) => title === 'edge-x')).toMatchObject({
      outside: true,
      cards: [{ title: 'any pod', lines: ['models.example.org'] }],
    });
  });

  test('shows the database of an operator, whose pods have labels of its own, as what it is', () => {
    const found = graph({
      namespaces: { postgresql: 'data-x' },
      postgresql: { kind: 'cloudNativePg', instances: 3, storage: { size: '77Gi' } },
      certificates: { kind: 'own' },
    });
    expect(found.groups.find(({ title }) => title === 'data-x')?.cards).toEqual([
      { id: 'data-x/postgres', title: 'postgres', lines: ['Cluster × 3 · 77Gi · 10Gi'] },
    ]);
  });

  test('shows what proves hosts to an ACME server as that, and as no model', () => {
    const access = { kind: 'ingress', domain: 'ml.test', models: { enabled: false }, tls: { issuer: 'acme' } };
    const found = graph({ access: { ...access, ingress: { namespace: 'edge-x' } } });
    expect(
      found.groups
        .find(({ title }) => title === 'fe')
        ?.cards.map(({ title }) => title)
        .sort(),
    ).toEqual(['acme-solver', 'frontend']);
    expect(arrows(found)).toContain('namespace edge-x > fe/acme-solver: 8089');
  });

  test('counts models beyond the first few', () => {
    const many = Array.from({ length: 20 }, (_, index) => ({ ...wine, name: index === 0 ? 'red-x' : `m-${index}` }));
    const found = graph({}, many)
      .groups.flatMap((group) => group.cards)
      .find(({ title }) => title === 'models');
    expect(found?.lines).toHaveLength(5);
    expect(found?.lines.at(-1)).toBe('and 16 more');
  });

  test('shows detectors and batch jobs of all models as one card each', () => {
    const part = (name: string) => ({
      ...wine,
      name,
      protocol: 'seldon',
      engine: true,
      detector: { kind: 'outlier', uri: 's3://models/o/1' },
      batch: { input: 's3://models/in/', output: 's3://models/out' },
    });
    const found = cards(graph({}, [part('red-x'), part('m-2')]));
    expect(found).toEqual(expect.arrayContaining(['ml-models/detectors', 'ml-models/batch jobs']));
    expect(found.filter((card) => card.startsWith('ml-models/'))).toHaveLength(3);
  });
});

describe('the layout', () => {
  const everything = {
    training: { enabled: true },
    monitoring: { enabled: true },
    networkPolicies: { clients: { mlflow: ['team-x'], models: ['team-x', 'team-y'] } },
    postgresql: { backup: { enabled: true } },
  };
  const layouts = [graph(), graph(everything)].map(layoutOf);
  const overlap = (a: Layout['groups'][number], b: Layout['groups'][number]) =>
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

  test.each(layouts)('puts callers to the left of what they call in another namespace', ({ groups, arrows }) => {
    const column = (id: string) => groups.find(({ cards }) => cards.some(({ card }) => card.id === id))?.x ?? 0;
    for (const { arrow, loop } of arrows) {
      if (!loop) expect(column(arrow.from)).toBeLessThan(column(arrow.to));
    }
  });

  test.each(layouts)('has no two groups on one place, and none outside the page', ({ groups, width, height }) => {
    for (const [index, group] of groups.entries()) {
      expect(group.x + group.width).toBeLessThanOrEqual(width);
      expect(group.y + group.height).toBeLessThanOrEqual(height);
      expect(groups.slice(index + 1).filter((other) => overlap(group, other))).toEqual([]);
    }
  });

  test.each(layouts)('leads no arrow through a group that it does not belong to', ({ groups, arrows }) => {
    const inside = ({ x, y }: { x: number; y: number }, group: Layout['groups'][number]) =>
      x > group.x && x < group.x + group.width && y > group.y && y < group.y + group.height;
    for (const { points } of arrows) {
      const between = points.slice(1, -1);
      expect(groups.filter((group) => between.some((point) => inside(point, group)))).toEqual([]);
    }
  });
});

describe('the SVG', () => {
  test('of one model more differs in the names of models only', () => {
    const linesOf = (...names: string[]) =>
      picture(propsOf(settings(), [wine, ...names.map((name) => ({ ...wine, name }))])).split('\n');
    const before = linesOf('m-2', 'm-4');
    const added = linesOf('m-2', 'm-3', 'm-4').filter((line) => !before.includes(line));
    expect(added.map((line) => />(.*)</.exec(line)?.[1])).toEqual(['m-3 · XGBOOST_SERVER', 'm-4 · XGBOOST_SERVER']);
  });

  test('is the same every time', () => {
    expect(picture(propsOf(settings()))).toBe(picture(propsOf(settings())));
  });

  test('has colours for a light and for a dark page', () => {
    expect(picture(propsOf(settings()))).toContain('@media (prefers-color-scheme: dark)');
  });

  test('says that nothing is exposed, or who calls from outside', () => {
    expect(picture(propsOf(settings()))).toContain('Nothing is exposed');
    const clients = settings({ networkPolicies: { clients: { models: ['team-x'] } } });
    expect(picture(propsOf(clients))).toContain('Callers from outside the platform: team-x.');
  });

  test('escapes what is markup in XML', () => {
    const models = [{ name: 'red-x', server: 'a<b>&"c"' }];
    expect(picture({ ...propsOf(settings()), models })).toContain('a&lt;b&gt;&amp;&quot;c&quot;');
  });

  test('says so where no policy denies anything', () => {
    expect(picture({ ...propsOf(settings()), policies: false })).toContain('No network policy denies others');
  });
});
