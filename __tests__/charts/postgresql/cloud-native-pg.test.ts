import { BaseBackups } from '../../../charts/postgresql/base-backups';
import { CloudNativePg } from '../../../charts/postgresql/cloud-native-pg';
import type { CloudNativePgProps } from '../../../charts/postgresql/cluster-props';
import { build, foreignImage, foreignResources } from '../../support/foreign';
import { find } from '../../support/platform';

const store = {
  endpoint: 'https://s3.example.org:9443',
  bucket: 'vault',
  path: 'db',
  region: 'mars-1',
  accessKeyId: 'KEY',
  cidrs: ['10.9.0.0/16'],
};
const props: CloudNativePgProps = {
  namespace: 'databases',
  image: foreignImage,
  instances: 5,
  synchronous: { replicas: 2, durability: 'required' },
  storage: { size: '7Gi', className: 'fast' },
  walStorage: { size: '3Gi' },
  resources: foreignResources,
  maxConnections: 77,
  sharedMemory: '55Mi',
  spread: { over: 'example.org/rack', required: true },
  operatorNamespace: 'operators',
  apiServerPorts: [7443],
  issuer: { kind: 'ClusterIssuer', name: 'notary' },
  clusterDomain: 'cluster.test',
  retention: '9d',
};
const render = (overrides: Partial<CloudNativePgProps> = {}) =>
  build((app) => new CloudNativePg(app, { ...props, ...overrides }));
const clusterOf = (overrides?: Partial<CloudNativePgProps>) =>
  find(render(overrides).objects, 'Cluster', 'postgres').spec;

describe('a cluster of CloudNativePG', () => {
  const { component, objects } = render();
  const { spec } = find(objects, 'Cluster', 'postgres');

  test('is in the namespace it is given, with the instances, the image and the volumes that it is given', () => {
    expect(new Set(objects.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['databases']));
    expect(spec).toMatchObject({
      instances: 5,
      imageName: foreignImage.reference,
      imagePullPolicy: 'Never',
      storage: { size: '7Gi', storageClass: 'fast' },
      walStorage: { size: '3Gi' },
      resources: foreignResources,
      ephemeralVolumesSizeLimit: { shm: '55Mi', temporaryData: foreignResources.limits['ephemeral-storage'] },
    });
  });

  test('acknowledges what a quorum of replicas has, and fails over to none that lacks it', () => {
    expect(spec.postgresql.synchronous).toEqual({
      method: 'any',
      number: 2,
      dataDurability: 'required',
      failoverQuorum: true,
    });
  });

  test('asks no replica where none has to be synchronous', () => {
    const alone = clusterOf({ synchronous: { replicas: 0, durability: 'required' } });
    expect(alone.postgresql).not.toHaveProperty('synchronous');
  });

  test('lets the operator refuse what asks a quorum that writes do not wait for', () => {
    const preferred = clusterOf({ synchronous: { replicas: 1, durability: 'preferred' } });
    expect(preferred.postgresql.synchronous).toMatchObject({ dataDurability: 'preferred', failoverQuorum: false });
  });

  test.each<[string, Partial<CloudNativePgProps>, string]>([
    ['half of a volume for the WAL alone', { walStorage: { size: '6G' } }, '2861MB'],
    ['what a small one has beside a checkpoint', { walStorage: { size: '2Gi' } }, '512MB'],
    ['a quarter of a volume that has the data, too', { walStorage: undefined }, '1792MB'],
    ['the same with one instance, which may get replicas', { instances: 1, walStorage: { size: '6G' } }, '2861MB'],
  ])('keeps no more WAL for a replica that is away than %s', (_, overrides, limit) => {
    expect(clusterOf(overrides).postgresql.parameters.max_slot_wal_keep_size).toBe(limit);
  });

  test('keeps instances apart', () => {
    expect(spec.affinity).toMatchObject({ podAntiAffinityType: 'required', topologyKey: 'example.org/rack' });
  });

  test('takes passwords over TLS alone, and lets no superuser in', () => {
    expect(spec.enableSuperuserAccess).toBe(false);
    expect(spec.postgresql.pg_hba).toEqual(['hostssl all all all scram-sha-256', 'host all all all reject']);
  });

  test('has a certificate for the names of its Services, which instances read again when it is renewed', () => {
    const certificate = find(objects, 'Certificate', 'postgres-server-certificate').spec;
    expect(certificate.issuerRef).toMatchObject({ kind: 'ClusterIssuer', name: 'notary' });
    expect(certificate.dnsNames).toEqual(
      expect.arrayContaining(['postgres-rw.databases.svc', 'postgres-r.databases.svc.cluster.test']),
    );
    expect(certificate.secretTemplate.labels).toEqual({ 'cnpg.io/reload': 'true' });
    expect(spec.certificates).toEqual({
      serverTLSSecret: certificate.secretName,
      serverCASecret: certificate.secretName,
    });
  });

  test('has an owner who never logs in, and logins that cannot take every connection', () => {
    const roles = Object.fromEntries(spec.managed.roles.map((role: { name: string }) => [role.name, role]));
    expect(roles.mlflow_owner).not.toHaveProperty('login');
    expect(roles.mlflow).toMatchObject({ login: true, inRoles: ['mlflow_owner'], connectionLimit: 61 });
    expect(roles.mlflow_reader).toMatchObject({ login: true, inRoles: ['pg_read_all_data'], connectionLimit: 2 });
    expect(component.mlflow.connections).toBe(61);
  });

  test('takes its passwords from Secrets of the type that the operator wants', () => {
    expect(component.secrets.map(({ name, type, labels, data }) => [name, type, labels, Object.keys(data)])).toEqual(
      ['postgres-mlflow', 'postgres-reader'].map((name) => [
        name,
        'kubernetes.io/basic-auth',
        { 'cnpg.io/reload': 'true' },
        ['username', 'password'],
      ]),
    );
  });

  test('publishes the primary for MLflow, and any instance for what copies the database', () => {
    const check = { sslMode: 'verify-full', authority: { kind: 'issuer', issuer: props.issuer } };
    expect(component.mlflow).toMatchObject({ endpoint: { service: 'postgres-rw', tls: true }, check, user: 'mlflow' });
    expect(component.admin).toMatchObject({ endpoint: { service: 'postgres-r' }, check, user: 'mlflow_reader' });
  });

  test('lets instances reach each other and the API server, and the operator reach them', () => {
    const pods = component.mlflow.endpoint.pods;
    expect(component.edges).toEqual([
      { from: pods, to: pods, ports: [5432, 8000] },
      { from: { kind: 'namespace', name: 'operators' }, to: pods, ports: [5432, 8000] },
      { from: pods, to: { kind: 'apiServer' }, ports: [7443] },
    ]);
  });

  test('is scraped where there is monitoring', () => {
    const monitored = render({ monitoring: { namespace: 'watchers', labels: { release: 'r' } } });
    expect(find(monitored.objects, 'PodMonitor', 'postgres').metadata.labels).toMatchObject({ release: 'r' });
    expect(monitored.component.edges.at(-1)).toMatchObject({ from: { name: 'watchers' }, ports: [9187] });
  });

  test('has no archive unless it is told to', () => {
    expect(objects.map(({ kind }) => kind).filter((kind) => /Backup|ObjectStore/.test(kind))).toEqual([]);
    expect(spec).not.toHaveProperty('plugins');
  });
});

describe('its archive', () => {
  const backup = { folder: 'two' };
  const { component, objects } = render({ store, backup });
  const { spec } = find(objects, 'Cluster', 'postgres');

  test('is in the bucket it is given, with a key that a person gives', () => {
    expect(find(objects, 'ObjectStore', 'postgres').spec).toMatchObject({
      retentionPolicy: '9d',
      configuration: { destinationPath: 's3://vault/db', endpointURL: store.endpoint },
    });
    const secret = component.secrets.find(({ name }) => name === 'postgres-archive');
    expect(secret?.data).toMatchObject({ 'access-key-id': ['KEY'], region: ['mars-1'] });
    expect(secret?.data['secret-access-key']).toEqual(
      expect.arrayContaining([expect.objectContaining({ id: 'DATABASE_BACKUP_S3_SECRET_KEY', origin: 'given' })]),
    );
  });

  test('gets the WAL of the cluster in a folder of its own', () => {
    expect(spec.plugins).toEqual([
      {
        name: 'barman-cloud.cloudnative-pg.io',
        enabled: true,
        isWALArchiver: true,
        parameters: { barmanObjectName: 'postgres', serverName: 'two' },
      },
    ]);
  });

  test('is reached at its addresses alone', () => {
    expect(component.edges).toContainEqual({
      from: component.mlflow.endpoint.pods,
      to: { kind: 'cidr', cidr: '10.9.0.0/16' },
      ports: [9443],
    });
  });

  test('starts a cluster from the folder of another one, at a point in time', () => {
    const recovered = clusterOf({ store, backup, recovery: { folder: 'one', time: '2026-01-02T03:04:05Z' } });
    expect(recovered.bootstrap.recovery).toMatchObject({
      source: 'archive',
      owner: 'mlflow',
      recoveryTarget: { targetTime: '2026-01-02T03:04:05Z' },
    });
    expect(recovered.bootstrap).not.toHaveProperty('initdb');
    expect(recovered.externalClusters[0].plugin.parameters).toEqual({
      barmanObjectName: 'postgres',
      serverName: 'one',
    });
  });
});

describe('base backups', () => {
  const { component, objects } = build(
    (app) => new BaseBackups(app, { namespace: 'databases', schedule: '5 4 3 * * *' }),
  );

  test('are made on the schedule, and at once', () => {
    expect(find(objects, 'ScheduledBackup', 'postgres').spec).toMatchObject({
      cluster: { name: 'postgres' },
      schedule: '5 4 3 * * *',
      method: 'plugin',
      immediate: true,
    });
  });

  test('come a stage after the cluster: the operator would give up one that comes before the archive is known', () => {
    const { component: cluster } = render({ store, backup: { folder: 'two' } });
    expect([...cluster.files()].map(({ stage }) => stage)).toEqual(['30-data']);
    expect([...component.files()].map(({ stage }) => stage)).toEqual(['40-tracking']);
  });
});
