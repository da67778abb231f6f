/** What a report finds in the difference between two trees: a row for each change, and all that is said of it. */

import { toYaml } from '../../../charts/lib/yaml';
import { composePlatform } from '../../../charts/platform';
import { compareTrees } from '../../../cli/report/compare';
import type { Tree } from '../../../cli/report/trees';
import { filesOf, platformConfig } from '../../support/platform';

type Json = Record<string, unknown>;

/** A tree of one environment with one file. */
function treeOf(objects: readonly unknown[], lock?: string): Tree {
  const text = toYaml(objects);
  return { files: new Map([['own/30-data/a.yaml', text]]), read: (paths) => paths.map(() => text), lock: () => lock };
}

const object = (kind: string, rest: Json, name = 'x', namespace: string | undefined = 'n') => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace },
  ...rest,
});

const compare = (before: unknown[], after: unknown[]) => compareTrees(treeOf(before), treeOf(after))[0];
/** The findings of a change of one object, without the object. */
const found = (before: unknown, after: unknown) => {
  const sides = [before, after].map((each) => (each === undefined ? [] : [each])) as [unknown[], unknown[]];
  return (compare(...sides)?.findings ?? []).map(({ kind, text }) => `${kind}: ${text}`);
};

const pods = (image = 'r.test/a:1') => ({ template: { spec: { containers: [{ name: 'a', image }] } } });
const sized = (storage: string) => [{ metadata: { name: 'd' }, spec: { resources: { requests: { storage } } } }];

describe('the API server refuses', () => {
  test.each<[string, string, Json, Json, string]>([
    [
      'another selector',
      'Deployment',
      { spec: { selector: { a: '1' } } },
      { spec: { selector: { a: '2' } } },
      'spec.selector.a',
    ],
    [
      'another serviceName',
      'StatefulSet',
      { spec: { serviceName: 'a', replicas: 3 } },
      { spec: { serviceName: 'b', replicas: 3 } },
      'spec.serviceName',
    ],
    [
      'a larger claim of a StatefulSet',
      'StatefulSet',
      { spec: { replicas: 3, volumeClaimTemplates: sized('1Gi') } },
      { spec: { replicas: 3, volumeClaimTemplates: sized('2Gi') } },
      'spec.volumeClaimTemplates[d].spec.resources.requests.storage',
    ],
    [
      'another pod of a Job',
      'Job',
      { spec: pods() },
      { spec: pods('r.test/a:2') },
      'spec.template.spec.containers[a].image',
    ],
    ['another address', 'Service', { spec: {} }, { spec: { clusterIP: 'None' } }, 'spec.clusterIP'],
    [
      'another class of a claim',
      'PersistentVolumeClaim',
      { spec: { storageClassName: 'a' } },
      { spec: { storageClassName: 'b' } },
      'spec.storageClassName',
    ],
    ['another role', 'RoleBinding', { roleRef: { name: 'a' } }, { roleRef: { name: 'b' } }, 'roleRef.name'],
    [
      'another scope of a type',
      'CustomResourceDefinition',
      { spec: { scope: 'Cluster' } },
      { spec: { scope: 'Namespaced' } },
      'spec.scope',
    ],
    [
      'other data of what is immutable',
      'ConfigMap',
      { immutable: true, data: { a: '1' } },
      { immutable: true, data: { a: '2' } },
      'data.a',
    ],
  ])('%s', (_, kind, before, after, path) => {
    const findings = compare([object(kind, before)], [object(kind, after)])?.findings ?? [];
    const refused = findings.filter((finding) => finding.kind === 'refused');
    expect(refused.map(({ text }) => text)).toEqual([`${path} cannot be changed`]);
    expect(refused[0]?.wayOut).toMatch(/\S/);
  });

  test.each<[string, string, Json, Json]>([
    [
      'more replicas',
      'StatefulSet',
      { spec: { replicas: 2, ...pods() } },
      { spec: { replicas: 3, ...pods('r.test/a:2') } },
    ],
    [
      'a larger claim',
      'PersistentVolumeClaim',
      { spec: { resources: { requests: { storage: '1Gi' } } } },
      { spec: { resources: { requests: { storage: '2Gi' } } } },
    ],
    ['other data', 'ConfigMap', { data: { a: '1' } }, { data: { a: '2' } }],
    ['an address that is left to it', 'Service', { spec: { clusterIP: '10.0.0.1' } }, { spec: {} }],
    [
      'a longer deadline of a Job',
      'Job',
      { spec: { activeDeadlineSeconds: 1 } },
      { spec: { activeDeadlineSeconds: 2 } },
    ],
  ])('not %s', (_, kind, before, after) => {
    expect(found(object(kind, before), object(kind, after))).toEqual([]);
  });

  test('not another Job for other content, which runs once more', () => {
    const job = (hash: string) => object('Job', { spec: pods(`r.test/a:${hash}`) }, `setup-${hash}`);
    const change = compare([job('00000001')], [job('00000002')]);
    expect(change?.findings).toEqual([]);
    expect(change?.restarts.map(({ title, manner }) => `${title} ${manner}`)).toEqual(['Job n/setup runs once more']);
  });
});

describe('data', () => {
  test('goes with a StatefulSet', () => {
    expect(found(object('StatefulSet', { spec: { volumeClaimTemplates: sized('1Gi') } }), undefined)).toContain(
      'data: is removed, and the data with it once it is deleted in the cluster',
    );
  });

  test('does not fit into a smaller volume', () => {
    const claim = (storage: string) =>
      object('PersistentVolumeClaim', { spec: { resources: { requests: { storage } } } });
    expect(found(claim('2Gi'), claim('1Gi'))).toEqual([
      'data: PersistentVolumeClaim n/x of 2048Mi, which would shrink to 1024Mi: a volume only grows, and the API server refuses the change',
    ]);
  });

  test('stays on the volumes of servers that go', () => {
    const servers = (replicas: number) =>
      object('StatefulSet', { spec: { replicas, volumeClaimTemplates: sized('1Gi') } });
    expect(found(servers(5), servers(3))).toEqual([
      'data: StatefulSet n/x of 5 servers, of which 3 would be left: nobody reads what the others alone hold',
    ]);
  });

  test('is not read by another major release', () => {
    const server = (version: string) => {
      const labels = { 'app.kubernetes.io/name': 'postgresql', 'app.kubernetes.io/version': version };
      const { metadata, ...rest } = object('StatefulSet', { spec: { volumeClaimTemplates: sized('1Gi') } });
      return { ...rest, metadata: { ...metadata, labels } };
    };
    expect(found(server('7.9'), server('8.1'))).toContainEqual(
      expect.stringMatching(/^data: PersistentVolumeClaim .* of PostgreSQL 7, which PostgreSQL 8 does not read: /),
    );
  });
});

describe('files of a database are of another user', () => {
  const run = (securityContext: Json) => {
    const { metadata, ...rest } = object('StatefulSet', {
      spec: {
        volumeClaimTemplates: sized('1Gi'),
        template: { spec: { securityContext, containers: [{ name: 'a' }] } },
      },
    });
    return { ...rest, metadata: { ...metadata, labels: { 'app.kubernetes.io/name': 'postgresql' } } };
  };
  const claim = 'data: PersistentVolumeClaim n/d-x-0 of';
  const chosen = 'the user that the cluster chooses';

  test.each<[string, Json, Json, string]>([
    [
      'than the server',
      { runAsUser: 70 },
      { runAsUser: 20001 },
      'user 70, whose files PostgreSQL refuses as user 20001',
    ],
    ['than the cluster may choose', { runAsUser: 70 }, {}, `user 70, whose files PostgreSQL refuses as ${chosen}`],
    ['whom the cluster chose', {}, { runAsUser: 70 }, `${chosen}, whose files PostgreSQL refuses as user 70`],
  ])('%s', (_, before, after, text) => {
    expect(found(run(before), run(after))).toContain(`${claim} ${text}: it would not start`);
  });
});

describe('data stays at the place where a server kept it', () => {
  const server = (env: Record<string, string>, args: readonly string[] = [], kind = 'Deployment') => {
    const variables = Object.entries(env).map(([name, value]) => ({ name, value }));
    return object(kind, { spec: { template: { spec: { containers: [{ name: 'a', args, env: variables }] } } } });
  };
  const database = (changes: Record<string, string> = {}) =>
    server({ PGHOST: 'old.test', PGPORT: '5433', PGDATABASE: 'runs', ...changes });
  const artifacts = (bucket: string, endpoint: string) =>
    server({ MLFLOW_S3_ENDPOINT_URL: endpoint }, [`--artifacts-destination=s3://${bucket}/`]);
  const log = (bucket: string) => server({ BUCKET: bucket, AWS_ENDPOINT_URL_S3: 'https://s3.test' });

  test.each<[string, object, object, string]>([
    ['another server', database(), database({ PGHOST: 'new.test' }), 'its tables at new.test:5433/runs'],
    ['another database', database(), database({ PGDATABASE: 'b' }), 'its tables at old.test:5433/b'],
    [
      'another schema',
      database(),
      database({ PGOPTIONS: '-c search_path=s' }),
      'its tables at old.test:5433/runs in s',
    ],
    [
      'another bucket of artifacts',
      artifacts('a', 'http://s3.test:90'),
      artifacts('b', 'http://s3.test:90'),
      'artifacts at s3://b/ of s3.test:90',
    ],
    [
      'another store',
      artifacts('a', 'http://x.test'),
      artifacts('a', 'http://y.test'),
      'artifacts at s3://a/ of y.test',
    ],
    ['another bucket of a log', log('a'), log('b'), 'objects at s3://b/ of s3.test'],
  ])('%s', (_, before, after, place) => {
    const told = compare([before], [after])?.findings ?? [];
    expect(told.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
      expect.stringMatching(
        `^data: keeps ${place} from now on, before at \\S+( of s3.test(:90)?| of x.test)?: what is there stays there$`,
      ),
    ]);
    expect(told[0]?.wayOut).toMatch(/\S/);
  });

  test.each<[string, object | undefined, object | undefined]>([
    ['a store that speaks TLS now', artifacts('a', 'http://x.test'), artifacts('a', 'https://x.test')],
    ['a user of another name', database({ PGUSER: 'a' }), database({ PGUSER: 'b' })],
    ['a server that is new', undefined, database()],
    ['what runs to its end', server({ BUCKET: 'a' }, [], 'CronJob'), server({ BUCKET: 'b' }, [], 'CronJob')],
  ])('not by %s', (_, before, after) => {
    expect(found(before, after)).toEqual([]);
  });
});

describe('nobody answers', () => {
  const strategy = (type: string, rollingUpdate?: Json) => ({
    strategy: { type, ...(rollingUpdate && { rollingUpdate }) },
  });
  test.each<[string, string, Json, Json | undefined, string[]]>([
    [
      'while all pods are replaced at once',
      'Deployment',
      strategy('Recreate'),
      strategy('Recreate'),
      ['downtime: strategy Recreate: all pods stop before new ones start'],
    ],
    [
      'while the one pod of a StatefulSet is replaced',
      'StatefulSet',
      { replicas: 1 },
      { replicas: 1 },
      ['downtime: one pod, which stops before a new one starts'],
    ],
    [
      'where there is no room for a second pod',
      'Deployment',
      strategy('RollingUpdate', { maxSurge: 0 }),
      strategy('RollingUpdate', { maxSurge: 0 }),
      ['downtime: one pod and maxSurge 0: it stops before a new one starts'],
    ],
    ['at nothing', 'Deployment', { replicas: 1 }, { replicas: 0 }, ['downtime: has no replicas any more']],
    ['who is removed', 'Deployment', {}, undefined, ['downtime: is removed; who calls it gets no answer']],
    ['never, where new pods come first', 'Deployment', strategy('RollingUpdate'), strategy('RollingUpdate'), []],
    ['never, where one pod follows the other', 'StatefulSet', { replicas: 3 }, { replicas: 3 }, []],
  ])('%s', (_, kind, before, after, findings) => {
    const next = after && object(kind, { spec: { ...after, ...pods('r.test/a:2') } });
    expect(found(object(kind, { spec: { ...before, ...pods() } }), next)).toEqual(findings);
  });

  test('at a port that is gone, or where a Service leads elsewhere', () => {
    const service = (port: number, app: string) =>
      object('Service', { spec: { ports: [{ port }], selector: { app } } });
    expect(found(service(80, 'a'), service(81, 'b'))).toEqual([
      'downtime: no longer answers at 80/TCP',
      'downtime: leads to other pods, which have to be there before',
    ]);
  });
});

describe('access is wider', () => {
  const role = (...rules: Json[]) => object('Role', { rules });
  const rule = (verbs: string[], resources = ['pods']) => ({ apiGroups: [''], resources, verbs });
  const binding = (...names: string[]) =>
    object('RoleBinding', {
      roleRef: { kind: 'Role', name: 'r' },
      subjects: names.map((name) => ({ kind: 'ServiceAccount', namespace: 'n', name })),
    });
  const level = (name: string) =>
    object('Namespace', { metadata: { name: 'n', labels: { 'pod-security.kubernetes.io/enforce': name } } });

  test.each<[string, object | undefined, object, string[]]>([
    ['by a verb', role(rule(['get'])), role(rule(['get', 'delete'])), ['may now delete pods']],
    ['by a resource', role(rule(['get'])), role(rule(['get'], ['pods', 'secrets'])), ['may now get secrets']],
    ['without the names', role({ ...rule(['get']), resourceNames: ['a'] }), role(rule(['get'])), ['may now get pods']],
    ['by a new role', undefined, role(rule(['list'])), ['may now list pods']],
    ['by a subject', binding('a'), binding('a', 'b'), ['gives ServiceAccount n/b the Role r']],
    [
      'by a lower level of pods',
      level('restricted'),
      level('baseline'),
      ['takes pods of Pod Security level baseline, before restricted only'],
    ],
  ])('%s', (_, before, after, texts) => {
    expect(found(before, after)).toEqual(texts.map((text) => `access: ${text}`));
  });

  test.each<[string, object, object]>([
    ['fewer verbs', role(rule(['get', 'list'])), role(rule(['get']))],
    ['what "*" had already', role(rule(['*'])), role(rule(['get', 'list']))],
    ['a higher level of pods', level('baseline'), level('restricted')],
  ])('not by %s', (_, before, after) => {
    expect(found(before, after)).toEqual([]);
  });
});

describe('more is reached', () => {
  const policy = (ingress: Json[], rest: Json = {}) =>
    object('NetworkPolicy', { spec: { podSelector: {}, policyTypes: ['Ingress'], ingress, ...rest } });
  const from = (namespace: string, port = 80) => ({
    from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }],
    ports: [{ port }],
  });

  test.each<[string, object | undefined, object | undefined, string[]]>([
    ['by a caller', policy([from('a')]), policy([from('a'), from('b')]), ['allows calls from all pods of b at 80']],
    ['at a port', policy([from('a')]), policy([from('a', 81)]), ['allows calls from all pods of a at 81']],
    ['by anybody', undefined, policy([{}]), ['allows calls from anybody at every port']],
    [
      'in a direction that was limited',
      policy([], { policyTypes: ['Ingress', 'Egress'] }),
      policy([]),
      ['no longer limits egress'],
    ],
    [
      'without a policy',
      policy([]),
      undefined,
      ['is removed; where no other policy names its pods, everybody reaches them, and they reach everybody'],
    ],
    ['from outside', undefined, object('HTTPRoute', {}), ['is a new way in from outside the cluster']],
    [
      'at the nodes',
      object('Service', { spec: {} }),
      object('Service', { spec: { type: 'NodePort' } }),
      ['is of type NodePort, reached from outside the cluster'],
    ],
  ])('%s', (_, before, after, texts) => {
    expect(found(before, after)).toEqual(texts.map((text) => `network: ${text}`));
  });

  test.each<[string, object | undefined, object]>([
    ['fewer callers', policy([from('a'), from('b')]), policy([from('a')])],
    ['a policy for new pods', undefined, policy([from('a')])],
  ])('not by %s', (_, before, after) => {
    expect(found(before, after)).toEqual([]);
  });
});

describe('models', () => {
  const tree = (settings: unknown, models?: readonly unknown[]): Tree => {
    const files = [...filesOf(composePlatform(platformConfig(settings, models)))].map(
      ([path, objects]): [string, string] => [`own/${path}`, toYaml(objects)],
    );
    const texts = new Map(files);
    return { files: texts, read: (paths) => paths.map((path) => texts.get(path) ?? ''), lock: () => undefined };
  };
  const restarts = (before: Tree, after: Tree) =>
    compareTrees(before, after).flatMap((change) => change.restarts.map(({ title, reasons }) => [title, ...reasons()]));
  const wine = {
    name: 'mlflow-wine',
    server: 'MLFLOW_SERVER',
    uri: 's3://models/wine/1',
    form: { inputs: [{ name: 'a' }] },
  };

  test('start anew with other files', () => {
    expect(restarts(tree({}, [wine]), tree({}, [{ ...wine, uri: 's3://models/wine/2' }]))).toEqual([
      ['SeldonDeployment ml-models/mlflow-wine', expect.stringContaining('s3://models/wine/1')],
    ]);
  });

  test('do not start anew with more replicas', () => {
    expect(restarts(tree({}, [{ ...wine, replicas: 2 }]), tree({}, [{ ...wine, replicas: 3 }]))).toEqual([]);
  });

  test('start anew with another image of their server, which only seldon-config says', () => {
    const settings = { images: { overrides: { mlserverMlflow: { tag: '9' } } } };
    expect(restarts(tree({}), tree(settings))).toContainEqual([
      '1 model with MLFLOW_SERVER, v2 protocol',
      'image: docker.io/seldonio/mlserver:1.7.1-mlflow → docker.io/seldonio/mlserver:9',
    ]);
  });

  test('with an executor start anew with another image of it', () => {
    const settings = { images: { overrides: { seldonExecutor: { tag: '9' } } } };
    const models = [
      { ...wine, engine: true },
      { ...wine, name: 'other' },
    ];
    expect(restarts(tree({}, models), tree(settings, models))).toContainEqual([
      '1 model with an executor',
      'image: docker.io/seldonio/seldon-core-executor:1.17.1 → docker.io/seldonio/seldon-core-executor:9',
    ]);
  });
});

test('an object that moved to another file has not changed', () => {
  const text = toYaml([object('Service', {})]);
  const at = (path: string): Tree => ({ files: new Map([[path, text]]), read: () => [text], lock: () => undefined });
  expect(compareTrees(at('own/30-data/a.yaml'), at('own/40-tracking/b.yaml'))).toEqual([]);
});
