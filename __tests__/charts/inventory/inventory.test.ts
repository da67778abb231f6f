/** The inventory of a platform, section by section, on objects that no chart of ours renders. */
import { access } from '../../../charts/inventory/access';
import { connections } from '../../../charts/inventory/connections';
import { inventory } from '../../../charts/inventory/inventory';
import { models } from '../../../charts/inventory/models';
import { secrets } from '../../../charts/inventory/secrets';
import { routes, services } from '../../../charts/inventory/services';
import { capped, row } from '../../../charts/inventory/text';
import { volumes } from '../../../charts/inventory/volumes';
import { workloads } from '../../../charts/inventory/workloads';
import type { ObjectJson } from '../../../charts/lib/workload-json';

/** An object of some kind. */
const made = (kind: string, name: string, namespace: string | undefined, fields: object = {}): ObjectJson => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, ...(namespace && { namespace }) },
  ...fields,
});

/** Lines without the spaces that align them. */
const words = (lines: readonly string[]) => lines.map((line) => line.trim().replace(/ {2,}/g, ' | '));

const container = (name: string, fields: object = {}) => ({
  name,
  image: `example.org/${name}:1`,
  resources: { requests: { cpu: '10m', memory: '1Mi' }, limits: { cpu: 2, memory: '1Mi' } },
  ...fields,
});
const template = (spec: object) => ({ template: { spec } });

describe('the form', () => {
  test('has columns of fixed width, which a longer cell does not change for other lines', () => {
    expect(row([6, 4], 'ab', 'c', 'd')).toBe('ab    c   d');
    expect(row([6, 4], 'abcdef', 'c', 'd')).toBe('abcdef  c   d');
    expect(row([6, 4], 'ab', '', 'd')).toBe('ab        d');
  });

  test('says how many of a long list it leaves out', () => {
    const letters = ['a', 'b', 'c', 'd'];
    expect(capped(letters, 4)).toEqual(letters);
    expect(capped(letters, 3)).toEqual(['a', 'b', 'and 2 more']);
  });
});

describe('workloads', () => {
  test('have their pods, and each container its requests to limits and image, first containers first', () => {
    const spec = { containers: [container('main')], initContainers: [container('wait')] };
    expect(words(workloads([made('Deployment', 'd', 'x', { spec: { replicas: 4, ...template(spec) } })]))).toEqual([
      'x',
      'Deployment d: 4 pods',
      'wait (first) | 10m to 2 CPU | 1Mi | example.org/wait:1',
      'main | 10m to 2 CPU | 1Mi | example.org/main:1',
    ]);
  });

  test('of a schedule have it, and Jobs run once', () => {
    const pod = template({ containers: [container('c', { resources: {} })] });
    const objects = [
      made('CronJob', 'c', 'x', { spec: { schedule: '0 3 * * *', jobTemplate: { spec: pod } } }),
      made('Job', 'j', 'x', { spec: pod }),
    ];
    expect(words(workloads(objects))).toEqual([
      'x',
      'CronJob c: at 0 3 * * *',
      'c | any CPU | any | example.org/c:1',
      'Job j: once',
      'c | any CPU | any | example.org/c:1',
    ]);
  });
});

describe('models', () => {
  const graph = { name: 'node', implementation: 'X_SERVER', modelUri: 's3://b/1' };
  const predictor = (fields: object = {}, component: object = {}) => ({
    name: 'main',
    annotations: { 'seldon.io/no-engine': 'true' },
    graph,
    componentSpecs: [{ metadata: {}, spec: { containers: [container('node', { image: undefined })] }, ...component }],
    ...fields,
  });
  const model = (name: string, ...predictors: object[]) =>
    made('SeldonDeployment', name, 'm', { spec: { protocol: 'v9', predictors } });

  test('of one shape are told of once, with the files of each', () => {
    const other = predictor({ graph: { ...graph, modelUri: 's3://b/2' } });
    expect(words(models([model('b', other), model('a', predictor())]))).toEqual([
      'protocol v9, asks for 10m CPU, 1Mi memory',
      'predictor main: 1 pod, http 9000, grpc 9500',
      'node: X_SERVER',
      'm/a | s3://b/1',
      'm/b | s3://b/2',
    ]);
  });

  test('share requests among predictors, and shadow them', () => {
    const lines = words(
      models([
        model('a', predictor({ traffic: 70 }), predictor({ name: 'c', traffic: 30, replicas: 3 }), {
          ...predictor({ name: 's', shadow: true, traffic: 5 }),
        }),
      ]),
    ).filter((line) => line.startsWith('predictor'));
    expect(lines.map((line) => line.replace(/, http.*/, ''))).toEqual([
      'predictor main, 70% of requests: 1 pod',
      'predictor c, 30% of requests: 3 pods',
      'predictor s, a shadow of 5%: 1 pod',
    ]);
  });

  test.each<[string, object, string]>([
    [
      'the CPU that is used',
      { hpaSpec: { maxReplicas: 7, metricsv2: [resource('cpu', { averageUtilization: 61 })] } },
      '1 to 7 pods by cpu at 61%',
    ],
    [
      'an amount of memory',
      { hpaSpec: { minReplicas: 2, maxReplicas: 3, metricsv2: [resource('memory', { averageValue: '5Gi' })] } },
      '2 to 3 pods by memory at 5Gi',
    ],
    ['KEDA', { kedaSpec: { maxReplicaCount: 4, triggers: [{ type: 'cron' }] } }, '0 to 4 pods by KEDA (cron)'],
  ])('are scaled by %s', (_, component, text) => {
    expect(words(models([model('a', predictor({}, component))]))[1]).toBe(
      `predictor main: ${text}, http 9000, grpc 9500`,
    );
  });

  test('show their graph, images, logs, executor and explainer', () => {
    const lines = models([
      model(
        'a',
        predictor({
          annotations: {},
          graph: {
            name: 'top',
            type: 'ROUTER',
            children: [{ ...graph, logger: { mode: 'request', url: 'http://l/' } }],
          },
          explainer: { type: 'Kind', modelUri: 's3://b/e', containerSpec: {}, replicas: 2 },
        }),
      ),
    ]);
    expect(lines.slice(2)).toEqual([
      '    executor in front',
      '    top: ROUTER',
      '      node: X_SERVER, logs request to http://l/',
      '    explainer Kind: 2 pods',
      `      ${'m/a'.padEnd(34)}s3://b/1, s3://b/e`,
    ]);
  });

  test('are few lines however many there are', () => {
    const many = Array.from({ length: 3000 }, (_, index) => model(`m${index}`, predictor()));
    const lines = models(many);
    expect(lines.length).toBeLessThan(30);
    expect(lines.at(-1)?.trim()).toBe('and 2981 more');
  });

  function resource(name: string, target: object) {
    return { type: 'Resource', resource: { name, target } };
  }
});

describe('who may call whom', () => {
  const pods = (namespace: string, app: string) => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    podSelector: { matchLabels: { app } },
  });
  const policy = (name: string, namespace: string, app: string, rules: object) =>
    made('NetworkPolicy', name, namespace, {
      spec: { podSelector: { matchLabels: { app } }, policyTypes: [], ...rules },
    });
  const deny = (namespace: string) =>
    made('NetworkPolicy', 'deny', namespace, { spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } });

  test('is a line for each connection, by the names of the policies at both ends', () => {
    const objects = [
      policy('caller', 'a', 'one', { egress: [{ to: [pods('b', 'two')], ports: [{ port: 81 }] }] }),
      policy('called', 'b', 'two', { ingress: [{ from: [pods('a', 'one')], ports: [{ port: 81 }] }] }),
    ];
    expect(words(connections(objects))).toEqual(['a/caller | -> b/called | 81']);
  });

  test.each<[string, object, string]>([
    ['everybody', { ports: [{ port: 1 }] }, 'x/p | -> any address | 1'],
    ['a namespace', { to: [{ namespaceSelector: pods('n', '').namespaceSelector }] }, 'x/p | -> n/* | every port'],
    [
      'pods of the own namespace',
      { to: [{ podSelector: { matchLabels: { k: 'v' } } }] },
      'x/p | -> x/k=v | every port',
    ],
    ['an address', { to: [{ ipBlock: { cidr: '10.1.0.0/16' } }] }, 'x/p | -> 10.1.0.0/16 | every port'],
    ['every namespace', { to: [{ namespaceSelector: {} }] }, 'x/p | -> every namespace/* | every port'],
    ['a range', { ports: [{ port: 5, endPort: 9, protocol: 'UDP' }] }, 'x/p | -> any address | 5 to 9 UDP'],
  ])('names %s', (_, rule, line) => {
    expect(words(connections([policy('p', 'x', 'one', { egress: [rule] })]))).toEqual([line]);
  });

  test('tells of a namespace that denies nothing', () => {
    const objects = [made('Namespace', 'open', undefined), made('Namespace', 'closed', undefined), deny('closed')];
    expect(words(connections(objects))).toEqual(['anybody | -> open | no policy denies what none allows']);
  });

  test('counts those who ask the DNS', () => {
    const rule = { to: [pods('dns', 'dns')], ports: [{ port: 53, protocol: 'UDP' }] };
    const objects = ['a', 'b', 'c'].map((name) => policy(name, 'x', name, { egress: [rule] }));
    expect(words(connections(objects))).toEqual(['3 groups of pods | -> dns/app=dns | 53 UDP']);
  });
});

test('Secrets have the keys that are read, how, and their readers', () => {
  const reads = (name: string, spec: object) => made('Deployment', name, 'x', { spec: template(spec) });
  const secretKeyRef = { name: 's1', key: 'k1' };
  const objects = [
    reads('a', { containers: [container('c', { env: [{ name: 'E', valueFrom: { secretKeyRef } }, { name: 'F' }] })] }),
    reads('b', { containers: [], volumes: [{ secret: { secretName: 's1', items: [{ key: 'k2' }] } }, {}] }),
    reads('c', { containers: [container('c', { envFrom: [{ secretRef: { name: 's2' } }, { configMapRef: {} }] })] }),
    reads('d', { containers: [], imagePullSecrets: [{ name: 's3' }] }),
    reads('e', { containers: [], volumes: [{ secret: { secretName: 's4' } }] }),
    made('Certificate', 'cert', 'x', { spec: { secretName: 's4' } }),
  ];
  expect(words(secrets(objects))).toEqual([
    'x/s1 | k1, k2 | Deployment a, Deployment b',
    'x/s2 | all keys | Deployment c',
    'x/s3 | to pull images | Deployment d',
    'x/s4 | all keys, made by cert-manager | Deployment e',
  ]);
});

test('Services have their ports and where these lead', () => {
  const ports = [{ name: 'web', port: 80, targetPort: 8080 }, { port: 9 }];
  expect(
    words(
      services([
        made('Service', 'b', 'x', { spec: { clusterIP: 'None', ports } }),
        made('Service', 'a', 'x', { spec: { type: 'LoadBalancer', ports: [] } }),
      ]),
    ),
  ).toEqual(['x/a | LoadBalancer', 'x/b | headless | web 80 -> 8080, 9 -> 9']);
});

test('routes have their hosts, paths, Services with weights, and Gateways', () => {
  const rules = [
    {
      matches: [{ path: { value: '/p' } }],
      backendRefs: [
        { name: 's', port: 1, weight: 3 },
        { name: 't', port: 2 },
      ],
    },
  ];
  const spec = { hostnames: ['h.example.org'], parentRefs: [{ name: 'g', namespace: 'gs' }], rules };
  expect(words(routes([made('HTTPRoute', 'r', 'x', { spec })]))).toEqual([
    'h.example.org /p | -> s:1 (3), t:2 (1) | by gs/g',
  ]);
});

describe('access to the Kubernetes API', () => {
  const rules = [
    { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
    { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['one'], verbs: ['list', 'watch'] },
  ];
  const subjects = [{ kind: 'ServiceAccount', namespace: 'x', name: 'me' }];

  test('is a line for each rule, with the place where it holds', () => {
    const objects = [
      made('Role', 'r', 'x', { rules }),
      made('Role', 'r', 'other', { rules: [{ resources: ['secrets'], verbs: ['*'] }] }),
      made('RoleBinding', 'b', 'x', { roleRef: { kind: 'Role', name: 'r' }, subjects }),
      made('ClusterRole', 'c', undefined, { rules: [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }] }),
      made('ClusterRoleBinding', 'b', undefined, { roleRef: { kind: 'ClusterRole', name: 'c' }, subjects }),
    ];
    expect(words(access(objects))).toEqual([
      'x/me | everywhere | get | /metrics',
      'x/me | in x | get | pods',
      'x/me | in x | list, watch | deployments (apps) named one',
    ]);
  });

  test('through a role that is not rendered is said to be unknown', () => {
    const binding = made('RoleBinding', 'b', 'x', { roleRef: { kind: 'ClusterRole', name: 'admin' }, subjects });
    expect(words(access([binding]))).toEqual(['x/me | in x | the ClusterRole admin, which is not rendered here']);
  });
});

test('volumes are claims and those of StatefulSets, with size and class', () => {
  const spec = (size: string, storageClassName?: string) => ({
    accessModes: ['ReadWriteMany'],
    resources: { requests: { storage: size } },
    storageClassName,
  });
  const claim = { metadata: { name: 'data' }, spec: spec('3Gi') };
  expect(
    words(
      volumes([
        made('StatefulSet', 's', 'x', { spec: { replicas: 3, volumeClaimTemplates: [claim] } }),
        made('PersistentVolumeClaim', 'c', 'x', { spec: spec('7Ti', 'fast') }),
      ]),
    ),
  ).toEqual([
    'x/c | 7Ti | class fast | ReadWriteMany',
    "x/s, data | 3 x 3Gi | class the cluster's own | ReadWriteMany",
  ]);
});

describe('the whole', () => {
  const namespace = {
    ...made('Namespace', 'x', undefined),
    metadata: { name: 'x', labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
  };

  test('has sections only for what there is, and every object in one', () => {
    expect(inventory('prod', [namespace, made('ConfigMap', 'c', 'x'), made('Unheard', 'u', undefined)])).toBe(
      [
        'Inventory of prod',
        '',
        'In all',
        '  objects     3',
        '  models      0',
        '  requests    0m CPU, 0Mi memory',
        '  volumes     0Mi',
        '',
        'Namespaces: Pod Security level, objects, requests',
        '  x                       privileged    1 object',
        '',
        'Who may call whom, on which ports of the pods called',
        `  ${'anybody'.padEnd(44)}${'-> x'.padEnd(44)}no policy denies what none allows`,
        '',
        'Everything else',
        '  the cluster             Unheard                     u',
        '  x                       ConfigMap                   c',
        '',
      ].join('\n'),
    );
  });

  test('stays readable with thousands of objects of any kind', () => {
    const pod = template({ containers: [container('c')] });
    const objects = Array.from({ length: 2000 }, (_, index) => [
      made('Deployment', `d${index}`, `n${index}`, { spec: pod }),
      made('Namespace', `n${index}`, undefined),
      made('Service', `s${index}`, `n${index}`, { spec: {} }),
      made('ConfigMap', `c${index}`, 'x'),
    ]).flat();
    expect(inventory('large', objects).split('\n').length).toBeLessThan(700);
  });
});
