/** What synth refuses to leave out or to shrink, and the words that explain it. */
import { removedSchema } from '../../../charts/upgrades/config';
import { statefulOf } from '../../../charts/upgrades/stateful';
import { upgradeFaults } from '../../../charts/upgrades/upgrades';
import { platformRefuses } from '../../support/refusals';

const set = (name: string, size: string, namespace = 'data', replicas = 1) => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name, namespace },
  spec: {
    replicas,
    volumeClaimTemplates: [{ metadata: { name: 'files' }, spec: { resources: { requests: { storage: size } } } }],
  },
});
const server = (version: string, name = 'postgresql') => {
  const { metadata, ...rest } = set('db', '1Gi');
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/version': version };
  return { ...rest, metadata: { ...metadata, labels } };
};
/** With the user of the pod, and of its container where that has one of its own. */
const run = (user: number | undefined, own?: number) => {
  const { spec, ...rest } = server('nightly');
  const pod = { securityContext: { runAsUser: user }, containers: [{ securityContext: { runAsUser: own } }] };
  return { ...rest, spec: { ...spec, template: { spec: pod } } };
};
const store = (servers: number) => {
  const { metadata, ...rest } = set('store', '1Gi', 'data', servers);
  return { ...rest, metadata: { ...metadata, labels: { 'app.kubernetes.io/name': 'minio' } } };
};
const named = (kind: string, name: string, namespace?: string) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace },
});
const claim = (name: string, storage: string) => ({
  ...named('PersistentVolumeClaim', name, 'data'),
  spec: { resources: { requests: { storage } } },
});
const cluster = (size: string, wal?: string) => ({
  ...named('Cluster', 'pg', 'data'),
  apiVersion: 'postgresql.cnpg.io/v1',
  spec: { storage: { size }, ...(wal && { walStorage: { size: wal } }) },
});

const faults = (before: object[], after: object[], words: Parameters<typeof upgradeFaults>[1] = {}) =>
  upgradeFaults('platform.yaml', words, before.flatMap(statefulOf), after.flatMap(statefulOf));

describe('is refused without a word', () => {
  test.each<[string, object, string, string]>([
    ['a StatefulSet with volumes', set('db', '1Gi'), 'StatefulSet data/db', 'its data stays behind'],
    ['a claim', claim('files', '1Gi'), 'PersistentVolumeClaim data/files', 'its data stays behind'],
    ['a database cluster', cluster('1Gi'), 'Cluster data/pg', 'its data stays behind'],
    ['a namespace', named('Namespace', 'data'), 'Namespace data', 'whoever deletes it deletes the volumes in it'],
    [
      'a type',
      named('CustomResourceDefinition', 'things.test'),
      'CustomResourceDefinition things.test',
      'whoever deletes it deletes every object of that type',
    ],
  ])('the removal of %s', (_, object, title, consequence) => {
    expect(faults([object], [])).toEqual([
      `platform.yaml: removed: lacks ${title}, which dist/ has and which is no longer rendered: ${consequence}; where ` +
        `that is meant, add "${title}", or say in "moved" what it is called now`,
    ]);
    expect(faults([object], [], { removed: [title] })).toEqual([]);
  });

  test.each<[string, object, object, string]>([
    ['a claim', claim('files', '2Gi'), claim('files', '1Gi'), 'PersistentVolumeClaim data/files'],
    ['a StatefulSet', set('db', '2Gi'), set('db', '1Gi'), 'PersistentVolumeClaim data/files-db-0'],
    ['a database cluster', cluster('2Gi'), cluster('1024Mi'), 'Cluster data/pg'],
  ])('a smaller volume of %s', (_, before, after, title) => {
    expect(faults([before], [after])).toEqual([
      `platform.yaml: removed: lacks ${title} of 2048Mi, which would shrink to 1024Mi: a volume only grows, and the API ` +
        `server refuses the change; keep its size, or add "${title} of 2048Mi" where you replace it by an empty one`,
    ]);
  });

  test('the removal of a volume for the WAL, which the operator refuses', () => {
    expect(faults([cluster('2Gi', '1Gi')], [cluster('2Gi')])).toEqual([
      expect.stringContaining('lacks Cluster data/pg (WAL) of 1024Mi, which would shrink to 0Mi'),
    ]);
  });

  test('a server of another major release on the same volume, older or newer', () => {
    const unread = (before: string, after: string) =>
      `platform.yaml: removed: lacks PersistentVolumeClaim data/files-db-0 of ${before}, which ${after} does not read: the new ` +
      `server would start empty; keep the release, or add "PersistentVolumeClaim data/files-db-0 of ${before}" where you move ` +
      'the data by a dump (docs/operations.md)';
    const [older, newer] = [server('7.9-slim'), server('11.0')];
    expect(faults([older], [newer])).toEqual([unread('PostgreSQL 7', 'PostgreSQL 11')]);
    expect(faults([newer], [older])).toEqual([unread('PostgreSQL 11', 'PostgreSQL 7')]);
  });

  test('a server that runs as another user than the owner of the files', () => {
    expect(faults([run(70)], [run(20001)])).toEqual([
      'platform.yaml: removed: lacks PersistentVolumeClaim data/files-db-0 of user 70, whose files PostgreSQL refuses as user ' +
        '20001: it would not start; keep podSecurity.uids, or give its pod the user by a patch, or add "PersistentVolumeClaim ' +
        'data/files-db-0 of user 70" where it holds nothing yet, or you move the data by a dump (docs/operations.md)',
    ]);
  });

  test.each<[string, number, number, string, string]>([
    ['more', 4, 6, '4 servers', '6 servers'],
    ['fewer', 6, 4, '6 servers', '4 servers'],
    ['several in place of one', 1, 4, '1 server', '4 servers'],
    ['one in place of several', 4, 1, '4 servers', '1 server'],
  ])('servers of a store that are %s', (_, before, after, old, now) => {
    expect(faults([store(before)], [store(after)])).toEqual([
      `platform.yaml: removed: lacks StatefulSet data/store of ${old}, whose data MinIO of ${now} does not read: it would not ` +
        'start; keep their number, or fill a new store beside it ("Move to another object store" in docs/operations.md), or ' +
        `add "StatefulSet data/store of ${old}" where it holds nothing yet, or you delete its claims`,
    ]);
  });

  test('fewer servers of what each holds a part', () => {
    expect(faults([set('db', '1Gi', 'data', 5)], [set('db', '1Gi', 'data', 3)])).toEqual([
      'platform.yaml: removed: lacks StatefulSet data/db of 5 servers, of which 3 would be left: nobody reads what the others ' +
        'alone hold; keep their number, or add "StatefulSet data/db of 5 servers" where you have moved it to those that stay',
    ]);
  });

  test('another name', () => {
    expect(faults([set('db', '1Gi')], [set('db', '1Gi', 'other')])).toHaveLength(1);
  });
});

describe('is accepted', () => {
  test.each<[string, object[], object[]]>([
    ['a larger volume', [set('db', '1Gi')], [set('db', '2Gi')]],
    ['a volume for the WAL that is new', [cluster('2Gi')], [cluster('2Gi', '1Gi')]],
    ['a volume of the same size in other words', [claim('files', '1Gi')], [claim('files', '1024Mi')]],
    ['a minor release of a database', [server('7.9')], [server('7.12-slim')]],
    ['a release of an image that says no version', [server('7.9')], [server('nightly')]],
    ['a major release of what reads its older data', [server('7.9', 'store')], [server('8.0', 'store')]],
    ['more servers', [set('db', '1Gi', 'data', 3)], [set('db', '1Gi', 'data', 5)]],
    ['servers that stop, all of them', [store(4)], [store(0)]],
    ['servers that come back', [store(0)], [store(4)]],
    ['a user of the pod that its server does not run as', [run(70)], [run(20001, 70)]],
    ['a user that the cluster chooses', [run(70)], [run(undefined)]],
    ['the removal of what has no data', [named('Service', 'db', 'data')], []],
  ])('%s', (_, before, after) => {
    expect(faults(before, after)).toEqual([]);
  });

  test('what has moved to another name', () => {
    const moved = [{ from: 'StatefulSet data/db', to: 'StatefulSet other/db' }];
    expect(faults([set('db', '1Gi')], [set('db', '1Gi', 'other')], { moved })).toEqual([]);
    // As in every later run.
    expect(faults([], [set('db', '1Gi', 'other')], { moved })).toEqual([]);
  });

  test('a claim that is replaced by a smaller one, and may be for as long as the entry stays', () => {
    const removed = ['PersistentVolumeClaim data/files of 2048Mi'];
    expect(faults([claim('files', '2Gi')], [claim('files', '1Gi')], { removed })).toEqual([]);
    // As in every later run.
    expect(faults([], [claim('files', '1Gi')], { removed })).toEqual([]);
  });

  test('data that is moved to another major release, and may be for as long as the entry stays', () => {
    const removed = ['PersistentVolumeClaim data/files-db-0 of PostgreSQL 9'];
    expect(faults([server('9.1')], [server('8.2')], { removed })).toEqual([]);
    expect(faults([], [server('8.2')], { removed })).toEqual([]);
  });
});

describe('an entry is refused', () => {
  test('never, where a message asks for it', () => {
    const asked = [
      ...faults([cluster('2Gi', '1Gi'), server('9.1')], [cluster('1Gi'), server('8.2')]),
      ...faults([run(70)], [run(20001)]),
      ...faults([store(4), set('parts', '1Gi', 'data', 3)], [store(1), set('parts', '1Gi')]),
      ...faults([set('db', '1Gi'), claim('files', '1500M'), named('Namespace', 'data')], []),
    ].map((line) => /add "([^"]*)"/.exec(line)?.[1]);
    expect(asked).toHaveLength(9);
    expect(removedSchema.parse(asked)).toEqual(asked);
  });

  test('that would excuse the next loss', () => {
    expect(faults([], [set('db', '1Gi')], { removed: ['StatefulSet data/db'] })).toEqual([
      'platform.yaml: removed[0]: is StatefulSet data/db, which the environment has; remove the entry',
    ]);
  });

  test.each<[string, object, string]>([
    ['a claim', claim('files', '1Gi'), 'PersistentVolumeClaim data/files'],
    ['a claim of a StatefulSet', set('db', '1Gi'), 'PersistentVolumeClaim data/files-db-0'],
    ['the size of a volume', claim('files', '1Gi'), 'PersistentVolumeClaim data/files of 1024Mi'],
    ['a number of servers', set('db', '1Gi', 'data', 3), 'StatefulSet data/db of 3 servers'],
    ['the user of a database', run(70), 'PersistentVolumeClaim data/files-db-0 of user 70'],
    ['a release of a database', server('9.1'), 'PersistentVolumeClaim data/files-db-0 of PostgreSQL 9'],
  ])('of %s that is rendered again', (_, object, name) => {
    expect(faults([], [object], { removed: [name] })).toEqual([
      `platform.yaml: removed[0]: is ${name}, which the environment has; remove the entry`,
    ]);
  });

  test('of the last loss, and does not excuse the next one', () => {
    const removed = ['PersistentVolumeClaim data/files-db-0 of PostgreSQL 9'];
    expect(faults([server('8.2')], [server('7.3')], { removed })).toEqual([
      expect.stringContaining('lacks PersistentVolumeClaim data/files-db-0 of PostgreSQL 8'),
    ]);
  });

  test('of a move that has not happened', () => {
    const moved = [{ from: 'StatefulSet data/db', to: 'StatefulSet other/db' }];
    expect(faults([], [set('db', '1Gi')], { moved })).toEqual([
      'platform.yaml: moved[0].from: is StatefulSet data/db, which is where it was; remove the entry',
    ]);
  });

  test('of a move to nowhere', () => {
    const moved = [{ from: 'StatefulSet data/db', to: 'Deployment other/db' }];
    expect(faults([set('db', '1Gi')], [], { moved })).toEqual([
      'platform.yaml: moved[0].to: is Deployment other/db, which is not rendered, or has no data; such as "StatefulSet data/db"',
    ]);
  });
});

platformRefuses({
  'words about data that': [
    [
      'name no kind',
      'removed: [postgres/postgresql]',
      'removed[0]: must be a kind and a name, with the namespace in front where there is one, not "postgres/postgresql", such as "StatefulSet postgres/postgresql"',
    ],
    [
      'say only half of a move',
      'moved: [{from: Namespace a}]',
      'moved[0].to: is required, such as "StatefulSet data/postgresql"',
    ],
  ],
});
