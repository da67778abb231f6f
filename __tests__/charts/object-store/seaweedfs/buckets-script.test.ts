/** The set-up script of SeaweedFS, with a weed that says what the real one says; e2e:store runs it with that one. */
import bucketsScript from '../../../../charts/object-store/seaweedfs/buckets.sh';
import { runScript, SCRIPT_TIMEOUT, type ScriptResult } from '../../../support/scripts';

jest.setTimeout(SCRIPT_TIMEOUT);

/** Buckets are lines of a file. As of weed 4.53 its shell fails where a command has, and makes no bucket twice. */
const WEED = `#!/bin/sh
read -r command
echo "$command" >>"$RUN/commands"
name=\${command#* -name }
name=\${name%% *}
case "$command" in
  s3.bucket.list) [ -n "$AWAY" ] && exit 1; sed 's/.*/  &	size:0/' "$RUN/buckets" ;;
  s3.bucket.create*)
    if grep -qx "$name" "$RUN/buckets"; then echo "error: bucket $name already exists" >&2; exit 1; fi
    echo "$name" >>"$RUN/buckets"
    printf 'create bucket under /buckets\\ncreated bucket %s\\n' "$name"
    ;;
  s3.bucket.versioning*)
    [ -n "$UNVERSIONED" ] && exit 1
    echo "Bucket $name versioning set to Enabled"
    ;;
esac
`;

const run = (there: string, env: Record<string, string> = {}) =>
  runScript({
    script: bucketsScript,
    programs: { weed: WEED, sleep: '#!/bin/sh\nexit 0\n' },
    files: { buckets: there },
    env: { MASTERS: 'm:1', FILER: 'f:2', BUCKETS: 'lake safe', VERSIONED: 'lake', AWAY: '', UNVERSIONED: '', ...env },
  });
const commandsOf = ({ files }: ScriptResult) => (files.commands ?? '').trimEnd().split('\n');

test('makes the buckets, and has those that keep versions keep them', async () => {
  const fresh = await run('');
  expect([fresh.status, fresh.output]).toEqual([0, expect.stringMatching(/there are the buckets lake safe\n$/)]);
  expect(commandsOf(fresh)).toEqual([
    's3.bucket.list',
    's3.bucket.create -name lake',
    's3.bucket.create -name safe',
    's3.bucket.list',
    's3.bucket.versioning -name lake -enable',
  ]);
});

test('makes none that is there, which weed calls an error', async () => {
  const again = await run('lake\nsafe\n');
  expect(again.status).toBe(0);
  expect(commandsOf(again)).toEqual(['s3.bucket.list', 's3.bucket.versioning -name lake -enable']);
});

test('takes no bucket for another whose name starts the same', async () => {
  const other = await run('lake-2\nsafe\n');
  expect(commandsOf(other)).toContain('s3.bucket.create -name lake');
});

test('fails where a bucket does not keep versions', async () => {
  const plain = await run('lake\nsafe\n', { UNVERSIONED: 'yes' });
  expect([plain.status, plain.output]).toEqual([1, expect.stringContaining('the bucket lake does not keep versions')]);
});

test('gives up where nobody answers, and makes nothing', async () => {
  const alone = await run('', { AWAY: 'yes' });
  expect([alone.status, alone.output]).toEqual([1, expect.stringContaining('no bucket could be made at f:2')]);
  expect(new Set(commandsOf(alone))).toEqual(new Set(['s3.bucket.list']));
});
