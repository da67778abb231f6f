/** `ml-platform report`: two folders or two revisions of Git, and what has to be acknowledged. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toYaml } from '../../../charts/lib/yaml';
import { runCli } from '../../support/cli';
import { writeFiles } from '../../support/environments';
import { lockEntry, lockText } from '../../support/lock';

const deployment = (image: string, cpu = '100m') => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'app', namespace: 'n' },
  spec: {
    strategy: { type: 'Recreate' },
    template: { spec: { containers: [{ name: 'app', image, resources: { requests: { cpu } } }] } },
  },
});
const signature = (type: string) => ({ inputs: [{ name: 'a', type, required: true }], outputs: [] });
const version = (digest: string, type: string, rmse: number) =>
  lockEntry({ digest: `sha256:${digest.repeat(64)}`, metrics: { rmse }, signature: signature(type) });

const BEFORE = {
  'dist/own/60-apps/app.yaml': toYaml([deployment('r.test/app:1')]),
  'environments/own/models.lock.yaml': lockText({ wine: version('a', 'double', 0.5) }),
};
const AFTER = {
  'dist/own/60-apps/app.yaml': toYaml([deployment('r.test/app:2', '250m')]),
  'environments/own/models.lock.yaml': lockText({ wine: version('b', 'string', 0.25) }),
};

let root: string;
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-C', root, ...args], {
    encoding: 'utf8',
  });
const report = (...args: string[]) => runCli(root, ['report', ...args]);

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ml-platform-'));
  git('init', '--quiet', '--initial-branch=main');
  writeFiles(root, BEFORE);
  cpSync(join(root, 'dist'), join(root, 'old/dist'), { recursive: true });
  cpSync(join(root, 'environments'), join(root, 'old/environments'), { recursive: true });
  git('add', 'dist', 'environments');
  git('commit', '--quiet', '--message=before');
  git('tag', 'before');
  writeFiles(root, AFTER);
  git('add', 'dist', 'environments');
  git('commit', '--quiet', '--message=after');
});
afterAll(() => rmSync(root, { recursive: true }));

test('says what changes, for people', async () => {
  const { stdout, status, stderr } = await report('before', 'HEAD');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('| own | 0 | 1 | 0 | 1 | +150m |  |  |\n');
  expect(stdout).toMatch(
    /- \[ \] `[0-9a-f]{8}` own: Deployment n\/app: strategy Recreate: all pods stop before new ones start\n/,
  );
  expect(stdout).toMatch(/- \[ \] `[0-9a-f]{8}` own: Model wine: input a: string, was double\n/);
  expect(stdout).toContain('- r.test/app: `1` → `2`, in 1 object\n');
  expect(stdout).toContain('  | rmse | 0.5 | 0.25 | -0.25 |\n');
});

test('is the same for folders as for revisions, and for both together', async () => {
  const { stdout } = await report('before', 'HEAD');
  expect((await report('old/dist', 'dist')).stdout).toBe(stdout);
  expect((await report('before', 'dist')).stdout).toBe(stdout);
});

test('says that nothing changes', async () => {
  expect((await report('HEAD', 'dist')).stdout).toBe(
    '# What changes in the cluster\n\nNothing: what is applied is the same.\n',
  );
});

describe('with --acknowledged', () => {
  const codes = async () =>
    [...(await report('before', 'HEAD')).stdout.matchAll(/`([0-9a-f]{8})`/g)].map(([, code]) => code);
  const check = (text: string) => {
    writeFileSync(join(root, 'text'), text);
    return report('before', 'HEAD', '--acknowledged', 'text');
  };

  test('fails with what nobody has acknowledged', async () => {
    const [first, second] = await codes();
    expect(await check(`Please merge.\n\nAcknowledged: ${first}\n`)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining(`- [x] \`${first}\` own:`),
      stderr: `not acknowledged: ${second}; the report says what each of them is\n`,
    });
  });

  test('does not fail where all is', async () => {
    const { status, stdout } = await check(`acknowledged: ${(await codes()).join(', ')}\r\n`);
    expect(status).toBe(0);
    expect(stdout).toContain('All of them are acknowledged.');
  });

  test('is not content with a code that stands elsewhere in the text', async () => {
    expect(await check(`as ${(await codes()).join(' ')} says`)).toMatchObject({ status: 1 });
  });

  test('wants another code for another change of the same object', async () => {
    const text = `Acknowledged: ${(await codes()).join(', ')}`;
    const changed = join(root, 'dist/own/60-apps/app.yaml');
    writeFileSync(
      changed,
      toYaml([{ ...deployment('r.test/app:2'), spec: { ...deployment('r.test/app:2').spec, replicas: 0 } }]),
    );
    writeFileSync(join(root, 'text'), text);
    const { status } = await report('before', 'dist', '--acknowledged', 'text');
    git('checkout', '--', 'dist');
    expect(status).toBe(1);
  });
});

test.each([
  [['nowhere', 'HEAD'], 2, 'nowhere: no folder, and no revision of Git, such as "origin/main"\n'],
  [['before', 'HEAD', '--acknowledged', 'none'], 2, '--acknowledged: cannot read none\n'],
])('%j is a wrong command line', async (args, status, stderr) => {
  expect(await report(...args)).toEqual({ status, stderr, stdout: '' });
});

test('a file that is no YAML is named', async () => {
  const file = join(root, 'dist/own/60-apps/app.yaml');
  renameSync(file, join(root, 'kept'));
  writeFileSync(file, 'a: [\n');
  const { status, stderr } = await report('before', 'dist');
  renameSync(join(root, 'kept'), file);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^own\/60-apps\/app\.yaml: is not YAML that kubectl would read \(/);
});

test('a folder of other files is refused, with the first of them', async () => {
  writeFiles(root, { 'other/own/models/iris.yaml': 'server: SKLEARN_SERVER\n' });
  expect(await report('other', 'HEAD')).toMatchObject({
    status: 1,
    stderr:
      'own/models/iris.yaml: is no file of Kubernetes objects; name a folder that synth has written, such as dist\n',
  });
});

test('a file that cannot be read is named', async () => {
  mkdirSync(join(root, 'linked'));
  symlinkSync('nowhere', join(root, 'linked/app.yaml'));
  const { status, stderr } = await report('linked', 'HEAD');
  expect(status).toBe(2);
  expect(stderr).toMatch(/^linked\/app\.yaml: cannot be read: .*ENOENT: /);
});

test('a value in the files cannot become Markdown of its own', async () => {
  const file = join(root, 'dist/own/60-apps/app.yaml');
  writeFileSync(file, toYaml([deployment('r.test/app:`<img>`')]));
  const { stdout } = await report('before', 'dist');
  git('checkout', '--', 'dist');
  expect(stdout).toContain("r.test/app:'<img>'`");
});
