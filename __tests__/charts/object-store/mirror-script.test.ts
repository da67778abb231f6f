/** The script of the mirror, with an rclone that notes what it is asked. */
import mirrorScript from '../../../charts/object-store/mirror.sh';
import { runScript, SCRIPT_TIMEOUT } from '../../support/scripts';

jest.setTimeout(SCRIPT_TIMEOUT);

const RCLONE = `#!/bin/sh
echo "$*" >>"$RUN/commands"
case "$1" in
  lsf) printf '%s' "$OBJECTS" ;;
  copy | sync) exit "\${FAILS:-0}" ;;
esac
`;

const run = (env: Record<string, string>) =>
  runScript({
    script: mirrorScript,
    programs: { rclone: RCLONE },
    files: {},
    env: { FROM: 'source:lake', TO: 'target:copy', DELETES: 'false', OBJECTS: 'wine/', ...env },
  });
const verbs = (commands = '') =>
  commands
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ')[0]);

test('copies, keeps what is there besides, and says so', async () => {
  const { status, files, output } = await run({});
  expect([status, verbs(files.commands)]).toEqual([0, ['lsf', 'copy']]);
  expect(files.commands).toContain('source:lake target:copy');
  expect(output).toContain('target:copy has what source:lake had');
});

test('compares times too: large objects have no checksum', async () => {
  const { files } = await run({});
  expect(files.commands).not.toMatch(/--(checksum|size-only|ignore-times|update|use-server-modtime)/);
});

test('deletes what is gone where it is told to', async () => {
  const { files } = await run({ DELETES: 'true' });
  expect(verbs(files.commands)).toEqual(['lsf', 'sync']);
});

test('deletes nothing after a bucket that has lost everything', async () => {
  const { status, files, output } = await run({ DELETES: 'true', OBJECTS: '' });
  expect([status, verbs(files.commands)]).toEqual([1, ['lsf']]);
  expect(output).toContain('source:lake has no objects');
});

test('fails where an object could not be copied', async () => {
  const { status, output } = await run({ FAILS: '1' });
  expect(status).toBe(1);
  expect(output).not.toContain('has what');
});
