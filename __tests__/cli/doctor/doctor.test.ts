/** `ml-platform doctor`: what no test cluster can be. `npm run e2e:api` plants the other lacks in a real one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../support/cli';
import { type FakeAnswer, FakeKubectl } from '../../support/fake-kubectl';
import { has, renderSmall, SERVER, TYPES } from '../../support/rendered';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ml-platform-'));
  renderSmall(root);
});
afterEach(() => rmSync(root, { recursive: true }));

const version = (server: string, client = server): FakeAnswer => {
  const of = (minor: string) => ({ minor, gitVersion: `v1.${minor}.0` });
  return { to: ['version'], stdout: { serverVersion: of(server), clientVersion: of(client) } };
};
const NODE = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n', labels: { 'kubernetes.io/arch': 'amd64' } },
  status: { allocatable: { cpu: '8', memory: '16Gi' }, nodeInfo: { kubeletVersion: 'v1.34.0' } },
};
const nodes = (node: object = NODE): FakeAnswer => ({ to: ['get', 'nodes'], stdout: has(node) });

function run(answers: readonly FakeAnswer[], ...args: readonly string[]) {
  const review = { kind: 'SelfSubjectAccessReview', status: { allowed: true } };
  const kubectl = new FakeKubectl(join(root, 'bin'), [
    ...answers,
    ...TYPES,
    version('34'),
    nodes(),
    { to: ['create', '--output=json'], stdout: review },
    {
      to: ['create', '--dry-run=server'],
      code: 1,
      stderr: 'metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value',
    },
  ]);
  return runCli(root, ['doctor', 'corner', ...args], kubectl.env);
}

test('a cluster that has all of it gets exit code 0', async () => {
  const { status, stdout, stderr } = await run([]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).not.toMatch(/^(warning|fault)/m);
});

test.each<[string, FakeAnswer, string]>([
  [
    'too old',
    version('29'),
    'fault   version: Kubernetes v1.29.0 is too old; 1.30 to 1.35 are tested\n        -> upgrade',
  ],
  ['newer than what was tested', version('36'), 'warning version: Kubernetes v1.36.0 is newer than what was tested'],
  ['written as a managed cluster writes it', version('33+'), 'ok      version: Kubernetes v1.33+.0'],
  ['far from that of kubectl', version('34', '32'), 'warning version: kubectl is of v1.32.0, 2 minor releases away'],
])('a release that is %s', async (_, answer, text) => {
  const { stdout } = await run([answer]);
  expect(stdout).toContain(text);
});

const POLICY = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'p', namespace: 'shop' },
  spec: {},
};
const image = (name: string) => ({ spec: { template: { spec: { containers: [{ image: name }] } } } });

describe('the policy engine is judged by', () => {
  beforeEach(() => renderSmall(root, { '10-setup/policies': POLICY }));
  const sets = (name: string): FakeAnswer => ({
    to: ['get', 'daemonsets.apps'],
    stdout: has({ kind: 'DaemonSet', ...image(name) }),
  });

  test.each([
    [
      'docker.io/calico/node:v3',
      'ok      policies: NetworkPolicies are enforced, judged by the DaemonSets: there is Calico',
    ],
    ['602401143452.dkr.ecr.us-west-2.amazonaws.com/amazon/aws-network-policy-agent:v1', 'Amazon EKS'],
    [
      'docker.io/flannel/flannel:v0',
      'warning policies: NetworkPolicies may be ignored, judged by the DaemonSets: there is Flannel',
    ],
    ['registry.example.com/other:1', 'no DaemonSet is of a plug-in that does so'],
  ])('the image %s', async (name, text) => {
    expect((await run([sets(name)])).stdout).toContain(text);
  });

  test('the release of k3s, which has no pod for it', async () => {
    const node = { ...NODE, status: { ...NODE.status, nodeInfo: { kubeletVersion: 'v1.34.1+k3s1' } } };
    expect((await run([nodes(node)])).stdout).toContain('k3s and RKE2 do so');
  });
});

describe('a cluster that does not measure what pods use', () => {
  const scaled = (hpaSpec?: object) => ({
    apiVersion: 'machinelearning.seldon.io/v1',
    kind: 'SeldonDeployment',
    metadata: { name: 'm', namespace: 'shop' },
    spec: { predictors: [{ componentSpecs: [{ hpaSpec }] }] },
  });
  const unserved: FakeAnswer = { to: ['--raw', '/apis/metrics.k8s.io/v1beta1'], code: 1, stderr: 'NotFound' };

  test('is warned of, where a model scales by it', async () => {
    renderSmall(root, { '50-models/m': scaled({ maxReplicas: 3 }) });
    expect((await run([unserved])).stdout).toContain(
      'warning metrics: the cluster does not serve metrics.k8s.io/v1beta1: what scales by use stays at its least number of pods\n' +
        '        -> install the Metrics Server: dist/corner/PREREQUISITES.md\n',
    );
    expect((await run([])).stdout).toContain('ok      metrics: ');
  });

  test('is as good as any other where none does', async () => {
    renderSmall(root, { '50-models/m': scaled() });
    expect((await run([unserved])).stdout).not.toContain('metrics');
  });
});

describe('the operator of PostgreSQL', () => {
  const TYPE: FakeAnswer = {
    to: ['--raw=/apis/postgresql.cnpg.io/v1'],
    stdout: { resources: [{ name: 'clusters', kind: 'Cluster', namespaced: true }] },
  };
  const runs = (...names: readonly string[]): FakeAnswer => ({
    to: ['get', 'deployments.apps', '--selector=app.kubernetes.io/name=cloudnative-pg'],
    stdout: has(...names.map((name) => ({ kind: 'Deployment', ...image(name) }))),
  });
  const CLUSTER = {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Cluster',
    metadata: { name: 'ledger', namespace: 'shop' },
    spec: { instances: 3 },
  };

  test.each<[string, string[], string]>([
    [
      'loses what an archive has, where it is too old',
      ['registry.example.com/cloudnative-pg:1.29.4'],
      'fault   database: CloudNativePG 1.29.4 loses what an archive has after a replica took over\n        -> install v1.',
    ],
    [
      'is good from 1.30 on',
      ['registry.example.com/cloudnative-pg:1.31.0@sha256:00'],
      'ok      database: CloudNativePG 1.31.0',
    ],
    [
      'is warned of where its release cannot be seen',
      [],
      'warning database: the release of CloudNativePG cannot be seen',
    ],
  ])('%s', async (_, images, text) => {
    renderSmall(root, { '30-data/ledger': CLUSTER });
    expect((await run([TYPE, runs(...images)])).stdout).toContain(text);
  });

  test('is not asked for where nothing is of it', async () => {
    expect((await run([])).stdout).not.toContain('database');
  });
});

test('a right that is missing is named', async () => {
  const spec = { resourceAttributes: { verb: 'create', resource: 'configmaps', namespace: 'shop' } };
  const denied = { kind: 'SelfSubjectAccessReview', spec, status: { allowed: false } };
  const { status, stdout } = await run([{ to: ['create', '--output=json'], stdout: denied }]);
  expect({ status, stdout }).toEqual({
    status: 1,
    stdout: expect.stringContaining('fault   rights: you may not create configmaps in shop\n'),
  });
});

test('a cluster without Pod Security admission is warned of', async () => {
  const { stdout } = await run([{ to: ['create', '--dry-run=server'], stdout: '' }]);
  expect(stdout).toContain('warning pod security: Pod Security admission does not read the labels of namespaces');
});

test('Secrets that are not there yet are no fault', async () => {
  renderSmall(root, { '60-apps/till': SERVER });
  const { status, stdout } = await run([]);
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringContaining('warning secrets: 1 of 1 Secrets are not there yet: shop/drawer\n'),
  });
});

test('what the caller may not look at is left open, and the other checks go on', async () => {
  const { status, stdout } = await run([{ to: ['get', 'nodes'], code: 1, stderr: 'nodes is forbidden' }]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/warning room: cannot be judged: .*nodes is forbidden/);
  expect(stdout).toContain('ok      pod security');
});

test('--output json has the same for programs', async () => {
  const { stdout } = await run([], '--output', 'json');
  expect(JSON.parse(stdout).findings).toContainEqual({
    check: 'version',
    level: 'ok',
    text: 'Kubernetes v1.34.0; 1.30 to 1.35 are tested',
  });
});
