/** The log of requests: who writes, who deletes, who may call whom; store and namespaces are of no environment. */
import { Credential } from '../../../charts/lib/secret';
import type { LogBucket } from '../../../charts/object-store/bucket';
import type { RequestLogProps } from '../../../charts/request-log/props';
import receiverScript from '../../../charts/request-log/receiver.py';
import { RequestLog } from '../../../charts/request-log/request-log';
import { build, envOf, foreignBucket, foreignImages, foreignResources, secretText } from '../../support/foreign';
import { find, type KubernetesObject } from '../../support/platform';
import { restrictedFaults } from '../../support/pod-security';

const key = (accessKeyId: string) => ({
  accessKeyId,
  secretAccessKey: new Credential(`KEY_OF_${accessKeyId}`, 'a test'),
});
const bucket: LogBucket = {
  write: { ...foreignBucket, bucket: 'asked', key: key('WRITER') },
  remove: { ...foreignBucket, bucket: 'asked', key: key('REMOVER') },
};
const props: RequestLogProps = {
  namespace: 'log-x',
  image: foreignImages.mlflow,
  pullSecret: 'login-x',
  bucket,
  sources: [{ namespace: 'lab' }, { namespace: 'lab-risk', team: 'risk' }],
  retention: { days: 17, schedule: '7 3 * * 2' },
  flush: { seconds: 21, size: '3Mi' },
  buffer: '70Mi',
  replicas: 3,
  resources: foreignResources,
};

function render(changes: Partial<RequestLogProps> = {}) {
  const { component, objects } = build((app) => new RequestLog(app, { ...props, ...changes }));
  const podOf = (name: string): KubernetesObject['spec'] => find(objects, 'Deployment', name).spec.template.spec;
  const job = find(objects, 'CronJob', 'request-log-retention').spec;
  return { component, objects, podOf, job, deletes: job.jobTemplate.spec.template.spec };
}
const plain = render();
const receiver = plain.podOf('request-log').containers[0];

test('each namespace of models has receivers of its own, which take nothing of the others', () => {
  const namespaces = ['request-log', 'request-log-risk'].map(
    (name) => envOf(plain.podOf(name).containers[0]).NAMESPACE,
  );
  expect(namespaces).toEqual(['lab', 'lab-risk']);
  expect([...plain.component.endpoints].map(([namespace, { service }]) => [namespace, service])).toEqual([
    ['lab', 'request-log'],
    ['lab-risk', 'request-log-risk'],
  ]);
});

test('a run that deletes ends after six hours, so that the next one can start', () => {
  expect(plain.job.jobTemplate.spec.activeDeadlineSeconds).toBe(21_600);
});

test('no Service leads to the receivers of another namespace, or to what deletes', () => {
  const selectors = plain.objects
    .filter(({ kind }) => kind === 'Service')
    .map(({ spec }) => JSON.stringify(spec.selector));
  expect(new Set(selectors).size).toBe(2);
  const labels = plain.job.jobTemplate.spec.template.metadata.labels;
  expect(selectors).not.toContain(JSON.stringify(labels));
});

test('nothing of it is in the namespaces of the models', () => {
  const namespaces = new Set(plain.objects.map(({ metadata }) => metadata.namespace));
  expect([...namespaces, ...plain.component.secrets.map(({ namespace }) => namespace)]).toEqual([
    'log-x',
    'log-x',
    'log-x',
  ]);
});

test('receivers are told when to put, what they have room for, and who they are', () => {
  expect(envOf(receiver)).toMatchObject({
    BUCKET: 'asked',
    FLUSH_SECONDS: '21',
    FLUSH_BYTES: String(3 * 2 ** 20),
    SPOOL_BYTES: String(70 * 2 ** 20),
    AWS_ENDPOINT_URL_S3: 'http://s3.elsewhere.svc:7000',
  });
  const pod = receiver.env.find(({ name }: { name: string }) => name === 'POD');
  expect(pod.valueFrom.fieldRef.fieldPath).toBe('metadata.name');
});

test('what a receiver reads is what its program says that it reads', () => {
  const said = [...receiverScript.matchAll(/env\["([A-Z_]+)"\]/g)].map(([, name = '']) => name);
  expect(said.length).toBeGreaterThan(8);
  expect(Object.keys(envOf(receiver))).toEqual(expect.arrayContaining(said));
});

test('what waits lies in a folder that ends with the pod, where the program looks', () => {
  const mount = receiver.volumeMounts.find(({ name }: { name: string }) => name === 'spool');
  expect(mount.mountPath).toBe(envOf(receiver).SPOOL_FOLDER);
  const { volumes } = plain.podOf('request-log');
  expect(volumes.find(({ name }: { name: string }) => name === 'spool').emptyDir.sizeLimit).toBe('66Mi');
});

test('several receivers are spread, and a drained node takes one at a time', () => {
  expect(find(plain.objects, 'Deployment', 'request-log').spec.replicas).toBe(3);
  expect(find(plain.objects, 'PodDisruptionBudget', 'request-log-risk').spec.maxUnavailable).toBe(1);
});

test('who writes and who deletes have a key each, and no other', () => {
  const texts = ['request-log', 'request-log-retention'].map((name) =>
    secretText(plain.component, name, 'credentials'),
  );
  expect(texts).toEqual([
    '[default]\naws_access_key_id=WRITER\naws_secret_access_key=<KEY_OF_WRITER>\n',
    '[default]\naws_access_key_id=REMOVER\naws_secret_access_key=<KEY_OF_REMOVER>\n',
  ]);
  const mounted = (pod: KubernetesObject['spec']) =>
    pod.volumes.flatMap(({ secret }: { secret?: { secretName: string } }) => secret?.secretName ?? []);
  expect([mounted(plain.podOf('request-log')), mounted(plain.deletes)]).toEqual([
    ['request-log'],
    ['request-log-retention'],
  ]);
});

test('where a cloud knows pods by their ServiceAccount there is no key, and what deletes may be somebody else', () => {
  const { key: _, ...identity } = { ...foreignBucket, identityEgress: [{ cidr: '10.9.9.9/32', port: 80 }] };
  const { component, objects, podOf } = render({
    bucket: { write: identity, remove: identity },
    serviceAccount: { annotations: { role: 'writer' } },
    retention: { ...props.retention, serviceAccount: { annotations: { role: 'remover' } } },
  });
  expect(component.secrets).toEqual([]);
  const roles = objects
    .filter(({ kind }) => kind === 'ServiceAccount')
    .map(({ metadata }) => metadata.annotations?.role);
  expect(roles.sort()).toEqual(['remover', 'writer']);
  expect(envOf(podOf('request-log').containers[0])).not.toHaveProperty('AWS_SHARED_CREDENTIALS_FILE');
  expect(component.edges).toContainEqual({
    from: expect.objectContaining({ name: 'request-log' }),
    to: { kind: 'cidr', cidr: '10.9.9.9/32' },
    ports: [80],
  });
});

test('the certificate of the store is checked by its authority', () => {
  const endpoint = { ...foreignBucket.endpoint, tls: true };
  const store = { ...foreignBucket, endpoint, authority: { kind: 'configMap', name: 'ca-x', key: 'ca' } as const };
  const { podOf, deletes } = render({ bucket: { write: store, remove: store } });
  for (const pod of [podOf('request-log'), deletes]) {
    const [container] = pod.containers;
    const { AWS_CA_BUNDLE = '' } = envOf(container);
    expect(
      container.volumeMounts.some(({ mountPath }: { mountPath: string }) => AWS_CA_BUNDLE.startsWith(`${mountPath}/`)),
    ).toBe(true);
  }
});

test('it calls the store, and nobody else', () => {
  expect(plain.component.edges).toMatchObject([
    { from: { name: 'request-log-retention' }, to: { name: 's3-pods' }, ports: [17000] },
    { from: { name: 'request-log' }, to: { name: 's3-pods' }, ports: [17000] },
    { from: { name: 'request-log-risk' }, to: { name: 's3-pods' }, ports: [17000] },
  ]);
});

test('old events are deleted on a schedule, never twice at a time', () => {
  expect(plain.job).toMatchObject({ schedule: '7 3 * * 2', concurrencyPolicy: 'Forbid' });
  expect(envOf(plain.deletes.containers[0])).toMatchObject({ BUCKET: 'asked', DAYS: '17' });
});

test('each receiver is scraped by a name of its own, at the port that it shows metrics at', () => {
  const { component } = render({ monitoring: { kind: 'file', namespace: 'metrics-x', labels: {} } });
  expect(component.scrapes.map(({ name, port }) => [name, port])).toEqual([
    ['request-log', 'metrics'],
    ['request-log-risk', 'metrics'],
  ]);
  expect(component.targets.map(({ job, namespace }) => [job, namespace])).toEqual([
    ['request-log', 'log-x'],
    ['request-log-risk', 'log-x'],
  ]);
});

test('receivers start anew with another program', () => {
  const { annotations } = find(plain.objects, 'Deployment', 'request-log').spec.template.metadata;
  expect(annotations['checksum/scripts']).toMatch(/^[0-9a-f]{64}$/);
});

test('a pod that ends has time for those who still send, and to put what it has', () => {
  expect(plain.podOf('request-log').terminationGracePeriodSeconds).toBe(90);
  expect(receiver.lifecycle.preStop.exec.command).toEqual(['sleep', '5']);
});

test('every pod passes Pod Security "restricted"', () => {
  for (const pod of [plain.podOf('request-log'), plain.deletes]) expect(restrictedFaults(pod)).toEqual([]);
});

test('without models that log there is no receiver, and old events are deleted all the same', () => {
  const { objects, component } = render({ sources: [] });
  expect(objects.map(({ kind }) => kind).sort()).toEqual(['ConfigMap', 'CronJob', 'ServiceAccount']);
  expect(component.secrets.map(({ name }) => name)).toEqual(['request-log-retention']);
});
