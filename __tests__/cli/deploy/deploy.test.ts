/** `ml-platform deploy`, as far as no cluster is needed: a kubectl answers from a table. `npm run e2e:api` does the rest. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../support/cli';
import { type FakeAnswer, FakeKubectl } from '../../support/fake-kubectl';
import { CONFIG, has, NAMESPACE, renderSmall, SERVER, TYPES } from '../../support/rendered';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ml-platform-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const ACTIVE = { ...NAMESPACE, status: { phase: 'Active' } };
const READY: readonly FakeAnswer[] = [
  { to: ['config', 'current-context'], stdout: 'here\n' },
  { to: ['get', 'namespaces'], stdout: has(ACTIVE) },
  { to: ['get', 'namespaces.v1.'], stdout: has(ACTIVE) },
  { to: ['get', 'configmaps.v1.', 'shop'], stdout: has(CONFIG) },
];

async function run(answers: readonly FakeAnswer[], ...args: readonly string[]) {
  const kubectl = new FakeKubectl(join(root, 'bin'), [...answers, ...TYPES, ...READY]);
  const finished = await runCli(root, ['deploy', 'corner', ...args], kubectl.env);
  const applied = kubectl.calls
    .filter(([verb]) => verb === 'apply')
    .flatMap((call) => call.filter((word) => word.startsWith('--filename=dist')));
  return { ...finished, applied, calls: kubectl.calls };
}

test('applies each stage, in order, and says so in plain lines where there is no screen', async () => {
  renderSmall(root);
  const { status, stdout, stderr, applied } = await run([]);
  expect({ status, stdout, applied }).toEqual({
    status: 0,
    stdout: 'dist/corner: 2 objects applied and ready\n',
    applied: ['--filename=dist/corner/10-setup', '--filename=dist/corner/40-tracking'],
  });
  expect(stderr).toContain('applies dist/corner to the cluster of the context here\n');
  expect(stderr).toContain('40-tracking: 1 object ready');
  expect(stderr).not.toContain('\x1b');
});

test('applies by the command that the documents give, so that either can go on where the other has stopped', async () => {
  renderSmall(root);
  const { calls } = await run([]);
  expect(calls).toContainEqual(['apply', '--server-side', '--recursive', '--filename=dist/corner/10-setup']);
});

test('--only applies these stages alone', async () => {
  renderSmall(root);
  const { applied } = await run([], '--only', '40-tracking');
  expect(applied).toEqual(['--filename=dist/corner/40-tracking']);
});

test('--context and --kubeconfig go to every kubectl, and into the commands that it prints', async () => {
  renderSmall(root, { '60-apps/till': SERVER });
  const { calls, stderr } = await run([], '--context', 'there', '--kubeconfig', 'file');
  expect(calls.filter((call) => !call.includes('--context=there') || !call.includes('--kubeconfig=file'))).toEqual([]);
  expect(stderr).toContain('kubectl --context=there --kubeconfig=file create -f -');
});

test('Secrets that are missing are named before anything is applied', async () => {
  renderSmall(root, { '60-apps/till': SERVER });
  const { status, stderr, applied } = await run([]);
  expect({ status, applied }).toEqual({ status: 1, applied: [] });
  expect(stderr).toContain('the cluster lacks a Secret that dist/corner refers to:\n  shop/drawer\n');
  expect(stderr).toContain('npx ml-platform secrets corner --existing - | kubectl create -f -');
});

test('types that are missing are named before anything is applied, and who brings them', async () => {
  const certificate = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: 'c', namespace: 'shop' },
    spec: {},
  };
  renderSmall(root, { '20-operators/certificate': certificate });
  const unknown = {
    to: ['--raw=/apis/cert-manager.io/v1'],
    code: 1,
    stderr: 'Error from server (NotFound): not found',
  };
  const { status, stderr, applied } = await run([unknown]);
  expect({ status, applied }).toEqual({ status: 1, applied: [] });
  expect(stderr).toContain('the cluster does not know Certificate (cert-manager.io/v1), which cert-manager brings\n');
});

test.each([
  [
    'error: Apply failed with 1 conflict: conflict with "kubectl-scale" using apps/v1: .spec.replicas',
    'take the fields back by --force-conflicts',
  ],
  ['Error from server (Forbidden): User "eve" cannot patch resource "configmaps"', 'your account may not do that'],
  [
    'The StatefulSet "x" is invalid: spec: Forbidden: updates to statefulset spec for fields other than … are forbidden',
    '"Grow a volume"',
  ],
  ['Error from server (BadRequest): admission webhook "x" denied the request: no', '"Troubleshooting"'],
])('%s: stops, and says what to do', async (message, remedy) => {
  renderSmall(root);
  const { status, stderr } = await run([
    { to: ['apply', '--filename=dist/corner/10-setup'], code: 1, stderr: message },
  ]);
  expect(status).toBe(1);
  expect(stderr).toContain(`10-setup: the API server refuses it\n    ${message}\n`);
  expect(stderr).toContain(remedy);
  expect(stderr).toContain('not applied: 40-tracking; then run again: npx ml-platform deploy corner\n');
});

test('what may be over in a moment is tried again', async () => {
  renderSmall(root);
  const stderr = 'Error from server (InternalError): failed calling webhook "x": connection refused';
  const busy = { to: ['apply', '--filename=dist/corner/10-setup'], code: 1, stderr };
  const { stderr: said, calls } = await run([busy], '--timeout', '4s');
  expect(calls.filter((call) => call.includes('--filename=dist/corner/10-setup')).length).toBeGreaterThan(1);
  expect(said).toContain('10-setup: tries again: Error from server (InternalError): failed calling webhook');
  expect(said).toContain('the API server does not reach a webhook');
}, 20_000);

test('without kubectl it says where to get it', async () => {
  renderSmall(root);
  const { status, stderr } = await runCli(root, ['deploy', 'corner'], { PATH: root });
  expect({ status, stderr: stderr.split('\n').at(-2) }).toEqual({
    status: 2,
    stderr: 'kubectl is not on the PATH; install it: https://kubernetes.io/docs/tasks/tools/',
  });
});

test('without a cluster it says so', async () => {
  renderSmall(root);
  const { status, stderr } = await run([{ to: ['get'], code: 1, stderr: 'Unable to connect to the server' }]);
  expect(status).toBe(1);
  expect(stderr).toContain('the cluster does not answer: Unable to connect to the server\n');
});

describe('what left dist/', () => {
  const left = { ...CONFIG, metadata: { ...CONFIG.metadata, name: 'old' } };
  const found: FakeAnswer[] = [
    { to: ['api-resources'], stdout: 'configmaps\n' },
    { to: ['get', 'configmaps', '--namespace'], stdout: has(left, CONFIG) },
  ];

  test('is named, with the command that removes it', async () => {
    renderSmall(root);
    const { status, stderr } = await run(found);
    expect(status).toBe(0);
    expect(stderr).toContain('  ConfigMap shop/old\nto remove them: npx ml-platform deploy corner --prune\n');
  });

  test('is not removed without an answer, where nobody is there to give one', async () => {
    renderSmall(root);
    const { status, stdout, stderr, calls } = await run(found, '--prune');
    expect(status).toBe(2);
    expect(stdout).toContain('to remove: ConfigMap shop/old\n');
    expect(stderr).toContain('add --yes');
    expect(calls.filter(([verb]) => verb === 'delete')).toEqual([]);
  });

  test('is removed with --prune --yes', async () => {
    renderSmall(root);
    const { status, stdout, calls } = await run(found, '--prune', '--yes');
    expect({ status, removed: stdout.includes('1 object removed\n') }).toEqual({ status: 0, removed: true });
    expect(calls.filter(([verb]) => verb === 'delete').map((call) => call.slice(1, 5))).toEqual([
      ['ConfigMap', 'old', '--namespace', 'shop'],
    ]);
  });

  test('is not removed by --dry-run', async () => {
    renderSmall(root);
    const { calls, stdout } = await run(found, '--prune', '--dry-run');
    expect(stdout).toContain('to remove: ConfigMap shop/old\n');
    expect(calls.filter(([verb]) => verb === 'delete' || verb === 'apply')).toEqual([]);
  });

  test.each([
    [
      'belongs to something else, goes with it',
      { ...left, metadata: { ...left.metadata, ownerReferences: [{}] } },
      undefined,
    ],
    [
      'is a claim, stays',
      { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: left.metadata },
      '--prune-volumes',
    ],
    [
      'is a database cluster, stays',
      { apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster', metadata: left.metadata },
      '--prune-volumes',
    ],
    [
      'is a StatefulSet that deletes its claims, stays',
      {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: left.metadata,
        spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } },
      },
      '--prune-volumes',
    ],
  ])('and %s', async (_, object, flag) => {
    renderSmall(root);
    const answers = [found[0] as FakeAnswer, { to: ['get', 'configmaps', '--namespace'], stdout: has(object) }];
    const { stdout, calls } = await run(answers, '--prune', '--yes');
    expect(stdout).toEqual(flag === undefined ? expect.not.stringContaining('stays') : expect.stringContaining(flag));
    expect(calls.filter(([verb]) => verb === 'delete')).toEqual([]);
  });
});

test.each<[string[], string]>([
  [['--only', '50-models'], '--only: dist/corner has no stage 50-models; it has 10-setup, 40-tracking'],
  [['--only', 'models'], 'Allowed choices are 10-setup'],
  [['--timeout', 'soon'], 'It is a duration such as 90s, 15m or 1h.'],
])('%j is a wrong command line', async (args, message) => {
  renderSmall(root);
  const { status, stderr } = await run([], ...args);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
});

test.each<[string, () => void, number, string]>([
  [
    'an environment that is not rendered',
    () => {},
    2,
    'dist/corner does not exist; dist/ has nothing. Render an environment',
  ],
  [
    'a folder that is no stage',
    () => renderSmall(root, { '35-extra/x': CONFIG }),
    1,
    'dist/corner/35-extra: is no stage of this version',
  ],
  [
    'a file that is no object',
    () => renderSmall(root, { '10-setup/x': { kind: 'x' } }),
    1,
    'has an object without a kind',
  ],
])('%s is refused', async (_, render, code, message) => {
  render();
  const { status, stderr } = await run([]);
  expect(status).toBe(code);
  expect(stderr).toContain(message);
});
