/** MLflow's own users: what is rendered for them, and which settings they do not go with. */
import type { SecretText } from '../../../charts/lib/secret';
import { composePlatform, type Platform } from '../../../charts/platform';
import { settingsOf } from '../../support/environments';
import { envOf } from '../../support/foreign';
import { filesOf, find, type KubernetesObject, platformConfig } from '../../support/platform';
import { platformRefuses } from '../../support/refusals';

const BASIC = { mlflow: { auth: 'basic', defaultPermission: 'EDIT', gc: { enabled: true } } };
const compose = (settings: object) => composePlatform(platformConfig(settings));
const objectsOf = (platform: Platform) => [...filesOf(platform).values()].flat();
const deployed = (objects: readonly KubernetesObject[]) => find(objects, 'Deployment', 'mlflow').spec.template;
const container = ({ spec }: { spec: KubernetesObject['spec'] }, name: string) =>
  [...spec.initContainers, ...spec.containers].find((candidate) => candidate.name === name);
/** The keys of a Secret as they would be written, with each credential as its id in angle brackets. */
const secret = (platform: Platform, namespace: string, name: string) => {
  const found = platform.secrets.find((candidate) => candidate.namespace === namespace && candidate.name === name);
  const written = (text: SecretText) => text.map((piece) => (typeof piece === 'string' ? piece : `<${piece.id}>`));
  return Object.fromEntries(Object.entries(found?.data ?? {}).map(([key, text]) => [key, written(text).join('')]));
};

const platform = compose({
  ...BASIC,
  namespaces: { mlflow: 'tracking-x', training: 'jobs-x' },
  training: { enabled: true },
});
const objects = objectsOf(platform);
const pod = deployed(objects);
const server = container(pod, 'mlflow');

describe('the server', () => {
  test('asks for a password', () => {
    expect(server.args).toContain('--app-name=basic-auth');
    expect(envOf(server).MLFLOW_AUTH_CONFIG_PATH).toBe('/etc/mlflow-auth/basic_auth.ini');
    expect(server.volumeMounts).toContainEqual({ name: 'auth', mountPath: '/etc/mlflow-auth', readOnly: true });
  });

  test('has its users in its own database, which needs no password in the file', () => {
    expect(find(objects, 'ConfigMap', 'mlflow-auth').data['basic_auth.ini']).toBe(
      '[mlflow]\ndefault_permission = EDIT\ndatabase_uri = postgresql+psycopg2://\nadmin_username = admin\n',
    );
  });

  test('signs its form with the same key in each pod', () => {
    expect(server.envFrom).toEqual([{ secretRef: { name: 'mlflow-form-key' } }]);
    expect(secret(platform, 'tracking-x', 'mlflow-form-key')).toEqual({
      MLFLOW_FLASK_SERVER_SECRET_KEY: '<MLFLOW_FORM_KEY>',
    });
  });

  test('starts anew when the default permission changes', () => {
    const other = deployed(objectsOf(compose({ mlflow: { auth: 'basic', defaultPermission: 'READ' } })));
    expect(other.metadata.annotations['checksum/auth']).not.toBe(pod.metadata.annotations['checksum/auth']);
  });

  test('has fewer connections in each pool, since there is a third pool', () => {
    const pools = (auth: string) => {
      const { MLFLOW_SQLALCHEMYSTORE_POOL_SIZE: size, MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW: overflow } = envOf(
        container(deployed(objectsOf(compose({ mlflow: { auth, workers: 2 } }))), 'mlflow'),
      );
      return Number(size) + Number(overflow);
    };
    expect([pools('none'), pools('basic')]).toEqual([11, 6]);
  });

  test('lets users read what others have made, where nothing is said', () => {
    const config = find(objectsOf(compose({ mlflow: { auth: 'basic' } })), 'ConfigMap', 'mlflow-auth');
    expect(config.data['basic_auth.ini']).toContain('default_permission = READ\n');
  });
});

describe('the users', () => {
  const users = container(pod, 'mlflow-users');

  test('are made after the tables, and before the server starts', () => {
    expect(pod.spec.initContainers.map(({ name }: { name: string }) => name)).toEqual([
      'mlflow-db-migration',
      'mlflow-users',
    ]);
  });

  test('are the administrator, and those that the platform signs in as', () => {
    expect(secret(platform, 'tracking-x', 'mlflow-users')).toEqual({
      admin: '<MLFLOW_ADMIN_PASSWORD>',
      'platform-gc': '<MLFLOW_GC_PASSWORD>',
      'platform-training': '<MLFLOW_TRAINING_PASSWORD>',
    });
    expect(envOf(users)).toMatchObject({ ADMIN: 'admin', MANAGERS: 'platform-gc' });
  });

  test('are one of each team as well, with an experiment whose files are where the key of the team reads', () => {
    const teams = [
      { name: 'north', group: 'g' },
      { name: 'south-east', group: 'h' },
    ];
    const shared = compose({ mlflow: { auth: 'basic' }, teams });
    expect(secret(shared, 'mlflow', 'mlflow-users')).toMatchObject({
      'team-north': '<MLFLOW_TEAM_NORTH_PASSWORD>',
      'team-south-east': '<MLFLOW_TEAM_SOUTH_EAST_PASSWORD>',
    });
    const all = objectsOf(shared);
    expect(envOf(container(deployed(all), 'mlflow-users')).FOLDERS).toBe(
      'team-north=workspaces/north team-south-east=workspaces/south-east',
    );
    expect(find(all, 'ConfigMap', 'mlflow-auth').data['basic_auth.ini']).toContain(
      'default_permission = NO_PERMISSIONS\n',
    );
  });

  test('are none of what the environment does not have', () => {
    const plain = compose({ mlflow: { auth: 'basic' } });
    expect(Object.keys(secret(plain, 'mlflow', 'mlflow-users'))).toEqual(['admin']);
  });

  test('have passwords that the server does not see', () => {
    const mounting = [...pod.spec.initContainers, ...pod.spec.containers].filter(({ volumeMounts }) =>
      volumeMounts.some(({ name }: { name: string }) => name === 'users'),
    );
    expect(mounting.map(({ name }) => name)).toEqual(['mlflow-users']);
  });
});

describe('what calls MLflow inside the cluster', () => {
  test.each([
    ['CronJob', 'mlflow-gc', 'tracking-x', 'mlflow-gc-login', 'platform-gc', '<MLFLOW_GC_PASSWORD>'],
    ['Job', 'wine-training', 'jobs-x', 'mlflow-login', 'platform-training', '<MLFLOW_TRAINING_PASSWORD>'],
  ])('the %s %s signs in as a user of its own', (kind, name, namespace, secretName, user, password) => {
    const job = objects.find((object) => object.kind === kind && object.metadata.name.startsWith(name));
    const [client] = (job?.spec.jobTemplate ?? job).spec.template.spec.containers;
    expect(client.envFrom).toEqual([{ secretRef: { name: secretName } }]);
    expect(secret(platform, namespace, secretName)).toEqual({
      MLFLOW_TRACKING_USERNAME: user,
      MLFLOW_TRACKING_PASSWORD: password,
    });
  });
});

describe('the metrics', () => {
  const measured = (monitoring: object) =>
    objectsOf(compose({ ...BASIC, mlflow: { ...BASIC.mlflow, staticPrefix: '/lab' }, monitoring }));
  const operator = measured({ enabled: true });

  test('are shown beside the server, which shows them to administrators alone', () => {
    const metrics = container(deployed(operator), 'metrics');
    expect(metrics.ports).toEqual([{ name: 'metrics', containerPort: 9464 }]);
    expect(metrics.volumeMounts).toContainEqual({ name: 'metrics', mountPath: '/tmp/metrics', readOnly: true });
    expect(container(deployed(operator), 'mlflow').volumeMounts).toContainEqual({
      name: 'metrics',
      mountPath: '/tmp/metrics',
    });
    const [endpoint] = find(operator, 'ServiceMonitor', 'mlflow').spec.endpoints;
    expect(endpoint).toMatchObject({ targetPort: 'metrics', path: '/metrics' });
  });

  test('are missing while the server does not answer', () => {
    expect(envOf(container(deployed(operator), 'metrics'))).toMatchObject({
      SERVER_PORT: '5000',
      HEALTH_PATH: '/lab/health',
    });
  });

  test('are found by annotations as well', () => {
    const { annotations } = deployed(measured({ enabled: true, kind: 'annotations' })).metadata;
    expect(annotations['prometheus.io/port']).toBe('9464');
  });

  test('have no container where nobody asks', () => {
    expect(container(pod, 'metrics')).toBeUndefined();
  });
});

const OPEN = 'kind: gateway, domain: ml.test';
const SIGN_IN = 'signIn: {issuer: "https://login.test", clientId: x, groups: [a]}';

platformRefuses({
  'settings that do not go with the users of MLflow': [
    ['another kind', 'mlflow: {auth: oidc}', 'mlflow.auth: must be one of none, basic, not "oidc", such as "basic"'],
    [
      'a permission that MLflow does not have',
      'mlflow: {auth: basic, defaultPermission: WRITE}',
      'mlflow.defaultPermission: must be one of NO_PERMISSIONS, READ, EDIT, MANAGE, not "WRITE", such as "EDIT"',
    ],
    [
      'a permission of users that are not there',
      'mlflow: {defaultPermission: EDIT}',
      'mlflow.defaultPermission: is EDIT, for users that MLflow does not have; remove it, or set auth: basic',
    ],
    [
      'a proxy that reads the same header',
      `mlflow: {auth: basic}\naccess: {${OPEN}, tls: {byGateway: true}, ${SIGN_IN}}`,
      'mlflow.auth: is basic, and the proxy of access.signIn in front of MLflow reads the same header of programs; remove it, or set access.mlflow.enabled: false',
    ],
    [
      'passwords that anybody on the way reads',
      `mlflow: {auth: basic}\naccess: {${OPEN}}`,
      'access.tls: is absent, and users of MLflow would send their passwords as plain text; say where certificates come from, such as {issuer: letsencrypt}, or {byGateway: true} for a Gateway that is there',
    ],
    [
      'a training Job that may not publish',
      'mlflow: {auth: basic}\ntraining: {enabled: true}',
      'training.enabled: is true, and the Job publishes models beside experiments, which mlflow.defaultPermission: READ lets administrators do alone; set mlflow.defaultPermission: EDIT, or remove this',
    ],
    [
      'workers that the database has no connections for',
      'mlflow: {auth: basic, workers: 4}',
      'postgresql.maxConnections: is 100, too few for mlflow.replicas: 1 with mlflow.workers: 4, which need 104 during an update; make it at least 112',
    ],
    [
      'memory that does not hold the users',
      'mlflow: {auth: basic, resources: {requests: {memory: 512Mi}, limits: {memory: 512Mi}}}',
      'mlflow.resources.limits.memory: is 512Mi, too little for a worker; make it at least 640Mi, or leave it out: it follows from workers',
    ],
  ],
});

test.each([
  ['beside a sign-in for other components', `${OPEN}, tls: {byGateway: true}, ${SIGN_IN}, mlflow: {enabled: false}`],
  ['reached from outside by TLS', `${OPEN}, tls: {byGateway: true}`],
])('MLflow may have users %s', (_, access) => {
  expect(settingsOf(`mlflow: {auth: basic}\naccess: {${access}}`).mlflow.auth).toBe('basic');
});
