/** MLflow, given a database, a bucket and names that no environment has. */
import { App } from 'cdk8s';
import { resolveImages } from '../../../charts/images/resolve';
import type { Endpoint } from '../../../charts/lib/endpoint';
import { Credential } from '../../../charts/lib/secret';
import migrateScript from '../../../charts/mlflow/migrate.py';
import { Mlflow, type MlflowProps } from '../../../charts/mlflow/mlflow';
import serveScript from '../../../charts/mlflow/serve.sh';
import { filesOf, find, type KubernetesObject } from '../../support/platform';

const { mlflow: image } = resolveImages({
  overrides: { mlflow: { repository: 'registry.test/tracking', tag: 'v9-test', pullPolicy: 'Always' } },
  seldonVersion: '1.17.1',
});
const resources = { requests: { cpu: '11m', memory: '12Mi' }, limits: { cpu: '13m', memory: '14Mi' } };
const endpoint = (name: string, port: number, targetPort: number): Endpoint => ({
  service: `${name}-service`,
  namespace: `${name}-ns`,
  port,
  targetPort,
  pods: { kind: 'pods', name, namespace: `${name}-ns`, labels: { app: name } },
});

function render(overrides: Partial<MlflowProps> = {}) {
  const component = new Mlflow(new App(), {
    namespace: 'tracking-x',
    image,
    database: {
      endpoint: endpoint('db', 6543, 7654),
      check: { sslMode: 'prefer' },
      database: 'database_x',
      user: 'user_x',
      password: new Credential('DB_X', ''),
      connections: 1000,
    },
    artifacts: {
      endpoint: endpoint('s3', 8765, 9876),
      bucket: 'bucket-x',
      provider: 'Minio',
      region: 'region-x',
      pathStyle: true,
      authority: { kind: 'public' },
      key: { accessKeyId: 'access-x', secretAccessKey: new Credential('S3_X', '') },
    },
    clusterDomain: 'cluster.test',
    hosts: [],
    replicas: 3,
    workers: 5,
    resources,
    clientNamespaces: [],
    ...overrides,
  });
  const objects: KubernetesObject[] = [
    ...filesOf({ environment: 'test', components: [component], namespaces: [], secrets: [] }).values(),
  ].flat();
  const server = find(objects, 'Deployment', 'mlflow').spec;
  const pod = server.template.spec;
  const [container] = pod.containers;
  const [migration] = pod.initContainers;
  return { component, objects, server, pod, container, migration };
}
type EnvVar = { readonly name: string; readonly value?: string };
const envOf = ({ env }: { env: readonly EnvVar[] }) => Object.fromEntries(env.map(({ name, value }) => [name, value]));

const { component, objects, server, pod, container, migration } = render();
const DATABASE = {
  PGHOST: 'db-service.db-ns.svc',
  PGPORT: '6543',
  PGDATABASE: 'database_x',
  PGUSER: 'user_x',
  PGSERVICE: 'mlflow',
  PGSERVICEFILE: '/run/secrets/database/pg_service.conf',
};

describe('the tracking server', () => {
  test('lives in the namespace it is given', () => {
    expect(new Set(objects.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['tracking-x']));
  });

  test('runs the image, replicas and resources that it is told', () => {
    expect(container).toMatchObject({ image: 'registry.test/tracking:v9-test', imagePullPolicy: 'Always', resources });
    expect(server.replicas).toBe(3);
    expect(pod.imagePullSecrets).toBeUndefined();
    expect(render({ pullSecret: 'login-x' }).pod.imagePullSecrets).toEqual([{ name: 'login-x' }]);
  });

  test('serves on the port that its Service leads to, and that it publishes', () => {
    const { metadata, spec } = find(objects, 'Service', component.endpoint.service);
    expect(metadata.namespace).toBe(component.endpoint.namespace);
    expect(spec.ports).toEqual([{ name: 'http', port: component.endpoint.port, targetPort: 'http' }]);
    expect(container.ports).toEqual([{ name: 'http', containerPort: component.endpoint.targetPort }]);
    expect(container.args).toContain(`--port=${component.endpoint.targetPort}`);
    expect(server.template.metadata.labels).toMatchObject(spec.selector);
  });

  test('keeps metadata in the database and proxies artifacts into the bucket', () => {
    expect(container.command).toEqual(['/bin/sh', '-c', serveScript, 'serve.sh']);
    expect(container.args).toEqual([
      '--port=5000',
      '--uvicorn-opts=--timeout-worker-healthcheck=120',
      '--backend-store-uri=postgresql+psycopg2://',
      '--serve-artifacts',
      '--artifacts-destination=s3://bucket-x/',
      '--expose-prometheus=/tmp/metrics',
    ]);
  });

  test('finds database and object store where they say they are', () => {
    expect(envOf(container)).toMatchObject({
      ...DATABASE,
      MLFLOW_S3_ENDPOINT_URL: 'http://s3-service.s3-ns.svc:8765',
      AWS_SHARED_CREDENTIALS_FILE: '/run/secrets/object-store/credentials',
    });
  });

  test('may call the pods of both, and nothing else', () => {
    expect(component.edges).toMatchObject([
      { from: { name: 'mlflow', namespace: 'tracking-x' }, to: { name: 'db', namespace: 'db-ns' }, ports: [7654] },
      { from: { name: 'mlflow', namespace: 'tracking-x' }, to: { name: 's3', namespace: 's3-ns' }, ports: [9876] },
    ]);
  });

  test('sends nothing home', () => {
    const silent = { MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true', AWS_EC2_METADATA_DISABLED: 'true' };
    expect(envOf(container)).toMatchObject(silent);
  });

  test('has the pools that the connections of its database allow', () => {
    // Three replicas and one more during an update, five workers, two pools each: 1000 connections are 25 for each.
    expect(envOf(container)).toMatchObject({
      MLFLOW_SQLALCHEMYSTORE_POOL_SIZE: '5',
      MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW: '10',
    });
  });

  test('has more time to start the more workers it has', () => {
    const seconds = (workers: number) => {
      const { periodSeconds, failureThreshold } = render({ workers }).container.startupProbe;
      return periodSeconds * failureThreshold;
    };
    expect([1, 2, 9].map(seconds)).toEqual([300, 360, 780]);
  });

  test('has all its addresses under the static prefix, but for the metrics', () => {
    const rendered = render({ staticPrefix: '/lab', monitoring: { namespace: 'metrics-x', labels: {} } });
    expect(rendered.container.args).toContain('--static-prefix=/lab');
    expect(rendered.container.startupProbe.httpGet.path).toBe('/lab/health');
    expect(rendered.container.readinessProbe.httpGet.path).toBe('/lab/health');
    expect(rendered.component.path).toBe('/lab');
    const [metrics] = find(rendered.objects, 'ServiceMonitor', 'mlflow').spec.endpoints;
    expect(metrics.path).toBe('/metrics');
    expect(component.path).toBe('');
  });

  test('has temporary files on its disk', () => {
    const limits = { ...resources.limits, 'ephemeral-storage': '9Gi' };
    const { volumes } = render({ resources: { ...resources, limits } }).pod;
    expect(volumes).toContainEqual({ name: 'tmp', emptyDir: { sizeLimit: '9Gi' } });
    expect(pod.volumes).toContainEqual({ name: 'tmp', emptyDir: {} });
  });

  test('is probed where no Host header and no login is asked for', () => {
    expect(container.startupProbe.httpGet).toEqual({ path: '/health', port: 'http' });
    expect(container.readinessProbe.httpGet).toEqual({ path: '/health', port: 'http' });
    expect(container.livenessProbe.tcpSocket).toEqual({ port: 'http' });
  });

  test('gives way to its successor only when that is ready', () => {
    expect(server.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
  });

  test('lets the namespaces in that are its clients', () => {
    const { edges } = render({ clientNamespaces: ['team-x', 'team-y'] }).component;
    expect(
      edges.filter(({ to }) => to === component.endpoint.pods || (to.kind === 'pods' && to.name === 'mlflow')),
    ).toEqual(
      ['team-x', 'team-y'].map((name) => ({
        from: { kind: 'namespace', name },
        to: component.endpoint.pods,
        ports: [5000],
      })),
    );
  });
});

describe('its credentials', () => {
  const contents = component.secrets.map(({ namespace, name, data }) => ({
    from: `${namespace}/${name}`,
    data: Object.fromEntries(
      Object.entries(data).map(([key, text]) => [
        key,
        text.map((piece) => (typeof piece === 'string' ? piece : `<${piece.id}>`)).join(''),
      ]),
    ),
  }));

  test('are files of the formats that libpq and boto3 read', () => {
    expect(contents).toEqual([
      { from: 'tracking-x/mlflow-database', data: { 'pg_service.conf': '[mlflow]\npassword=<DB_X>\n' } },
      {
        from: 'tracking-x/mlflow-object-store',
        data: { credentials: '[default]\naws_access_key_id=access-x\naws_secret_access_key=<S3_X>\n' },
      },
    ]);
  });

  test.each([
    ['database-login', 'mlflow-database', 'pg_service.conf', '/run/secrets/database'],
    ['object-store-key', 'mlflow-object-store', 'credentials', '/run/secrets/object-store'],
  ])('volume %s has the one key that is read', (name, secretName, key, mountPath) => {
    expect(pod.volumes).toContainEqual({
      name,
      secret: { secretName, items: [{ key, path: key }], defaultMode: 0o440 },
    });
    expect(container.volumeMounts).toContainEqual({ name, mountPath, readOnly: true });
  });

  test('are in no variable and no argument', () => {
    const variables = [...container.env, ...migration.env].map(({ name }: EnvVar) => name);
    expect(variables.filter((name) => /PASSWORD|SECRET|ACCESS_KEY/.test(name))).toEqual([]);
    expect(JSON.stringify(objects)).not.toMatch(/access-x|DB_X|S3_X/);
  });
});

describe('the hosts that it answers to', () => {
  const hosts = (overrides: Partial<MlflowProps> = {}) =>
    envOf(render(overrides).container).MLFLOW_SERVER_ALLOWED_HOSTS?.split(',') ?? [];
  const both = (...names: string[]) => names.flatMap((name) => [name, `${name}:5000`]);
  const INSIDE = both(
    'mlflow',
    'mlflow.tracking-x',
    'mlflow.tracking-x.svc',
    'mlflow.tracking-x.svc.cluster.test',
    '$(POD_IP)',
    '[$(POD_IP)]',
  );
  const FORWARDED = ['localhost', 'localhost:*', '127.0.0.1', '127.0.0.1:*', '[::1]', '[[]::1]:*'];

  test('are its names inside the cluster, its own address, and any forwarded port', () => {
    expect(hosts()).toEqual([...INSIDE, ...FORWARDED]);
  });

  test('include the configured ones as they are', () => {
    expect(hosts({ hosts: ['a.example.test', 'b.example.test:8443'] })).toEqual([
      ...INSIDE,
      'a.example.test',
      'b.example.test:8443',
      ...FORWARDED,
    ]);
  });

  test('serve pages that may change something, by both schemes', () => {
    const { MLFLOW_SERVER_CORS_ALLOWED_ORIGINS: origins } = envOf(
      render({ hosts: ['a.example.test', 'b.example.test:8443'] }).container,
    );
    expect(origins?.split(',')).toEqual([
      'https://a.example.test',
      'http://a.example.test',
      'https://b.example.test:8443',
      'http://b.example.test:8443',
    ]);
    expect(envOf(container)).not.toHaveProperty('MLFLOW_SERVER_CORS_ALLOWED_ORIGINS');
  });

  test('can name the address of the pod, which is set before', () => {
    const variables = container.env.map(({ name }: EnvVar) => name);
    expect(variables.indexOf('POD_IP')).toBeLessThan(variables.indexOf('MLFLOW_SERVER_ALLOWED_HOSTS'));
    expect(container.env).toContainEqual({ name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } });
  });
});

describe('monitoring', () => {
  const monitoring = { namespace: 'metrics-x', labels: { release: 'stack-x', team: 'y' } };

  test('is off where it is not asked for', () => {
    expect(objects.filter(({ kind }) => kind === 'ServiceMonitor')).toEqual([]);
  });

  test('finds the Service by its labels, and the port by its name', () => {
    const rendered = render({ monitoring });
    const monitor = find(rendered.objects, 'ServiceMonitor', 'mlflow');
    const service = find(rendered.objects, 'Service', 'mlflow');
    expect(monitor.metadata.labels).toMatchObject(monitoring.labels);
    expect(service.metadata.labels).toMatchObject(monitor.spec.selector.matchLabels);
    expect(monitor.spec.endpoints).toMatchObject([{ targetPort: 'http', path: '/metrics' }]);
  });

  test('lets the namespace of Prometheus in', () => {
    expect(render({ monitoring }).component.edges).toContainEqual({
      from: { kind: 'namespace', name: 'metrics-x' },
      to: component.endpoint.pods,
      ports: [5000],
    });
  });
});

describe('the migration', () => {
  test('runs before the server, with the same image and database', () => {
    expect(pod.initContainers).toHaveLength(1);
    expect(migration).toMatchObject({ image: container.image, command: ['python', '/opt/migrations/migrate.py'] });
    expect(envOf(migration)).toMatchObject(DATABASE);
    expect(migration.volumeMounts).toContainEqual({
      name: 'database-login',
      mountPath: '/run/secrets/database',
      readOnly: true,
    });
  });

  test('runs the script that is rendered', () => {
    expect(pod.volumes).toContainEqual({ name: 'migrations', configMap: { name: 'mlflow-migrations' } });
    expect(migration.volumeMounts).toContainEqual({ name: 'migrations', mountPath: '/opt/migrations', readOnly: true });
    expect(find(objects, 'ConfigMap', 'mlflow-migrations').data).toEqual({ 'migrate.py': migrateScript });
    expect(envOf(migration).MLFLOW_BACKEND_STORE_URI).toBe('postgresql+psycopg2://');
    expect(container.args).toContain('--backend-store-uri=postgresql+psycopg2://');
  });
});
