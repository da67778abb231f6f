/** Teams: what each gets, and that none reaches what another has. */
import { composePlatform, type Platform } from '../../../charts/platform';
import { environmentsIn, MODEL, problemsIn } from '../../support/environments';
import { filesOf, find, type KubernetesObject } from '../../support/platform';
import { platformRefuses } from '../../support/refusals';

const model = (team: string, name: string) => `server: SKLEARN_SERVER\nuri: s3://lake/workspaces/${team}/${name}/1\n`;
const SETTINGS = `
namespaces: {models: served-x}
objectStore: {bucket: lake}
monitoring: {enabled: true}
teams:
  - {name: north, group: people-of-north, quota: {requests.cpu: "7"}}
  - {name: south-east, group: people-of-south}
`;
const files = (settings = SETTINGS) => ({
  'test/platform.yaml': settings,
  'test/models/mlflow-wine.yaml': MODEL.replace('s3://models/', 's3://lake/'),
  'test/models/north/price.yaml': model('north', 'price'),
  'test/models/south-east/risk.yaml': model('south-east', 'risk'),
});
const platformOf = (settings?: string): Platform => {
  const [config] = environmentsIn(files(settings));
  if (!config) throw new Error('nothing was read');
  return composePlatform(config);
};
const platform = platformOf();
const byPath = filesOf(platform);
const objects = [...byPath.values()].flat();
const TEAMS = { north: 'served-x-north', 'south-east': 'served-x-south-east' };
const NAMESPACES = Object.values(TEAMS);
const inNamespace = (namespace: string, kind: string) =>
  objects.filter((object) => object.kind === kind && object.metadata.namespace === namespace);

describe('a team', () => {
  test('has a namespace of its own, as strict as its models allow', () => {
    expect(find(objects, 'Namespace', 'served-x-north').metadata.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
  });

  test('has its models there, each in a file in its folder', () => {
    expect([...byPath.keys()].filter((path) => path.startsWith('50-models/')).sort()).toEqual([
      '50-models/mlflow-wine.yaml',
      '50-models/north/price.yaml',
      '50-models/south-east/risk.yaml',
    ]);
    expect(find(objects, 'SeldonDeployment', 'price').metadata.namespace).toBe('served-x-north');
    expect(find(objects, 'SeldonDeployment', 'mlflow-wine').metadata.namespace).toBe('served-x');
  });

  test('has a quota in every environment: what is given, and what follows from what runs', () => {
    const [quota] = inNamespace('served-x-north', 'ResourceQuota');
    expect(quota?.spec.hard['requests.cpu']).toBe('7');
    expect(quota?.spec.hard.pods).toBeDefined();
    expect(inNamespace('served-x-south-east', 'ResourceQuota')).toHaveLength(1);
    expect(inNamespace('served-x-south-east', 'LimitRange')).toHaveLength(1);
    expect(inNamespace('served-x', 'ResourceQuota')).toEqual([]);
  });

  test('may change its models and nothing else, and reads no Secret', () => {
    for (const namespace of NAMESPACES) {
      const role = inNamespace(namespace, 'Role').find(({ metadata }) => metadata.name === 'team');
      const rules: { resources: string[]; verbs: string[] }[] = role?.rules ?? [];
      const changed = rules.filter(({ verbs }) => verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)));
      expect(changed.map(({ resources }) => resources)).toEqual([['seldondeployments']]);
      expect(rules.flatMap(({ resources }) => resources)).not.toContain('secrets');
      expect(JSON.stringify(rules)).not.toContain('*');
    }
  });

  test('is asked for by its group, in its namespace alone', () => {
    const groups = objects.filter(({ subjects = [] }) =>
      subjects.some(({ kind }: { kind: string }) => kind === 'Group'),
    );
    expect(groups.map(({ kind, metadata, subjects }) => [kind, metadata.namespace, subjects[0].name])).toEqual([
      ['RoleBinding', 'served-x-north', 'people-of-north'],
      ['RoleBinding', 'served-x-south-east', 'people-of-south'],
    ]);
  });

  test('has an operator that writes in the namespaces of models, and in no other', () => {
    const writing = objects.filter(
      ({ kind, metadata }) => kind === 'RoleBinding' && metadata.name === 'seldon-manager-role',
    );
    expect(writing.map(({ metadata }) => metadata.namespace)).toEqual(['served-x', ...NAMESPACES]);
  });
});

describe('no team reaches another', () => {
  test('by the network', () => {
    const edges = platform.components.flatMap((component) => component.edges);
    const crossing = edges.filter(({ from, to }) => {
      if (from.kind !== 'pods' || to.kind !== 'pods' || from.namespace === to.namespace) return false;
      return NAMESPACES.includes(from.namespace) && NAMESPACES.concat('served-x').includes(to.namespace);
    });
    expect(crossing).toEqual([]);
    for (const namespace of NAMESPACES) {
      const open = inNamespace(namespace, 'NetworkPolicy').filter(
        ({ spec }) => Object.keys(spec.podSelector).length === 0 && !spec.ingress && !spec.egress,
      );
      expect(open).toHaveLength(1);
    }
  });

  test('by its key of the object store', () => {
    const policies: Record<string, string> = find(objects, 'ConfigMap', 'minio-setup').data;
    const allowed = (name: string) =>
      JSON.parse(policies[`lake-read-only-workspaces-${name}.json`] ?? '{}').Statement.filter(
        ({ Effect }: { Effect: string }) => Effect === 'Allow',
      );
    for (const name of Object.keys(TEAMS)) {
      expect(allowed(name)).toEqual([
        {
          Effect: 'Allow',
          Action: ['s3:ListBucket'],
          Resource: ['arn:aws:s3:::lake'],
          Condition: { StringLike: { 's3:prefix': [`workspaces/${name}/*`] } },
        },
        { Effect: 'Allow', Action: ['s3:GetObject'], Resource: [`arn:aws:s3:::lake/workspaces/${name}/*`] },
      ]);
    }
  });

  test('by a Secret: a key is in the namespace of its team and in that of the store', () => {
    const places = (id: string) =>
      platform.secrets
        .filter(({ data }) => Object.values(data).some((text) => text.some((piece) => Object(piece).id === id)))
        .map(({ namespace }) => namespace)
        .sort();
    expect(places('TEAM_NORTH_S3_SECRET_KEY')).toEqual(['minio-system', 'served-x-north']);
    expect(places('TEAM_SOUTH_EAST_S3_SECRET_KEY')).toEqual(['minio-system', 'served-x-south-east']);
  });

  test('by the rights of its group', () => {
    const bound = (group: string) =>
      objects.filter((object: KubernetesObject) => JSON.stringify(object.subjects ?? '').includes(group));
    expect(bound('people-of-north').map(({ metadata }) => metadata.namespace)).toEqual(['served-x-north']);
  });
});

platformRefuses({
  'teams that cannot be': [
    [
      'two of one name',
      'teams: [{name: a, group: g}, {name: a, group: h}]',
      'teams[1].name: is a, the name of teams[0] too; give it one of its own',
    ],
    [
      'a namespace that is there',
      'namespaces: {models: m, frontend: m-a}\nteams: [{name: a, group: g}]',
      'teams[0].name: is a, whose namespace m-a is that of frontend; give the team another name, such as "a-team"',
    ],
    [
      'a namespace that every cluster has',
      'namespaces: {models: kube}\nteams: [{name: system, group: g}]',
      'teams[0].name: is system, whose namespace kube-system every cluster has; give the team another name, or change namespaces.models',
    ],
    [
      'a group of everybody',
      'teams: [{name: a, group: "system:authenticated"}]',
      'teams[0].group: must be the name of a group of the team, as the cluster knows it, not "system:authenticated", such as "pricing-team"',
    ],
    [
      'a group without a name',
      'teams: [{name: a, group: ""}]',
      'teams[0].group: must be the name of a group of the team, as the cluster knows it, not "", such as "pricing-team"',
    ],
    [
      'a store whose keys open more than a folder',
      'certificates: {kind: own}\nteams: [{name: a, group: g}]\nobjectStore: {kind: seaweedfs}',
      'teams[0]: needs a key that opens one folder, which is not proved of a store of objectStore.kind: seaweedfs; set embedded, distributed or external',
    ],
    [
      'a store where pods are known by their ServiceAccount',
      'teams: [{name: a, group: g}]\nobjectStore: {kind: external, endpoint: "https://s3.test.example", credentials: identity, bucket: models}',
      'teams[0]: has no key of its own where objectStore.credentials is identity, and would read what the ServiceAccount of all models reads; set objectStore.credentials: keys',
    ],
  ],
});

describe('the files of teams', () => {
  test('are refused in a folder of nobody', () => {
    expect(problemsIn({ ...files(), 'test/models/west/x.yaml': model('west', 'x') })).toEqual([
      'environments/test/models/west/x.yaml: lies in models/west/, and platform.yaml has no team west; it has north, south-east; move it to models/x.yaml, or add teams: [{name: west, group: west-team}]',
    ]);
  });

  test('are refused where their model lies in the folder of another team', () => {
    expect(problemsIn({ ...files(), 'test/models/north/x.yaml': model('south-east', 'x') })).toEqual([
      'environments/test/models/north/x.yaml: uri: is s3://lake/workspaces/south-east/x/1, outside what north may read, such as "s3://lake/workspaces/north/x/1"',
    ]);
  });

  test('are refused where they ask for what only the platform itself has', () => {
    expect(
      problemsIn({
        ...files(`${SETTINGS}modelStores: {gs: {secret: further-store}}\n`),
        'test/models/north/x.yaml': 'server: SKLEARN_SERVER\nuri: gs://elsewhere/x/1\n',
      }),
    ).toEqual([
      'environments/test/models/north/x.yaml: uri: is gs://elsewhere/x/1, in a store whose Secret only the platform\'s own models have; copy the files to "s3://lake/workspaces/north/x/1"',
    ]);
  });

  test('are refused where rows or answers lie outside the folder of the team', () => {
    const batch = 'batch: {input: s3://lake/workspaces/south-east/in/, output: s3://lake/workspaces/north-2/out}\n';
    expect(problemsIn({ ...files(), 'test/models/north/x.yaml': `${model('north', 'x')}${batch}` })).toEqual([
      'environments/test/models/north/x.yaml: batch.input: is s3://lake/workspaces/south-east/in/, outside the folder of north, such as "s3://lake/workspaces/north/batch/x/input"',
      'environments/test/models/north/x.yaml: batch.output: is s3://lake/workspaces/north-2/out, outside the folder of north, such as "s3://lake/workspaces/north/batch/x/output"',
    ]);
  });

  test('are refused where a report reads outside the folder, or is written where everybody writes', () => {
    const quality =
      'quality: {schedule: "@daily", predictions: s3://lake/workspaces/north/out, truth: s3://lake/t, key: id, target: y, kind: regression}\n';
    const report = { 'test/models/north/x.yaml': `${model('north', 'x')}protocol: v2\n${quality}` };
    expect(problemsIn({ ...files(), ...report })).toEqual([
      'environments/test/models/north/x.yaml: quality.truth: is s3://lake/t, outside the folder of north, such as "s3://lake/workspaces/north/truth/x"',
      'environments/test/models/north/x.yaml: quality: is written to MLflow, which has no users, so that a program of north could change what others have there; set mlflow.auth: basic in platform.yaml, or remove it',
    ]);
  });
});

describe('a batch of a team', () => {
  const rows = (team: string, engine: string) =>
    `batch: {input: s3://lake/workspaces/${team}/rows/, output: s3://lake/workspaces/${team}/answers, schedule: "@daily", engine: ${engine}}\n`;
  const withBatches = {
    ...files(),
    'test/models/north/price.yaml': `${model('north', 'price')}${rows('north', 'kubernetes')}`,
    'test/models/south-east/risk.yaml': `${model('south-east', 'risk')}${rows('south-east', 'argo')}`,
  };
  const [config] = environmentsIn(withBatches);
  if (!config) throw new Error('nothing was read');
  const batches = composePlatform(config);
  const all = [...filesOf(batches).values()].flat();

  test('runs in the namespace of the team, whose quota has room for it', () => {
    expect(find(all, 'CronJob', 'batch-price').metadata.namespace).toBe('served-x-north');
    expect(find(all, 'CronWorkflow', 'batch-risk').metadata.namespace).toBe('served-x-south-east');
    const pods = (from: KubernetesObject[], namespace: string) => {
      const quota = from.find(({ kind, metadata }) => kind === 'ResourceQuota' && metadata.namespace === namespace);
      return Number(quota?.spec.hard.pods);
    };
    expect(pods(all, 'served-x-north')).toBeGreaterThan(pods(objects, 'served-x-north'));
  });

  test('reads and writes in the folder of the team by a key that is in no other namespace', () => {
    const policy = find(all, 'ConfigMap', 'minio-setup').data['lake-read-write-workspaces-north.json'];
    const allowed = JSON.parse(policy).Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Allow');
    expect(allowed).toEqual([
      {
        Effect: 'Allow',
        Action: ['s3:ListBucket'],
        Resource: ['arn:aws:s3:::lake'],
        Condition: { StringLike: { 's3:prefix': ['workspaces/north/*'] } },
      },
      {
        Effect: 'Allow',
        Action: expect.arrayContaining(['s3:GetObject', 's3:PutObject']),
        Resource: ['arn:aws:s3:::lake/workspaces/north/*'],
      },
    ]);
    const places = batches.secrets
      .filter(({ data }) =>
        Object.values(data).some((text) => text.some((piece) => Object(piece).id === 'BATCH_NORTH_S3_SECRET_KEY')),
      )
      .map(({ namespace, name }) => `${namespace}/${name}`);
    expect(places).toEqual(['minio-system/minio-users', 'served-x-north/batch-price']);
  });

  test('leaves the key of the batches of the whole bucket away, which no other model needs', () => {
    const users = batches.secrets.find(({ name }) => name === 'minio-users');
    expect(Object.keys(users?.data ?? {}).filter((user) => user.startsWith('batch'))).toEqual([
      'batch-north',
      'batch-south-east',
    ]);
  });

  test('calls its model, and of Argo the API server, and nobody of another team', () => {
    const edges = batches.components.flatMap((component) => component.edges);
    const called = (name: string) =>
      edges
        .filter(({ from }) => from.kind === 'pods' && from.name === name)
        .map(({ to }) => (to.kind === 'pods' ? `${to.namespace}/${to.name}` : to.kind))
        .sort();
    expect(called('batch-price')).toEqual(['minio-system/minio', 'served-x-north/model-price']);
    expect(called('batch-risk')).toEqual(['apiServer', 'minio-system/minio', 'served-x-south-east/model-risk']);
  });

  test('has an account that may report to Argo how it went, and nothing else', () => {
    const bound = all.filter(
      ({ kind, subjects = [] }) =>
        /RoleBinding$/.test(kind) && subjects.some(({ name }: { name: string }) => name.startsWith('batch-')),
    );
    expect(bound.map(({ kind, metadata }) => [kind, metadata.namespace, metadata.name])).toEqual([
      ['RoleBinding', 'served-x-south-east', 'batch-risk'],
    ]);
    expect(find(all, 'Role', 'batch-risk').rules).toEqual([
      { apiGroups: ['argoproj.io'], resources: ['workflowtaskresults'], verbs: ['create', 'patch'] },
    ]);
  });

  test('is seen by the team, which neither makes nor changes what runs it', () => {
    const rules = (namespace: string): { resources: string[]; verbs: string[] }[] =>
      all.find(({ kind, metadata }) => kind === 'Role' && metadata.name === 'team' && metadata.namespace === namespace)
        ?.rules;
    expect(rules('served-x-north')).toContainEqual({
      apiGroups: ['batch'],
      resources: ['cronjobs', 'jobs'],
      verbs: ['get', 'list', 'watch'],
    });
    expect(JSON.stringify(rules('served-x-north'))).not.toContain('workflows');
    expect(rules('served-x-south-east')).toContainEqual({
      apiGroups: ['argoproj.io'],
      resources: ['cronworkflows', 'workflows'],
      verbs: ['get', 'list', 'watch'],
    });
  });

  test('of an external store has a key that somebody gives', () => {
    const external = SETTINGS.replace(
      '{bucket: lake}',
      '{kind: external, endpoint: "https://s3.test.example", bucket: lake}',
    );
    const [elsewhere] = environmentsIn({ ...withBatches, 'test/platform.yaml': external });
    if (!elsewhere) throw new Error('nothing was read');
    const secret = composePlatform(elsewhere).secrets.find(({ name }) => name === 'batch-price');
    const ids = Object.values(secret?.data ?? {}).flatMap((text) => text.flatMap((piece) => Object(piece).id ?? []));
    expect(ids.sort()).toEqual(['BATCH_NORTH_S3_ACCESS_KEY', 'BATCH_NORTH_S3_SECRET_KEY']);
  });
});

test('a report on a model of a team is written as the user of the team', () => {
  const quality =
    'quality: {schedule: "@daily", predictions: s3://lake/workspaces/north/out, truth: s3://lake/workspaces/north/t, key: id, target: y, kind: regression}\n';
  const [config] = environmentsIn({
    ...files(`${SETTINGS}mlflow: {auth: basic}\n`),
    'test/models/north/price.yaml': `${model('north', 'price')}protocol: v2\n${quality}`,
  });
  if (!config) throw new Error('nothing was read');
  const { secrets } = composePlatform(config);
  const login = secrets.find(({ name }) => name === 'quality-price-login');
  expect(login?.namespace).toBe('served-x-north');
  expect(login?.data.MLFLOW_TRACKING_USERNAME).toEqual(['team-north']);
  expect(Object.keys(secrets.find(({ name }) => name === 'mlflow-users')?.data ?? {})).not.toContain(
    'platform-quality',
  );
});

test('a team may have a detector, which reads by the key of the team and is called by its model alone', () => {
  const watched = {
    ...files(),
    'test/models/north/price.yaml': `${model('north', 'price')}engine: true\nprotocol: seldon\ndetector: {kind: outlier, uri: s3://lake/workspaces/north/odd/1}\n`,
  };
  const [config] = environmentsIn(watched);
  if (!config) throw new Error('nothing was read');
  const all = [...filesOf(composePlatform(config)).values()].flat();
  const detector = find(all, 'Deployment', 'price-detector');
  expect(detector.metadata.namespace).toBe('served-x-north');
  const [fetching] = detector.spec.template.spec.initContainers;
  expect(fetching.envFrom[0].secretRef.name).toBe('seldon-init-container-secret');
  const edges = composePlatform(config).components.flatMap((component) => component.edges);
  const callers = edges.filter(({ to }) => to.kind === 'pods' && to.name === 'price-detector').map(({ from }) => from);
  expect(callers.filter(({ kind }) => kind === 'pods')).toEqual([
    expect.objectContaining({ name: 'model-price', namespace: 'served-x-north' }),
  ]);
});

test('a detector of a team is refused whose files another team has', () => {
  expect(
    problemsIn({
      ...files(),
      'test/models/north/price.yaml': `${model('north', 'price')}engine: true\nprotocol: seldon\ndetector: {kind: outlier, uri: s3://lake/workspaces/south-east/odd/1}\n`,
    }),
  ).toEqual([
    'environments/test/models/north/price.yaml: detector.uri: is s3://lake/workspaces/south-east/odd/1, outside what north may read, such as "s3://lake/workspaces/north/price/1"',
  ]);
});

test('a quota is refused that what runs does not fit into', () => {
  expect(problemsIn(files(SETTINGS.replace('"7"', '10m')))).toEqual([
    expect.stringMatching(
      /^environments\/test\/platform.yaml: teams\[0\].quota.requests.cpu: is 10m, less than the \S+ that the pods of served-x-north need during an update; make it at least /,
    ),
  ]);
});

test('production wants a quota of each team', () => {
  const production = problemsIn(files(`${SETTINGS}profile: production\n`));
  expect(production.filter((line) => line.includes('quota:'))).toEqual([
    'environments/test/platform.yaml: teams[1].quota: is absent, so that a team may take what others need: profile is production; say what its pods may ask for, such as {"requests.cpu": "8", "requests.memory": "32Gi"}',
  ]);
});
