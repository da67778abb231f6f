/** The object store, with a namespace, image and bucket that no environment has. */

import { App } from 'cdk8s';
import { resolveImages } from '../../../charts/images/resolve';
import { Credential } from '../../../charts/lib/secret';
import type { WorkloadSettings } from '../../../charts/lib/workload-settings';
import { s3Origin } from '../../../charts/object-store/bucket';
import bucketsScript from '../../../charts/object-store/buckets.sh';
import { ObjectStore, type ObjectStoreProps } from '../../../charts/object-store/object-store';
import { type BucketUser, policies } from '../../../charts/object-store/policies';
import setupScript from '../../../charts/object-store/setup.sh';
import { envOf } from '../../support/foreign';
import { filesOf, find, type KubernetesObject } from '../../support/platform';

const imageOf = (tag: string) =>
  resolveImages({
    overrides: { objectStore: { repository: 'registry.test/s3', tag, pullPolicy: 'Always' } },
    seldonVersion: '1.17.1',
  }).objectStore;
const resources = { requests: { cpu: '11m', memory: '12Mi' }, limits: { cpu: '13m', memory: '14Mi' } };

function render(overrides: Partial<ObjectStoreProps> = {}) {
  const component = new ObjectStore(new App(), {
    namespace: 'store-x',
    image: imageOf('test-1'),
    bucket: 'bucket-x',
    console: true,
    batch: false,
    resources,
    storage: { size: '3Gi' },
    ...overrides,
  });
  const objects: KubernetesObject[] = [
    ...filesOf({ environment: 'test', components: [component], namespaces: [], secrets: [] }).values(),
  ].flat();
  const server = find(objects, 'StatefulSet', 'minio').spec;
  const job = objects.find(({ kind }) => kind === 'Job') as KubernetesObject;
  const [container] = server.template.spec.containers;
  return { component, objects, server, container, job, files: find(objects, 'ConfigMap', 'minio-setup').data };
}
const { component, objects, server, container, job, files } = render();
const jobPod = job.spec.template.spec;
const volumeOf = (pod: { volumes: { name: string; secret?: unknown }[] }, name: string) =>
  pod.volumes.find((volume) => volume.name === name);

describe('the server', () => {
  test('lives in the namespace it is given, with the set-up', () => {
    expect(new Set(objects.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['store-x']));
  });

  test('runs the image and resources that it is told', () => {
    expect(container).toMatchObject({ image: 'registry.test/s3:test-1', imagePullPolicy: 'Always', resources });
  });

  test.each([
    ['minio', undefined],
    ['minio-hl', 'None'],
  ])('Service %s leads to its pods, and not to those of the set-up', (name, clusterIP) => {
    const { spec } = find(objects, 'Service', name);
    expect(spec.clusterIP).toBe(clusterIP);
    expect(spec.ports.map(({ port }: { port: number }) => port)).toEqual([9000, 9001]);
    expect(server.template.metadata.labels).toMatchObject(spec.selector);
    expect(job.spec.template.metadata.labels).not.toMatchObject(spec.selector);
  });

  test('listens where its Services and probes look', () => {
    expect(container.args).toEqual(['server', '/data', '--address=:9000', '--console-address=:9001']);
    expect(container.ports).toEqual([
      { name: 'http', containerPort: 9000 },
      { name: 'http-console', containerPort: 9001 },
    ]);
    expect(container.readinessProbe.httpGet).toEqual({ path: '/minio/health/ready', port: 'http' });
    expect(container.livenessProbe.httpGet).toEqual({ path: '/minio/health/live', port: 'http' });
  });

  test('has no console where it is off: no port, no Service port, and the server told so', () => {
    const off = render({ console: false });
    expect(off.container.ports).toEqual([{ name: 'http', containerPort: 9000 }]);
    for (const name of ['minio', 'minio-hl']) expect(find(off.objects, 'Service', name).spec.ports).toHaveLength(1);
    expect(off.container.env).toContainEqual({ name: 'MINIO_BROWSER', value: 'off' });
    expect(container.env).toContainEqual({ name: 'MINIO_BROWSER', value: 'on' });
  });

  test('keeps the volume when the StatefulSet goes or shrinks', () => {
    expect(server.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' });
  });

  test('has a user for batches where there are some, and its key is nobody else’s', () => {
    const { component } = render({ batch: true });
    expect(render().component.buckets.batch).toBeUndefined();
    expect(component.buckets.batch).toMatchObject({ bucket: 'bucket-x', key: { accessKeyId: 'batch' } });
    const keys = [component.buckets.batch, component.buckets.readWrite, component.buckets.readOnly].map(
      (access) => access?.key,
    );
    expect(new Set(keys).size).toBe(3);
  });

  test('uses every prop', () => {
    const all: Required<Omit<ObjectStoreProps, keyof WorkloadSettings>> = {
      namespace: 'all',
      image: imageOf('test-2'),
      pullSecret: 'login-x',
      bucket: 'other',
      console: false,
      batch: true,
      mirrored: true,
      servers: 4,
      issuer: { kind: 'Issuer', name: 'issuer-x' },
      clusterDomain: 'cluster.test',
      versioning: { days: 5 },
      backups: { bucket: 'safe', lock: 'compliance', lockedDays: 3, keptDays: 9 },
      requestLog: { bucket: 'asked', teams: [] },
      resources,
      storage: { size: '5Gi', className: 'class-x' },
      monitoring: { namespace: 'metrics-x', labels: { scraped: 'x' } },
      logging: { json: true },
    };
    const rendered = render(all);
    expect(rendered.server.volumeClaimTemplates[0].spec).toMatchObject({
      storageClassName: 'class-x',
      resources: { requests: { storage: '5Gi' } },
    });
    expect(rendered.server.template.spec.imagePullSecrets).toEqual([{ name: 'login-x' }]);
    expect(rendered.job.spec.template.spec.imagePullSecrets).toEqual([{ name: 'login-x' }]);
  });

  test('has a bucket for logged requests where there is one, which no user of the other sees', () => {
    const teams = [{ name: 'risk', prefix: 'lab-risk' }];
    const { component, job, files } = render({ requestLog: { bucket: 'asked', teams } });
    const pod = job.spec.template.spec;
    expect(envOf(pod.containers[0]).BUCKETS).toBe('bucket-x asked');
    const { requestLog } = component.buckets;
    expect([requestLog?.write, requestLog?.remove].map((access) => access?.bucket)).toEqual(['asked', 'asked']);
    const allowed = Object.entries(files as Record<string, string>)
      .filter(([, text]) => text.includes(':::asked'))
      .map(([name, text]): [string, string[]] => [
        name,
        [...new Set([...text.matchAll(/s3:(Get|Put|Delete)Object"/g)].map(([, verb = '']) => verb))],
      ]);
    expect(Object.fromEntries(allowed)).toEqual({
      'asked-put-only.json': ['Put'],
      'asked-list-and-delete.json': ['Delete'],
      'asked-read-only.json': ['Get'],
      'asked-read-only-lab-risk.json': ['Get'],
    });
    expect(files['asked-read-only-lab-risk.json']).toContain('arn:aws:s3:::asked/lab-risk/*');
  });
});

describe('its credentials', () => {
  const root = {
    secretName: 'minio',
    items: ['root-user', 'root-password'].map((key) => ({ key, path: key })),
    defaultMode: 0o440,
  };

  test('are those of root, which only the server and the set-up mount, and a key for each user', () => {
    expect(component.secrets.map(({ name, data }) => [name, Object.keys(data)])).toEqual([
      ['minio', ['root-user', 'root-password']],
      ['minio-users', ['mlflow', 'seldon']],
    ]);
    expect(volumeOf(server.template.spec, 'root-credential')?.secret).toEqual(root);
    expect(volumeOf(jobPod, 'root-credential')?.secret).toEqual(root);
    expect(JSON.stringify(server)).not.toContain('minio-users');
  });

  test('reach the server as files', () => {
    expect(container.env).toContainEqual({ name: 'MINIO_ROOT_USER_FILE', value: '/run/secrets/minio/root-user' });
    expect(container.env).toContainEqual({
      name: 'MINIO_ROOT_PASSWORD_FILE',
      value: '/run/secrets/minio/root-password',
    });
    expect(container.volumeMounts).toContainEqual({
      name: 'root-credential',
      mountPath: '/run/secrets/minio',
      readOnly: true,
    });
  });

  test.each(['readWrite', 'readOnly'] as const)('published for %s access lead to the rendered Service', (name) => {
    const access = component.buckets[name];
    const { metadata, spec } = find(objects, 'Service', access.endpoint.service);
    expect(metadata.namespace).toBe(access.endpoint.namespace);
    expect(spec.ports[0]).toMatchObject({ port: access.endpoint.port, targetPort: 'http' });
    expect(access.endpoint.targetPort).toBe(container.ports[0].containerPort);
    expect(access.bucket).toBe('bucket-x');
    expect(component.secrets[1]?.data[String(access.key?.accessKeyId)]).toContain(access.key?.secretAccessKey);
    expect(s3Origin(access)).toBe('http://minio.store-x.svc:9000');
  });

  test('published for MLflow may write, those for the model servers may not', () => {
    const { readWrite, readOnly } = component.buckets;
    const grants = `${readWrite.key?.accessKeyId}=bucket-x-read-write ${readOnly.key?.accessKeyId}=bucket-x-read-only`;
    expect(envOf(jobPod.containers[0]).GRANTS).toBe(grants);
    expect(component.buckets.readWrite.key?.secretAccessKey.id).not.toBe(
      component.buckets.readOnly.key?.secretAccessKey.id,
    );
  });
});

describe('what the buckets keep', () => {
  const kept = render({
    versioning: { days: 5 },
    backups: { bucket: 'safe', lock: 'compliance', lockedDays: 3, keptDays: 9 },
  });
  const pod = kept.job.spec.template.spec;
  const rule = (name: string) => JSON.parse(kept.files[name]).Rules;

  test('is set up after the users, by the login of the container before', () => {
    expect(pod.initContainers.map(({ name }: { name: string }) => name)).toEqual(['setup']);
    expect(pod.containers[0]).toMatchObject({
      name: 'buckets',
      command: ['/bin/sh', '/etc/minio-setup/buckets.sh'],
      volumeMounts: pod.initContainers[0].volumeMounts,
    });
    expect(envOf(pod.containers[0])).toEqual({
      MC_CONFIG_DIR: envOf(pod.initContainers[0]).MC_CONFIG_DIR,
      FILES_FOLDER: '/etc/minio-setup',
      VERSIONED: 'bucket-x safe',
      LOCKED: 'safe=COMPLIANCE:3d',
    });
    expect(kept.files['buckets.sh']).toBe(bucketsScript);
  });

  test('are old versions for some days, and backups for as long as is said', () => {
    expect(rule('bucket-x.lifecycle.json')).toMatchObject([
      { Expiration: { ExpiredObjectDeleteMarker: true }, NoncurrentVersionExpiration: { NoncurrentDays: 5 } },
    ]);
    expect(rule('safe.lifecycle.json')).toMatchObject([
      { Expiration: { Days: 9 }, NoncurrentVersionExpiration: { NoncurrentDays: 1 } },
    ]);
  });

  test('are backups that no key deletes, with one key to add, one to read and one for both', () => {
    expect(component.buckets.backups).toBeUndefined();
    const { write, read, archive } = kept.component.buckets.backups ?? {};
    expect([write, read, archive].map((access) => [access?.bucket, access?.key?.accessKeyId])).toEqual([
      ['safe', 'backup'],
      ['safe', 'restore'],
      ['safe', 'archive'],
    ]);
    expect(envOf(pod.initContainers[0]).GRANTS).toContain(
      'backup=safe-put-only restore=safe-read-only archive=safe-put-and-read',
    );
  });
});

describe('the policies', () => {
  const user = (accessKeyId: string, access: BucketUser['access']): BucketUser => ({
    accessKeyId,
    bucket: 'bucket-x',
    access,
    secretAccessKey: new Credential('X', ''),
  });
  const made = policies([
    user('writer', 'read-write'),
    user('reader', 'read-only'),
    user('dumper', 'put-only'),
    user('archiver', 'put-and-read'),
  ]);
  const deny = { Effect: 'Deny', Action: ['admin:CreateServiceAccount'], Resource: ['arn:aws:s3:::*'] };

  test.each([
    [
      'bucket-x-read-write.json',
      ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
      ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
    ],
    ['bucket-x-read-only.json', ['s3:GetBucketLocation', 's3:ListBucket'], ['s3:GetObject']],
    [
      'bucket-x-put-only.json',
      ['s3:GetBucketLocation', 's3:ListBucketMultipartUploads'],
      ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
    ],
    [
      'bucket-x-put-and-read.json',
      ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
      ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
    ],
  ])('%s grants no more than its name says', (name, bucket, objects) => {
    expect(JSON.parse(made[name] ?? '')).toEqual({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: bucket, Resource: ['arn:aws:s3:::bucket-x'] },
        { Effect: 'Allow', Action: objects, Resource: ['arn:aws:s3:::bucket-x/*'] },
        deny,
      ],
    });
  });

  test('lie beside the script that applies them', () => {
    const own = policies([user('writer', 'read-write'), user('reader', 'read-only')]);
    expect(files).toMatchObject(own);
    expect(Object.keys(files).sort()).toEqual([...Object.keys(own), 'again.sh', 'setup.sh'].sort());
  });
});

describe('the set-up', () => {
  test('runs its script with its files, keys and root credential where the script looks', () => {
    expect(jobPod.containers[0].command).toEqual(['/bin/sh', '/etc/minio-setup/setup.sh']);
    expect(jobPod.containers[0].volumeMounts).toEqual([
      { name: 'files', mountPath: '/etc/minio-setup', readOnly: true },
      { name: 'root-credential', mountPath: '/run/secrets/minio', readOnly: true },
      { name: 'user-keys', mountPath: '/run/secrets/minio-users', readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
    ]);
    expect(files['setup.sh']).toBe(setupScript);
    expect(envOf(jobPod.containers[0])).toMatchObject({
      STORE_URL: 'http://minio.store-x.svc:9000',
      BUCKETS: 'bucket-x',
      ROOT_USER_FILE: '/run/secrets/minio/root-user',
      ROOT_PASSWORD_FILE: '/run/secrets/minio/root-password',
      KEYS_FOLDER: '/run/secrets/minio-users',
      FILES_FOLDER: '/etc/minio-setup',
    });
  });

  test('may call the server', () => {
    expect(component.edges).toMatchObject([{ from: { name: 'minio-setup' }, to: { name: 'minio' }, ports: [9000] }]);
  });

  const nameWith = (overrides: Partial<ObjectStoreProps>) => render(overrides).job.metadata.name;
  test.each<[string, Partial<ObjectStoreProps>]>([
    ['another bucket', { bucket: 'other' }],
    ['another image', { image: imageOf('test-2') }],
    ['another namespace, whose host it calls', { namespace: 'other' }],
  ])('is another Job with %s', (_, overrides) => {
    expect(nameWith(overrides)).toMatch(/^minio-setup-[0-9a-f]{8}$/);
    expect(nameWith(overrides)).not.toBe(job.metadata.name);
  });

  test.each<[string, Partial<ObjectStoreProps>]>([
    ['another volume', { storage: { size: '9Gi', className: 'other' } }],
    ['other resources', { resources: { requests: { cpu: '1' }, limits: {} } }],
    ['no console', { console: false }],
  ])('is the same Job with %s', (_, overrides) => {
    expect(nameWith(overrides)).toBe(job.metadata.name);
  });
});
