/** Batch prediction: its schema, and what it renders from foreign inputs. */
import { Batch } from '../../../charts/batch/batch';
import script from '../../../charts/batch/batch.py';
import { batchFaults, batchSchema } from '../../../charts/batch/config';
import type { BatchProps } from '../../../charts/batch/props';
import {
  build,
  envOf,
  foreignBucket,
  foreignEndpoint,
  foreignImage,
  foreignResources,
  secretText,
} from '../../support/foreign';
import { restrictedFaults } from '../../support/pod-security';

const props: BatchProps = {
  namespace: 'lab',
  model: 'scorer',
  endpoint: { endpoint: foreignEndpoint('scorer-main', 8100, 18100), protocol: 'v2', path: '/v2/models/node/infer' },
  version: '31',
  copier: { ...foreignImage, reference: 'registry.example.org/rclone:1' },
  processor: foreignImage,
  pullSecret: 'login',
  store: foreignBucket,
  apiServerPorts: [16443],
  engine: 'kubernetes',
  input: 's3://lake/in/',
  output: 's3://lake/out',
  concurrencyPolicy: 'Replace',
  workers: 7,
  retries: 5,
  retryDelay: 11,
  timeout: 13,
  batchSize: 1,
  dataType: 'raw',
  payloadType: 'ndarray',
  method: 'predict',
  maxFailedPercent: 17,
  backoffLimit: 4,
  deadline: 999,
  resources: { ...foreignResources, limits: { cpu: '444m', memory: '555Mi', 'ephemeral-storage': '66Mi' } },
};
const SCHEDULED = { schedule: '7 3 * * *', timeZone: 'Europe/Berlin' };

const make = (changes: Partial<BatchProps> = {}) => build((app) => new Batch(app, { ...props, ...changes }));
const object = (kind: string, changes: Partial<BatchProps> = {}) => {
  const found = make(changes).objects.find((candidate) => candidate.kind === kind);
  if (!found) throw new Error(`no ${kind}`);
  return found;
};
const pod = (changes: Partial<BatchProps> = {}) => object('Job', changes).spec.template.spec;
const predictEnv = (changes: Partial<BatchProps> = {}) => envOf(pod(changes).initContainers[1]);

describe('a pod', () => {
  test('fetches, predicts, and writes only when all is predicted', () => {
    const { initContainers, containers } = pod();
    expect(initContainers.map(({ name }: { name: string }) => name)).toEqual(['fetch', 'predict']);
    expect(initContainers[0].command.slice(-2)).toEqual(['s3:lake/in', '/files/in']);
    expect(containers).toHaveLength(1);
    expect(containers[0].command.slice(-2)).toEqual(['/files/out', 's3:lake/out']);
  });

  test('replaces an old object of the same size, whose checksum the store may not know', () => {
    expect(pod().containers[0].command).not.toContain('--checksum');
  });

  test('starts anew in each attempt, and none lasts longer than it may', () => {
    expect(pod()).toMatchObject({ restartPolicy: 'Never', activeDeadlineSeconds: 999 });
  });

  test('passes Pod Security "restricted" without a token and with a root that is read-only', () => {
    const spec = pod();
    expect(restrictedFaults(spec)).toEqual([]);
    expect(spec.automountServiceAccountToken).toBe(false);
    for (const container of [...spec.initContainers, ...spec.containers]) {
      expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
    }
  });

  test('has as much room for objects as its disk', () => {
    expect(pod().volumes[0]).toEqual({ name: 'files', emptyDir: { sizeLimit: '66Mi' } });
  });

  test('has the images, the resources and the pull Secret that it is given', () => {
    const { initContainers, containers, imagePullSecrets } = pod();
    expect(initContainers[1]).toMatchObject({ image: foreignImage.reference, resources: props.resources });
    expect(initContainers[0].image).toBe('registry.example.org/rclone:1');
    expect(containers[0].image).toBe('registry.example.org/rclone:1');
    expect(imagePullSecrets).toEqual([{ name: 'login' }]);
  });

  test('may open connections to the store and the model, and no others', () => {
    const { edges } = make().component;
    expect(edges.map(({ to, ports }) => [to.kind, ...ports])).toEqual([
      ['pods', 17000],
      ['pods', 18100],
    ]);
  });

  test('shows the key of the store only to what copies', () => {
    const { initContainers, containers } = pod();
    const readers = [...initContainers, ...containers].filter(({ envFrom }) => envFrom);
    expect(readers.map(({ name }: { name: string }) => name)).toEqual(['fetch', 'upload']);
    const { component } = make();
    expect(readers[0].envFrom).toEqual([{ secretRef: { name: component.secrets[0]?.name } }]);
    expect(component.secrets.map(({ namespace }) => namespace)).toEqual(['lab']);
    const text = (key: string) => secretText(component, 'batch-scorer', key);
    expect(text('RCLONE_CONFIG_S3_ENDPOINT')).toBe('http://s3.elsewhere.svc:7000');
    expect(text('RCLONE_CONFIG_S3_ACCESS_KEY_ID')).toBe('reader');
    expect(text('RCLONE_CONFIG_S3_SECRET_ACCESS_KEY')).toBe('<SOME_S3_KEY>');
  });
});

describe('seldon-batch-processor', () => {
  test('is told what the settings say', () => {
    expect(predictEnv()).toMatchObject({
      MODEL_URL: 'http://scorer-main.elsewhere.svc:8100/v2/models/node/infer',
      MODEL_PROTOCOL: 'v2',
      ROW_TYPE: 'raw',
      ROWS_PER_REQUEST: '1',
      REQUEST_TIMEOUT: '13',
      RETRY_DELAY: '11',
      MAX_FAILED_PERCENT: '17',
      MODEL_VERSION: '31',
      SELDON_BATCH_GATEWAY_TYPE: 'seldon',
      SELDON_BATCH_WORKERS: '7',
      SELDON_BATCH_RETRIES: '5',
    });
  });

  test('sends feedback where Seldon takes it', () => {
    expect(predictEnv({ method: 'feedback' })).toMatchObject({
      MODEL_URL: 'http://scorer-main.elsewhere.svc:8100/api/v1.0/feedback',
      SELDON_BATCH_METHOD: 'feedback',
    });
  });

  test('runs from a script of the manifest that reads each variable it is given, and no other', () => {
    const { data } = object('ConfigMap');
    expect(data).toEqual({ 'batch.py': script });
    const read = [...script.matchAll(/env\["(\w+)"\]/g)].map(([, name]) => name);
    const given = Object.keys(predictEnv()).filter((name) => name !== 'HOME' && !name.startsWith('SELDON_BATCH_'));
    expect(new Set(read)).toEqual(new Set(given));
  });
});

describe('what starts it', () => {
  test('is a Job with another name when it does something else, and the same otherwise', () => {
    const name = (changes: Partial<BatchProps> = {}) => object('Job', changes).metadata.name;
    expect(name()).toMatch(/^batch-scorer-[0-9a-f]{8}$/);
    expect(name()).toBe(name());
    expect(name({ input: 's3://lake/other' })).not.toBe(name());
    expect(object('Job').spec.backoffLimit).toBe(4);
  });

  test('is a CronJob of the same pod where there is a schedule', () => {
    const { spec } = object('CronJob', SCHEDULED);
    expect(spec).toMatchObject({ ...SCHEDULED, concurrencyPolicy: 'Replace', startingDeadlineSeconds: 3600 });
    expect(spec.jobTemplate.spec.backoffLimit).toBe(4);
    expect(spec.jobTemplate.spec.template.spec).toEqual(pod());
  });

  test.each([
    [4, 999, 5 * 999 + 21_600],
    [0, 60, 60 + 21_600],
  ])(
    'a run with %i further attempts of %i seconds ends with the last of them, and what it waits',
    (backoffLimit, deadline, seconds) => {
      const { spec } = object('CronJob', { ...SCHEDULED, backoffLimit, deadline });
      expect(spec.jobTemplate.spec.activeDeadlineSeconds).toBe(seconds);
    },
  );

  test('comes after the models that it asks', () => {
    expect([...make().component.files()].map(({ stage, name }) => [stage, name])).toEqual([
      ['55-batch', 'batch-scorer'],
    ]);
  });
});

describe('Argo', () => {
  const argo = (changes: Partial<BatchProps> = {}) => ({ engine: 'argo' as const, ...changes });
  const workflow = (changes: Partial<BatchProps> = {}) => object('Workflow', argo(changes));

  test('runs the same pod', () => {
    const { initContainers, containers, volumes, securityContext } = pod();
    const { templates, ...spec } = workflow().spec;
    expect(spec.securityContext).toEqual(securityContext);
    expect(templates).toEqual([
      {
        name: 'batch',
        activeDeadlineSeconds: 999,
        retryStrategy: { limit: '4', retryPolicy: 'Always' },
        initContainers,
        container: { ...containers[0], name: '' },
        volumes,
      },
    ]);
    expect(JSON.stringify(spec)).not.toContain('{{');
  });

  test('runs another Workflow when it does something else, and the same otherwise', () => {
    expect(workflow().metadata.name).toMatch(/^batch-scorer-[0-9a-f]{8}$/);
    expect(workflow().metadata.name).toBe(workflow().metadata.name);
    expect(workflow({ output: 's3://lake/other' }).metadata.name).not.toBe(workflow().metadata.name);
  });

  test('runs a CronWorkflow of the same Workflow where there is a schedule, which ends after all attempts', () => {
    const { metadata, spec } = object('CronWorkflow', argo(SCHEDULED));
    expect(metadata.name).toBe('batch-scorer');
    expect(spec).toEqual({
      schedules: ['7 3 * * *'],
      timezone: 'Europe/Berlin',
      concurrencyPolicy: 'Replace',
      startingDeadlineSeconds: 3600,
      workflowSpec: { ...workflow().spec, activeDeadlineSeconds: 5 * 999 + 21_600 },
    });
  });

  test('has a token for its own containers alone, which may report results', () => {
    const patch = JSON.parse(workflow().spec.podSpecPatch);
    expect(patch.automountServiceAccountToken).toBe(false);
    const mounts = [...patch.initContainers, ...patch.containers].map(({ name, volumeMounts }) => [
      name,
      volumeMounts.length,
    ]);
    expect(mounts).toEqual([
      ['init', 1],
      ['wait', 1],
    ]);
    // The executor reports to the namespace that it finds there.
    const files = patch.volumes.flatMap(({ projected }: { projected: { sources: object[] } }) => projected.sources);
    expect(JSON.stringify(files)).toContain('"path":"namespace"');
    expect(object('Role', argo()).rules).toEqual([
      { apiGroups: ['argoproj.io'], resources: ['workflowtaskresults'], verbs: ['create', 'patch'] },
    ]);
    expect(object('RoleBinding', argo()).subjects[0].name).toBe(workflow().spec.serviceAccountName);
    expect(make(argo()).component.edges.at(-1)).toMatchObject({ to: { kind: 'apiServer' }, ports: [16443] });
  });

  test('is not there where Kubernetes runs it', () => {
    expect(
      make()
        .objects.map(({ kind }) => kind)
        .sort(),
    ).toEqual(['ConfigMap', 'Job', 'ServiceAccount']);
  });
});

describe('the schema', () => {
  const PLACES = { input: 's3://lake/in/', output: 's3://lake/out' };
  const faultsOf = (changes: object) => {
    const { error } = batchSchema.safeParse({ ...PLACES, ...changes });
    return (error?.issues ?? []).map(({ path }) => path.join('.'));
  };

  test('asks for two places, and is absent where there is no batch', () => {
    expect(batchSchema.parse(undefined)).toBeUndefined();
    expect(faultsOf({})).toEqual([]);
    expect(batchSchema.safeParse({}).error?.issues.map(({ path }) => path.join('.'))).toEqual(['input', 'output']);
  });

  test.each([
    ['output', { output: 's3://lake/in' }],
    ['output', { output: 's3://lake/in/out' }],
    ['output', { input: 's3://lake/in', output: 's3://lake/in/' }],
    ['input', { input: 's3://lake/out/in/rows.jsonl' }],
    ['input', { input: 's3://lake', output: 's3://other/out' }],
    ['input', { input: 's3://lake/../x' }],
    ['output', { output: 'gs://lake/out' }],
    ['schedule', { schedule: '61 * * * *' }],
    ['timeZone', { timeZone: 'Europe/Berlin' }],
    ['timeZone', { schedule: '@daily', timeZone: 'Europe/Nowhere' }],
    ['timeZone', { schedule: '@daily', timeZone: '+05:00' }],
    ['batchSize', { batchSize: 2, dataType: 'str' }],
    ['batchSize', { batchSize: 2, method: 'feedback' }],
    ['dataType', { dataType: 'data', method: 'feedback' }],
    ['payloadType', { payloadType: 'tensor' }],
    ['payloadType', { dataType: 'data', payloadType: 'tftensor' }],
    ['engine', { engine: 'airflow' }],
    ['concurrencyPolicy', { concurrencyPolicy: 'Never' }],
    ['', { bucket: 'lake' }],
  ])('refuses %s of %j', (path, changes) => {
    expect(faultsOf(changes)).toEqual([path]);
  });

  test.each([
    { input: 's3://lake/input', output: 's3://lake/in' },
    { input: 's3://lake/in/rows.jsonl', output: 's3://other/in' },
    { schedule: '@daily', timeZone: 'UTC' },
    { schedule: '0 2 * * 1-5', timeZone: 'America/Argentina/Buenos_Aires' },
    { batchSize: 32, dataType: 'data', payloadType: 'tensor' },
    { method: 'feedback' },
  ])('takes %j', (changes) => {
    expect(faultsOf(changes)).toEqual([]);
  });

  const faultsWith = (protocol: 'v2' | 'seldon' | 'tensorflow', changes: object, name = 'scorer') =>
    batchFaults({ name, protocol, batch: batchSchema.parse({ ...PLACES, ...changes }) }).map(({ path }) =>
      path.join('.'),
    );

  test.each(['v2', 'tensorflow'] as const)('takes of a %s model only what its protocol has', (protocol) => {
    expect(faultsWith(protocol, {})).toEqual([]);
    expect(faultsWith(protocol, { batchSize: 2, dataType: 'data' })).toEqual(['batch.batchSize', 'batch.dataType']);
    expect(faultsWith(protocol, { method: 'feedback' })).toEqual(['batch.method']);
    expect(faultsWith('seldon', { batchSize: 2, dataType: 'data' })).toEqual([]);
  });

  test('refuses a model whose name leaves no room for that of a CronJob', () => {
    expect(faultsWith('v2', {}, 'm'.repeat(46))).toEqual([]);
    expect(faultsWith('v2', {}, 'm'.repeat(47))).toEqual(['name']);
    expect(batchFaults({ name: 'm'.repeat(60), protocol: 'v2' })).toEqual([]);
  });
});
