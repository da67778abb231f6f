/** That synth refuses to lose data, from the old dist/ to the new one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../support/cli';
import { writeFiles } from '../../support/environments';
import { readFolder } from '../../support/folders';

let root: string;
const set = (settings: string) =>
  writeFiles(root, { 'environments/own/platform.yaml': `frontend: {enabled: false}\n${settings}` });
const synth = () => runCli(root, ['synth']);

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'ml-platform-'));
  set('');
  expect(await synth()).toMatchObject({ status: 0 });
});
afterEach(() => rmSync(root, { recursive: true }));

const MOVED = 'namespaces: {objectStore: store}\n';
const WORDS = `${MOVED}removed: [Namespace minio-system]\nmoved: [{from: StatefulSet minio-system/minio, to: StatefulSet store/minio}]\n`;

test('a StatefulSet in another namespace is refused, and dist/ is as it was', async () => {
  const before = readFolder(join(root, 'dist'));
  set(MOVED);
  const { status, stderr } = await synth();
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^environments\/own\/platform\.yaml: removed: lacks Namespace minio-system, which dist\/ has/m,
  );
  expect(stderr).toMatch(/^environments\/own\/platform\.yaml: removed: lacks StatefulSet minio-system\/minio, which/m);
  expect(stderr).toContain('nothing was written: 2 problems, dist/ is as it was\n');
  expect(readFolder(join(root, 'dist'))).toEqual(before);
});

test('it is rendered where the platform file explains it, now and in later runs', async () => {
  set(WORDS);
  expect(await synth()).toMatchObject({ status: 0, stderr: '' });
  expect(await synth()).toMatchObject({ status: 0, stderr: '' });
});

test('a smaller volume is refused', async () => {
  set('postgresql: {storage: {size: 1Gi}}\n');
  expect((await synth()).stderr).toMatch(
    /lacks PersistentVolumeClaim postgres\/data-postgresql-0 of \d+Mi, which would shrink to 1024Mi/,
  );
});

test('several servers of a store in place of one are refused', async () => {
  set('objectStore: {kind: distributed}\n');
  expect((await synth()).stderr).toContain('lacks StatefulSet minio-system/minio of 1 server, whose data');
});

test('another user of a database is refused, unless a patch gives it the user that it had', async () => {
  const settings = 'podSecurity: {uids: high}\n';
  set(settings);
  expect((await synth()).stderr).toContain(
    'lacks PersistentVolumeClaim postgres/data-postgresql-0 of user 999, whose files',
  );
  const merge = '{spec: {template: {spec: {securityContext: {runAsUser: 999}}}}}';
  set(`${settings}patches: [{target: {kind: StatefulSet, name: postgresql}, merge: ${merge}}]\n`);
  expect(await synth()).toMatchObject({ status: 0, stderr: '' });
});

test('a larger volume, and the removal of what has no data, are not', async () => {
  set('postgresql: {storage: {size: 100Gi}, backup: {enabled: true}}\n');
  expect(await synth()).toMatchObject({ status: 0 });
});

test('an old file that is no YAML hinders nothing', async () => {
  writeFiles(root, { 'dist/own/30-data/minio.yaml': 'kind: StatefulSet\na: [\n' });
  expect(await synth()).toMatchObject({ status: 0 });
});
