/** How `synth --watch` learns of changes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { changesBelow } from '../../../cli/synth/watch';
import { writeFiles } from '../../support/environments';

const LIMIT = 30_000;
let root: string;
let changes: AsyncGenerator<void>;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'ml-platform-'));
  writeFiles(root, { 'own/platform.yaml': '', 'own/models/a.yaml': '' });
  changes = changesBelow(root);
  await changes.next();
});
afterEach(async () => {
  // A generator that waits ends with its next change.
  writeFiles(root, { 'end.yaml': '' });
  await changes.return(undefined);
  rmSync(root, { recursive: true });
});

test.each<[string, () => void]>([
  ['a file that changes', () => writeFiles(root, { 'own/models/a.yaml': 'replicas: 2' })],
  ['a new file', () => writeFiles(root, { 'own/models/b.yaml': '' })],
  ['a file that goes', () => rmSync(join(root, 'own/models/a.yaml'))],
  ['a folder that goes', () => rmSync(join(root, 'own/models'), { recursive: true })],
  ['a new folder', () => writeFiles(root, { 'other/models/a.yaml': '' })],
])(
  '%s is a change',
  async (_, change) => {
    change();
    expect(await changes.next()).toEqual({ done: false, value: undefined });
  },
  LIMIT,
);

test(
  'a file of a folder that is new since the last change is a change',
  async () => {
    writeFiles(root, { 'other/models/a.yaml': '' });
    await changes.next();
    writeFiles(root, { 'other/models/a.yaml': 'replicas: 2' });
    expect(await changes.next()).toEqual({ done: false, value: undefined });
  },
  LIMIT,
);

test(
  'files that change one after the other are one change',
  async () => {
    writeFiles(root, { 'own/models/a.yaml': '1', 'own/models/b.yaml': '1', 'own/platform.yaml': '1' });
    await changes.next();
    const second = changes.next();
    expect(await Promise.race([second, sleep(500, 'none')])).toBe('none');
  },
  LIMIT,
);

test('a folder that is not there is an error', async () => {
  await expect(changesBelow(join(root, 'none')).next()).rejects.toThrow('ENOENT');
});
