/** `ml-platform status`, as far as no cluster is needed: a kubectl answers from a table. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../support/cli';
import { type FakeAnswer, FakeKubectl } from '../../support/fake-kubectl';
import { CONFIG, has, NAMESPACE, renderSmall, TYPES } from '../../support/rendered';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ml-platform-'));
  renderSmall(root);
});
afterEach(() => rmSync(root, { recursive: true }));

const live = (object: object): FakeAnswer => ({ to: ['get', 'configmaps.v1.'], stdout: has(object) });
const dryRun = (...objects: object[]): FakeAnswer => ({ to: ['apply', '--dry-run=server'], stdout: has(...objects) });

function run(answers: readonly FakeAnswer[], ...args: readonly string[]) {
  const there: FakeAnswer = { to: ['get', 'namespaces.v1.'], stdout: has(NAMESPACE) };
  const kubectl = new FakeKubectl(join(root, 'bin'), [...answers, ...TYPES, there]);
  return runCli(root, ['status', 'corner', ...args], kubectl.env);
}

test('says that all is well, with exit code 0', async () => {
  const { status, stdout } = await run([live(CONFIG), dryRun(NAMESPACE, CONFIG)]);
  expect({ status, stdout }).toEqual({ status: 0, stdout: '2 objects are as dist/corner says, and ready\n' });
});

test('what the API server writes by itself is no difference', async () => {
  const { metadata } = CONFIG;
  const stored = {
    ...CONFIG,
    metadata: { ...metadata, uid: '1', resourceVersion: '1', generation: 1, managedFields: [] },
  };
  const answer = { ...CONFIG, metadata: { ...metadata, uid: '1', resourceVersion: '1', generation: 2 } };
  expect((await run([live(stored), dryRun(NAMESPACE, answer)])).status).toBe(0);
});

test.each<[string, FakeAnswer[], string]>([
  ['missing', [dryRun(NAMESPACE)], '40-tracking: ConfigMap shop/words: missing: is not in the cluster\n'],
  [
    'changed',
    [live({ ...CONFIG, data: { a: 'other', more: '1' } }), dryRun(NAMESPACE, CONFIG)],
    'ConfigMap shop/words: differs: data.a: dist/ has "b", the cluster "other"; data.more: dist/ has nothing, the cluster "1"\n',
  ],
  [
    'such that an apply would be refused',
    [live(CONFIG), { to: ['apply', '--dry-run=server'], code: 1, stderr: 'field is immutable' }],
    'ConfigMap shop/words: refused: an apply would be refused: field is immutable\n',
  ],
  [
    'on its way out',
    [live({ ...CONFIG, metadata: { ...CONFIG.metadata, deletionTimestamp: 'now' } }), dryRun(NAMESPACE, CONFIG)],
    'ConfigMap shop/words: not ready: is being deleted\n',
  ],
])('says what is %s, with exit code 1', async (_, answers, text) => {
  const { status, stdout, stderr } = await run(answers);
  expect(stdout).toContain(text);
  expect({ status, says: /\d things? (is|are) not as dist\/corner says/.test(stderr) }).toEqual({
    status: 1,
    says: true,
  });
});

test('--output json has the same for programs', async () => {
  const { stdout } = await run([live({ ...CONFIG, data: { a: 'c' } }), dryRun(NAMESPACE, CONFIG)], '--output', 'json');
  expect(JSON.parse(stdout)).toEqual({
    environment: 'corner',
    objects: 2,
    findings: [
      {
        stage: '40-tracking',
        object: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'words' },
        state: 'differs',
        text: expect.any(String),
        fields: [{ path: 'data.a', rendered: '"b"', live: '"c"' }],
      },
    ],
  });
});
