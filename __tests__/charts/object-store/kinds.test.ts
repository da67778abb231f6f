/** What the kinds of object store publish and render, with settings that no environment has. */
import { quantityValue } from '../../../charts/lib/quantity';
import { s3Origin } from '../../../charts/object-store/bucket';
import { externalBucket, externalStore, givenKey } from '../../../charts/object-store/external';
import { Mirror } from '../../../charts/object-store/mirror';
import { ObjectStore } from '../../../charts/object-store/object-store';
import type { PlaceSettings } from '../../../charts/object-store/place';
import { rcloneRemote } from '../../../charts/object-store/rclone';
import type { SeaweedfsProps } from '../../../charts/object-store/seaweedfs/props';
import { Seaweedfs } from '../../../charts/object-store/seaweedfs/seaweedfs';
import { build, envOf, foreignBucket, foreignImages, foreignResources, secretText } from '../../support/foreign';
import { find } from '../../support/platform';

const issuer = { kind: 'Issuer', name: 'issuer-x' };
const stored = { resources: foreignResources, storage: { size: '3Gi' } };

describe('distributed', () => {
  const { component, objects } = build(
    (app) =>
      new ObjectStore(app, {
        ...{ namespace: 'store-x', image: foreignImages.objectStore, bucket: 'lake', console: false, batch: false },
        ...{ ...stored, servers: 5, issuer, clusterDomain: 'cluster.test' },
      }),
  );
  const { spec } = find(objects, 'StatefulSet', 'minio');
  const [container] = spec.template.spec.containers;

  test('is servers that find each other by their names, with TLS', () => {
    expect(spec).toMatchObject({ replicas: 5, podManagementPolicy: 'Parallel' });
    expect(container.args.slice(0, 2)).toEqual(['server', 'https://minio-{0...4}.minio-hl.store-x.svc:9000/data']);
    expect(container.readinessProbe.httpGet.scheme).toBe('HTTPS');
  });

  test('has a certificate for every name that it is called by', () => {
    expect(find(objects, 'Certificate', 'minio-certificate').spec.dnsNames).toEqual(
      expect.arrayContaining(['minio.store-x.svc', 'minio.store-x.svc.cluster.test', '*.minio-hl.store-x.svc']),
    );
  });

  test('loses one server at a time: a node for each, and a budget of one', () => {
    const [term] = spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution;
    expect(term).toEqual({
      topologyKey: 'kubernetes.io/hostname',
      labelSelector: { matchLabels: spec.selector.matchLabels },
    });
    expect(find(objects, 'PodDisruptionBudget', 'minio').spec).toEqual({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: spec.selector.matchLabels },
    });
  });

  test('publishes who signs for it, and lets its servers call each other', () => {
    expect(component.buckets.readOnly).toMatchObject({
      authority: { kind: 'issuer', issuer },
      key: { accessKeyId: 'seldon' },
    });
    expect(s3Origin(component.buckets.readOnly)).toBe('https://minio.store-x.svc:9000');
    expect(component.edges).toContainEqual(
      expect.objectContaining({ from: { ...component.buckets.readOnly.endpoint.pods }, ports: [9000] }),
    );
  });
});

describe('seaweedfs', () => {
  const render = (overrides: Partial<SeaweedfsProps> = {}) =>
    build(
      (app) =>
        new Seaweedfs(app, {
          ...{ namespace: 'store-x', bucket: 'lake', batch: false, versioned: true, backups: { bucket: 'safe' } },
          ...{ image: foreignImages.seaweedfs, metadataImage: foreignImages.etcd, clusterDomain: 'cluster.test' },
          ...{ ...stored, servers: 4, copies: 3, masters: stored, metadata: stored },
          gateways: { replicas: 2, resources: foreignResources },
          ...overrides,
        }),
    );
  const { component, objects } = render();

  test.each([
    ['seaweedfs-etcd', 3],
    ['seaweedfs-master', 3],
    ['seaweedfs-volume', 4],
  ])('%s has several pods, on nodes of their own', (name, replicas) => {
    const { spec } = find(objects, 'StatefulSet', name);
    expect(spec.replicas).toBe(replicas);
    expect(spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution).toHaveLength(1);
    expect(find(objects, 'PodDisruptionBudget', name).spec.maxUnavailable).toBe(1);
  });

  test('has gateways on different nodes as far as there are such, since they keep nothing', () => {
    const { spec } = find(objects, 'Deployment', 'seaweedfs-gateway');
    expect(spec.replicas).toBe(2);
    expect(Object.keys(spec.template.spec.affinity.podAntiAffinity)).toEqual([
      'preferredDuringSchedulingIgnoredDuringExecution',
    ]);
    expect(find(objects, 'PodDisruptionBudget', 'seaweedfs-gateway').spec.maxUnavailable).toBe(1);
  });

  test('keeps as many copies as it is told, and calls nobody', () => {
    const { args } = find(objects, 'StatefulSet', 'seaweedfs-master').spec.template.spec.containers[0];
    expect(args).toEqual(expect.arrayContaining(['-defaultReplication=002', '-telemetry=false']));
  });

  test.each(['1Gi', '4G', '18Gi', '1Ti'])('names in %s are refused before the disk is full', (size) => {
    const { objects } = render({ metadata: { ...stored, storage: { size } } });
    const { args } = find(objects, 'StatefulSet', 'seaweedfs-etcd').spec.template.spec.containers[0];
    const quota = Number(/^--quota-backend-bytes=(\d+)$/m.exec(args.join('\n'))?.[1]);
    expect(quota).toBeGreaterThan(200 * 2 ** 20);
    // Twice the database, and the log of etcd.
    expect(2 * quota + 7 * 64_000_000).toBeLessThan(quantityValue(size));
    expect(quota).toBeLessThanOrEqual(8 * 2 ** 30);
  });

  test('gives each user a policy of its bucket, in a Secret', () => {
    const { policies, identities } = JSON.parse(secretText(component, 'seaweedfs-users', 's3.json'));
    expect(identities.map((user: { name: string; policyNames: string[] }) => [user.name, user.policyNames])).toEqual([
      ['mlflow', ['lake-read-write']],
      ['seldon', ['lake-read-only']],
      ['backup', ['safe-put-only']],
      ['restore', ['safe-read-only']],
      ['archive', ['safe-put-and-read']],
    ]);
    expect(identities[0].credentials).toEqual([{ accessKey: 'mlflow', secretKey: '<MLFLOW_S3_SECRET_KEY>' }]);
    expect(JSON.parse(policies[0].content).Statement[0].Resource).toEqual(['arn:aws:s3:::lake']);
  });
});

const place: PlaceSettings = {
  endpoint: 'https://s3.test:8443',
  provider: 'AWS',
  region: 'eu-test-1',
  pathStyle: false,
  authority: { configMap: 'ca-x', key: 'x.pem' },
  cidrs: ['10.9.0.0/16'],
  credentials: 'identity',
  identityEgress: [{ cidr: '169.254.170.23/32', port: 80 }],
};

describe('external', () => {
  test('is reached by keys that are given, a pair for each user', () => {
    const { readWrite, readOnly } = externalStore({
      ...place,
      credentials: 'keys',
      bucket: 'lake',
      batch: false,
      mirrored: false,
    });
    expect(readWrite.key).toMatchObject({
      accessKeyId: { id: 'MLFLOW_S3_ACCESS_KEY', origin: 'given' },
      secretAccessKey: { id: 'MLFLOW_S3_SECRET_KEY', origin: 'given' },
    });
    expect(readOnly.endpoint).toEqual({ host: 's3.test', port: 8443, cidrs: ['10.9.0.0/16'], tls: true });
    expect(readOnly.authority).toEqual({ kind: 'configMap', name: 'ca-x', key: 'x.pem' });
  });

  test('is reached without a key where the cloud knows the pods: rclone asks the environment', () => {
    const { readOnly } = externalStore({ ...place, bucket: 'lake', batch: false, mirrored: false });
    expect(readOnly.key).toBeUndefined();
    expect(rcloneRemote(readOnly)).toEqual({
      RCLONE_CONFIG_S3_TYPE: ['s3'],
      RCLONE_CONFIG_S3_PROVIDER: ['', 'AWS', ''],
      RCLONE_CONFIG_S3_ENV_AUTH: ['', 'true', ''],
      RCLONE_CONFIG_S3_ENDPOINT: ['', 'https://s3.test:8443', ''],
      RCLONE_CONFIG_S3_REGION: ['', 'eu-test-1', ''],
      RCLONE_CONFIG_S3_FORCE_PATH_STYLE: ['', 'false', ''],
    });
  });
});

describe('the mirror', () => {
  const to = externalBucket({ ...place, credentials: 'keys', bucket: 'copy' }, givenKey('MIRROR_TARGET', 'the key'));
  const render = (schedule: string) =>
    build(
      (app) =>
        new Mirror(app, {
          ...{ namespace: 'store-x', image: foreignImages.rclone, from: foreignBucket, to },
          ...{ schedule, deletes: true, resources: foreignResources },
        }),
    );
  const jobOf = ({ objects }: ReturnType<typeof render>) => find(objects, 'CronJob', 'object-store-mirror').spec;
  const { component, objects } = render('7 3 * * *');
  const spec = jobOf({ component, objects });
  const pod = spec.jobTemplate.spec.template.spec;

  test('copies between two places on a schedule, one run at a time', () => {
    expect(spec).toMatchObject({ schedule: '7 3 * * *', concurrencyPolicy: 'Forbid' });
    expect(envOf(pod.containers[0])).toMatchObject({ FROM: 'source:lake', TO: 'target:copy', DELETES: 'true' });
    expect(pod.volumes).toContainEqual({
      name: 'target-authority',
      configMap: { name: 'ca-x', items: [{ key: 'x.pem', path: 'ca.crt' }] },
    });
  });

  test.each([
    ['weekly', '7 3 * * 2', 7],
    ['daily', '7 3 * * *', 1],
    ['hourly', '7 * * * *', 1],
  ])('a %s run may take until the next one, and at least a day', (_, schedule, days) => {
    expect(jobOf(render(schedule)).jobTemplate.spec.activeDeadlineSeconds).toBe(days * 86_400);
  });

  test('has a key for each, and may call both and nobody else', () => {
    expect(secretText(component, 'object-store-mirror', 'RCLONE_CONFIG_TARGET_SECRET_ACCESS_KEY')).toBe(
      '<MIRROR_TARGET_S3_SECRET_KEY>',
    );
    expect(component.edges.map(({ to, ports }) => [to.kind, ports])).toEqual([
      ['pods', [17000]],
      ['cidr', [8443]],
    ]);
  });
});
