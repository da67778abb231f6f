import { Credential, RequiredSecret } from '../../../../charts/lib/secret';
import { PostgresqlBackup, type PostgresqlBackupProps } from '../../../../charts/postgresql/backup/backup';
import type { ServerCheck } from '../../../../charts/postgresql/connection';
import {
  build,
  envOf,
  foreignBucket,
  foreignEndpoint,
  foreignImage,
  foreignResources,
  secretText,
} from '../../../support/foreign';
import { find } from '../../../support/platform';

const password = new RequiredSecret({ namespace: 'databases', name: 'admin', purpose: 'a test', data: { pw: [] } });
const database = {
  endpoint: foreignEndpoint('pg', 6432, 16432),
  check: { sslMode: 'prefer' } as ServerCheck,
  database: 'wines',
  schema: 'cellar',
  user: 'boss',
  secret: password,
  passwordKey: 'pw',
};
const props: PostgresqlBackupProps = {
  namespace: 'databases',
  image: foreignImage,
  database,
  schedule: '5 4 * * sun',
  keep: 3,
  storage: { size: '9Gi' },
  restoreTest: { schedule: '7 8 * * mon', resources: foreignResources, maxAgeHours: 77 },
};
const key = (id: string) => ({ accessKeyId: id, secretAccessKey: new Credential(`${id}_KEY`, 'a test') });
const bucket = {
  write: { ...foreignBucket, key: key('writer') },
  read: { ...foreignBucket, key: key('reader') },
  archive: foreignBucket,
};
const copies = { bucket, encrypted: true, image: { ...foreignImage, reference: 'registry.example.org/python:1' } };

const render = (more: Partial<PostgresqlBackupProps> = {}) => {
  const { component, objects } = build((app) => new PostgresqlBackup(app, { ...props, ...more }));
  const job = (name: string) => find(objects, 'CronJob', name).spec;
  const pod = (name: string) => job(name).jobTemplate.spec.template.spec;
  const calls = (name: string) =>
    component.edges.flatMap(({ from, to }) => ('name' in from && from.name === name && 'name' in to ? [to.name] : []));
  return { component, objects, job, pod, calls };
};
type Container = Record<string, { name: string; mountPath: string; persistentVolumeClaim?: unknown }[]>;
const mountsOf = (container: Container) => container.volumeMounts?.map(({ mountPath }) => mountPath);

describe('dumps that stay on the volume', () => {
  const { component, objects, job, pod, calls } = render();

  test('are made of the database that it is given, when it is told', () => {
    expect(job('postgresql-backup')).toMatchObject({ schedule: '5 4 * * sun', concurrencyPolicy: 'Forbid' });
    const [container] = pod('postgresql-backup').containers;
    expect(container.command).toEqual(['/bin/sh', '/opt/postgresql-backup/dump.sh']);
    expect(envOf(container)).toMatchObject({
      PGHOST: 'pg.elsewhere.svc',
      PGPORT: '6432',
      PGUSER: 'boss',
      PGDATABASE: 'wines',
      APP_SCHEMA: 'cellar',
      KEEP: '3',
    });
  });

  test('have each script that the Jobs run', () => {
    const names = ['postgresql-backup', 'postgresql-restore-test', 'postgresql-restore'];
    const scripts = names.map((name) => pod(name).containers[0].command.at(-1).split('/').at(-1));
    expect(Object.keys(find(objects, 'ConfigMap', 'postgresql-backup').data)).toEqual(
      expect.arrayContaining([...scripts, 'census.sh']),
    );
  });

  test('are tested when it is told, by a pod that has no login to the server and no way to it', () => {
    expect(job('postgresql-restore-test').schedule).toBe('7 8 * * mon');
    const { containers, initContainers, volumes } = pod('postgresql-restore-test');
    expect(initContainers).toBeUndefined();
    expect(containers[0]).toMatchObject({ resources: foreignResources, image: foreignImage.reference });
    expect(envOf(containers[0])).toMatchObject({ PGDATABASE: 'wines', MAX_AGE_HOURS: '77' });
    expect(volumes.filter(({ secret }: { secret?: object }) => secret)).toEqual([]);
    expect(calls('postgresql-restore-test')).toEqual([]);
  });

  test('are restored only by a person', () => {
    expect(job('postgresql-restore')).toMatchObject({ suspend: true, jobTemplate: { spec: { backoffLimit: 0 } } });
    expect(calls('postgresql-restore')).toEqual(['pg-pods']);
  });

  test('need no Secret but that of the database', () => {
    expect(component.secrets).toEqual([]);
  });

  test.each(['postgresql-backup', 'postgresql-restore-test', 'postgresql-restore'])('%s ends some time', (name) => {
    expect(job(name).jobTemplate.spec.activeDeadlineSeconds).toBe(21_600);
  });

  test('are made by TLS where the server has it, with its authority', () => {
    const check: ServerCheck = { sslMode: 'verify-full', authority: { kind: 'secret', name: 'company', key: 'ca' } };
    const { pod: tlsPod } = render({ database: { ...database, check } });
    for (const name of ['postgresql-backup', 'postgresql-restore']) {
      const [container] = tlsPod(name).containers;
      expect(envOf(container)).toMatchObject({
        PGSSLMODE: 'verify-full',
        PGSSLROOTCERT: '/run/database-authority/ca.crt',
      });
      expect(mountsOf(container)).toContain('/run/database-authority');
    }
  });

  test('are not tested where nobody wants it', () => {
    const { objects: untested } = render({ restoreTest: undefined });
    expect(untested.filter(({ metadata }) => metadata.name === 'postgresql-restore-test')).toEqual([]);
  });
});

describe('dumps that are copied', () => {
  const { component, pod, calls } = render({ copies });
  const [put] = pod('postgresql-backup').containers;
  const [get] = pod('postgresql-restore-test').initContainers;

  test('are put after the dump is made, by an image that it is given', () => {
    expect(pod('postgresql-backup').initContainers.map(({ name }: { name: string }) => name)).toEqual(['dump']);
    expect(put).toMatchObject({
      image: 'registry.example.org/python:1',
      command: ['python3', '/opt/postgresql-backup/bucket.py', 'put'],
    });
    expect(envOf(put)).toMatchObject({
      AWS_ENDPOINT_URL_S3: 'http://s3.elsewhere.svc:7000',
      AWS_DEFAULT_REGION: 'eu-test-1',
      ADDRESSING_STYLE: 'path',
      BUCKET: 'lake',
      PREFIX: 'dumps/',
    });
  });

  test('are put by a key that only writes, and read by one that only reads', () => {
    const text = (name: string) => secretText(component, name, 'credentials');
    expect(text('postgresql-backup')).toContain('aws_access_key_id=writer\naws_secret_access_key=<writer_KEY>');
    expect(text('postgresql-restore')).toContain('aws_access_key_id=reader\naws_secret_access_key=<reader_KEY>');
    const secrets = (name: string) =>
      pod(name).volumes.flatMap(({ secret }: { secret?: { secretName: string } }) => secret?.secretName ?? []);
    expect(secrets('postgresql-backup').sort()).toEqual(['admin', 'postgresql-backup', 'postgresql-backup-encryption']);
    expect(secrets('postgresql-restore-test').sort()).toEqual(['postgresql-backup-encryption', 'postgresql-restore']);
  });

  test('are encrypted by a key of their own', () => {
    expect(secretText(component, 'postgresql-backup-encryption', 'key')).toBe('<BACKUP_ENCRYPTION_KEY>');
    expect(mountsOf(put)).toContain('/run/secrets/encryption');
    expect([envOf(put).KEY_FILE, envOf(get).KEY_FILE]).toEqual([
      '/run/secrets/encryption/key',
      '/run/secrets/encryption/key',
    ]);
  });

  test('are not encrypted where nobody wants it', () => {
    const { component: plain, pod: plainPod } = render({ copies: { ...copies, encrypted: false } });
    expect(plain.secrets.map(({ name }) => name)).toEqual(['postgresql-backup', 'postgresql-restore']);
    expect(envOf(plainPod('postgresql-backup').containers[0]).KEY_FILE).toBeUndefined();
  });

  test('are tested as they are in the bucket, on any node', () => {
    expect(get).toMatchObject({ command: ['python3', '/opt/postgresql-backup/bucket.py', 'get'] });
    const { volumes } = pod('postgresql-restore-test');
    expect(volumes.filter((volume: object) => 'persistentVolumeClaim' in volume)).toEqual([]);
    expect(calls('postgresql-restore-test')).toEqual(['s3-pods']);
  });

  test('are restored from the bucket', () => {
    expect(pod('postgresql-restore').initContainers[0].command.at(-1)).toBe('get');
    expect(calls('postgresql-restore')).toEqual(['s3-pods', 'pg-pods']);
  });

  test('need no key where the cloud knows the pod', () => {
    const { key: _, ...keyless } = foreignBucket;
    const cloud = { write: keyless, read: keyless };
    const { component: known, pod: knownPod } = render({ copies: { ...copies, bucket: cloud } });
    expect(known.secrets.map(({ name }) => name)).toEqual(['postgresql-backup-encryption']);
    expect(envOf(knownPod('postgresql-backup').containers[0]).AWS_SHARED_CREDENTIALS_FILE).toBeUndefined();
  });

  test('may go where the cloud gives keys to pods that it knows', () => {
    const { key: _, ...keyless } = foreignBucket;
    const known = { ...keyless, identityEgress: [{ cidr: '169.254.7.7/32', port: 88 }] };
    const { component: cloud } = render({ copies: { ...copies, bucket: { write: known, read: known } } });
    const toKeys = cloud.edges.filter(({ to }) => to.kind === 'cidr');
    expect(toKeys.map(({ from, to, ports }) => ['name' in from && from.name, to, ports])).toEqual(
      ['postgresql-backup', 'postgresql-restore-test', 'postgresql-restore'].map((name) => [
        name,
        { kind: 'cidr', cidr: '169.254.7.7/32' },
        [88],
      ]),
    );
  });

  test('trust the authority of the store', () => {
    const authority = { kind: 'configMap', name: 'company', key: 'ca' } as const;
    const tls = { ...foreignBucket, endpoint: { ...foreignBucket.endpoint, tls: true }, authority };
    const { pod: tlsPod } = render({ copies: { ...copies, bucket: { write: tls, read: tls } } });
    const [container] = tlsPod('postgresql-backup').containers;
    expect(envOf(container)).toMatchObject({
      AWS_ENDPOINT_URL_S3: 'https://s3.elsewhere.svc:7000',
      AWS_CA_BUNDLE: '/run/secrets/authority/ca.crt',
    });
    expect(mountsOf(container)).toContain('/run/secrets/authority');
  });
});
